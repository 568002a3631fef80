package wardrobe

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"gocir/atomicfile"
	"gocir/datasets"
)

// The files that say what a folder holds: one of them is there from the first moment, the other at the end.
const (
	indexFile      = "wardrobe.json"
	unfinishedFile = "wardrobe.unfinished.json"
	vocabFile      = "vocab.txt"
)

// formatVersion changes when the same options give other files.
const formatVersion = 1

const (
	sourceDrawn = "drawn" // by Draw
	sourceLike  = "like"  // by DrawLike
)

// A header says how a data set was made; equal headers, equal data sets.
type header struct {
	Format  int     `json:"format"`
	Source  string  `json:"source"`
	Options Options `json:"options"`
	Names   string  `json:"names,omitempty"` // DrawLike: SHA-256 of the names and paths
}

// entry is one picture in wardrobe.json. Its first description is written for other readers; ours makes it anew.
type entry struct {
	Name        string            `json:"name"`
	Dataset     string            `json:"dataset"`
	Category    string            `json:"category,omitempty"`
	Split       string            `json:"split"`
	File        string            `json:"file"`
	Attributes  map[string]string `json:"attributes"`
	Description string            `json:"description,omitempty"` // training pictures only
}

// begin marks dir as the place of an unfinished data set. It returns true where the same one is there already, and
// an error where anything else is.
func begin(dir string, h header) (done bool, err error) {
	for _, name := range []string{indexFile, unfinishedFile} {
		found, err := readHeader(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, err
		}
		if !h.equal(found) {
			return false, fmt.Errorf("it holds another one (%s): choose another folder or remove it", found)
		}
		return name == indexFile, nil
	}
	// What a drawing left that was killed at once is not foreign.
	if err := errors.Join(atomicfile.Clean(dir, 0), wantEmpty(dir)); err != nil {
		return false, err
	}
	text, err := json.Marshal(map[string]header{"wardrobe": h})
	if err != nil {
		return false, err
	}
	return false, atomicfile.WriteFile(filepath.Join(dir, unfinishedFile), append(text, '\n'))
}

func wantEmpty(dir string) error {
	content, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(content) > 0 {
		return fmt.Errorf("the folder is not empty (it holds %s) and not a wardrobe: choose another folder", content[0].Name())
	}
	return nil
}

// equal compares what is stored of two headers.
func (h header) equal(other header) bool {
	a, errA := json.Marshal(h)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

func (h header) String() string {
	text := fmt.Sprintf("format %d, %s, seed %d, %d px, %s", h.Format, h.Source, h.Options.Seed, h.Options.ImageSize, h.Options.Format)
	if h.Source == sourceDrawn {
		return fmt.Sprintf("%s, %d images", text, h.Options.Images)
	}
	return fmt.Sprintf("%s, splits %q, names %.8s…", text, h.Options.Splits, h.Names)
}

// readHeader reads the first thing in wardrobe.json, and no more.
func readHeader(path string) (header, error) {
	f, err := openIndex(path)
	if err != nil {
		return header{}, err
	}
	defer f.Close()
	h, err := decodeHeader(json.NewDecoder(f))
	if err != nil {
		return header{}, fmt.Errorf("reading %s: %w", path, err)
	}
	return h, nil
}

func decodeHeader(d *json.Decoder) (header, error) {
	var h header
	if err := expect(d, json.Delim('{'), "wardrobe"); err != nil {
		return header{}, err
	}
	return h, decodeSmall(d, &h)
}

// openIndex opens a file of an index unless it is larger than any can be.
func openIndex(path string) (*os.File, error) {
	f, err := atomicfile.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() > datasets.MaxFileSize {
		err = fmt.Errorf("%s has %d bytes, and at most %d are read", path, info.Size(), datasets.MaxFileSize)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// decodeSmall decodes a value of a size that ours have. One that fills the file would take many times its memory.
func decodeSmall(d *json.Decoder, value any) error {
	const most = 16 << 10
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return err
	}
	if len(raw) > most {
		return fmt.Errorf("found %d bytes where a wardrobe has less than %d", len(raw), most)
	}
	return json.Unmarshal(raw, value)
}

// expect reads tokens that have to be there.
func expect(d *json.Decoder, tokens ...json.Token) error {
	for _, want := range tokens {
		got, err := d.Token()
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("found %v where a wardrobe has %v", got, want)
		}
	}
	return nil
}

// finish writes wardrobe.json, a picture a line, when everything else has reached the disk.
func (d *drawing) finish(dir string) error {
	if err := syncAll(dir); err != nil {
		return err
	}
	err := atomicfile.Write(filepath.Join(dir, indexFile), func(w io.Writer) error {
		buffered := bufio.NewWriter(w)
		return errors.Join(d.writeIndex(buffered), buffered.Flush())
	})
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, unfinishedFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (d *drawing) writeIndex(w io.Writer) error {
	head, err := json.Marshal(d.header)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\"wardrobe\": %s,\n\"images\": [", head); err != nil {
		return err
	}
	separator := "\n"
	for i := range d.pictures {
		line, err := json.Marshal(d.pictures[i].entry(d.header.Options.Seed))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s", separator, line); err != nil {
			return err
		}
		separator = ",\n"
	}
	_, err = io.WriteString(w, "\n]}\n")
	return err
}

func (p *picture) entry(seed uint64) entry {
	e := entry{Name: p.name, Dataset: p.kind.dataset, Category: p.category, Split: p.split, File: p.file, Attributes: p.kind.describe(p.look)}
	if p.split == "train" {
		e.Description = p.descriptions(seed)[0]
	}
	return e
}
