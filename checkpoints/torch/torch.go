// Package torch reads what PyTorch's torch.save wrote: .pt and .pth files, in the zip container of today and in the
// legacy container of releases before 1.6.
//
// Such files hold a pickle, which in Python may run any program. Here it runs none: the pickle is read by a machine
// that knows the opcodes of plain data and an allow-list of names (tensors, parameters, storages, ordered dictionaries,
// sizes, devices, element types, numpy scalars); any other name is an error before anything is done with it.
//
// Checksums and sizes are verified before data are looked at. Tensors that are stored row by row are views of the
// mapped file; others (transposed, strided, expanded) are copied, and what a file may ask to have allocated is bounded
// by its own size and 48 MB.
package torch

import (
	"fmt"
	"sync"

	"gocir/checkpoints/tensor"
)

// Format names the container of a file.
type Format string

// The containers of torch.save.
const (
	Zip    Format = "PyTorch zip"    // since PyTorch 1.6; every record has a CRC-32, which is verified
	Legacy Format = "PyTorch legacy" // before; without any checksum
)

// A File is an open checkpoint. Its tensors may view the mapped file and are invalid after Close.
type File struct {
	mapping *tensor.Mapping
	format  Format
	root    Value
}

// Open reads the file at path whole: when it returns without an error, every tensor is there and has been checked.
func Open(path string) (*File, error) {
	mapping, err := tensor.Map(path)
	if err != nil {
		return nil, fmt.Errorf("reading PyTorch file: %w", err)
	}
	f := &File{mapping: mapping}
	if f.format, f.root, err = parse(mapping.Bytes()); err != nil {
		mapping.Close()
		return nil, fmt.Errorf("reading PyTorch file %s: %w", path, err)
	}
	return f, nil
}

// Format is the file's container.
func (f *File) Format() Format { return f.format }

// Root is the value that was saved, most often a *Dict.
func (f *File) Root() Value { return f.root }

// Close unmaps the file. It may be called again.
func (f *File) Close() error {
	f.root = nil
	return f.mapping.Close()
}

// parse reads a file of either container.
func parse(data []byte) (format Format, root Value, err error) {
	b := newBudget(len(data))
	if IsZip(data) {
		root, err = readZip(data, b)
		return Zip, root, err
	}
	if !IsPickle(data) {
		return "", nil, fmt.Errorf("neither a zip archive nor a pickle: not a file of torch.save")
	}
	root, err = readLegacy(data, b)
	return Legacy, root, err
}

// IsZip reports whether a file that begins with these bytes is a zip archive.
func IsZip(head []byte) bool { return len(head) >= 4 && string(head[:4]) == "PK\x03\x04" }

// IsPickle reports whether a file that begins with these bytes is a pickle of protocol 2 to 5.
func IsPickle(head []byte) bool {
	return len(head) >= 2 && head[0] == opProto && head[1] >= 2 && head[1] <= 5
}

// load runs the pickle at the start of data, gets the storages it names from fetch, and fills its tensors.
func load(data []byte, b *budget, fetch func(m *machine) error) (Value, error) {
	m := newMachine(data, b)
	root, err := m.run()
	if err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	if err := checkTree(root); err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	if err := fetch(m); err != nil {
		return nil, err
	}
	for _, v := range m.views {
		if err := v.fill(b); err != nil {
			return nil, fmt.Errorf("tensor of shape %v in storage %q: %w", v.tensor.Shape, v.storage.key, err)
		}
	}
	return root, nil
}

// A budget bounds the memory that a file may make its reader allocate. Records are read by several goroutines, which share
// it.
type budget struct {
	mutex sync.Mutex
	left  int
}

func newBudget(size int) *budget { return &budget{left: size + 48<<20} }

// take uses up n bytes. It reports whether they were left.
func (b *budget) take(n int) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if n < 0 || n > b.left {
		return false
	}
	b.left -= n
	return true
}
