package torch

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"
)

// An archive is a checkpoint's zip file. All that counts lies in one folder, the one that holds data.pkl.
type archive struct {
	records map[string]record
	folder  string // with the slash behind it
	budget  *budget
}

// readZip reads the zip container: data.pkl, byteorder, and a record data/KEY for each storage.
func readZip(data []byte, b *budget) (Value, error) {
	a, err := openArchive(data, b)
	if err != nil {
		return nil, err
	}
	if order, err := a.read("byteorder"); err == nil && string(order) != "little" {
		return nil, fmt.Errorf("byte order %.20q; only little-endian checkpoints are read", order)
	} else if err != nil && !errors.Is(err, errNoRecord) {
		return nil, err
	}
	pickle, err := a.read("data.pkl")
	if err != nil {
		return nil, err
	}
	return load(pickle, b, a.fetch)
}

// openArchive finds the folder that data.pkl lies in.
func openArchive(data []byte, b *budget) (*archive, error) {
	all, err := listRecords(data, b)
	if err != nil {
		return nil, err
	}
	a := &archive{records: all, budget: b}
	found := false
	for name := range all {
		folder, ok := strings.CutSuffix(name, "data.pkl")
		if !ok || folder != "" && !strings.HasSuffix(folder, "/") {
			continue
		}
		if found {
			return nil, errors.New("zip archive with more than one data.pkl: not a checkpoint of torch.save")
		}
		a.folder, found = folder, true
	}
	if !found {
		return nil, errors.New("zip archive without data.pkl: not a checkpoint of torch.save")
	}
	if _, ok := all[a.folder+"constants.pkl"]; ok {
		return nil, errors.New("a TorchScript program, not a checkpoint: save the model's state_dict() with torch.save")
	}
	return a, nil
}

var errNoRecord = errors.New("no such record in the zip archive")

// read returns a record's bytes after its checksum is verified: a view of the file, or a copy of a compressed one.
func (a *archive) read(name string) ([]byte, error) {
	r, ok := a.records[a.folder+name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, errNoRecord)
	}
	data := r.data
	if r.deflated {
		if !a.budget.take(r.size) {
			return nil, fmt.Errorf("record %s: %d bytes, compressed: %w", name, r.size, errTooLarge)
		}
		data = make([]byte, r.size)
		if _, err := io.ReadFull(flate.NewReader(bytes.NewReader(r.data)), data); err != nil {
			return nil, fmt.Errorf("record %s: inflating: %w", name, err)
		}
	}
	if crc32.ChecksumIEEE(data) != r.crc {
		return nil, fmt.Errorf("record %s: its CRC-32 is wrong, the file is damaged: fetch it again", name)
	}
	return data, nil
}

// fetch reads the storages that the pickle named, as many at a time as there are processors. All sizes are compared
// before the first is read.
func (a *archive) fetch(m *machine) error {
	for _, key := range m.keys {
		r, ok := a.records[a.folder+"data/"+key]
		if !ok || strings.ContainsAny(key, `/\`) {
			return fmt.Errorf("storage %.80q: %w", key, errNoRecord)
		}
		if err := m.storages[key].checkSize(r.size); err != nil {
			return err
		}
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, key := range m.keys {
		group.Go(func() (err error) {
			m.storages[key].data, err = a.read("data/" + key)
			return err
		})
	}
	return group.Wait()
}
