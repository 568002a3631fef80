package tensor

import (
	"fmt"
	"os"
)

// A Mapping is a whole file as bytes, mapped read-only where the system can, read into memory elsewhere. Opening one of
// 400 MB costs nothing until its bytes are looked at.
//
// The bytes are gone after Close: a later look at them, or at a tensor that views them, ends the program. So does a
// file that another program shortens meanwhile; replace files by renaming, as package atomicfile does.
type Mapping struct {
	data []byte
}

// Map maps the file at path. A folder, a device or a pipe is an error.
func Map(path string) (*Mapping, error) {
	// Stat goes first because opening a pipe would wait for its writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s, not a file", path, describeMode(info.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	if info.Size() == 0 {
		return &Mapping{}, nil
	}
	data, err := mapFile(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("mapping %s: %w", path, err)
	}
	return &Mapping{data: data}, nil
}

// Bytes are the file's content. They can't be written to.
func (m *Mapping) Bytes() []byte { return m.data }

// Close gives the bytes back. It may be called again.
func (m *Mapping) Close() error {
	data := m.data
	m.data = nil
	if data == nil {
		return nil
	}
	return unmapFile(data)
}

func describeMode(mode os.FileMode) string {
	if mode.IsDir() {
		return "a folder"
	}
	return "a device or pipe"
}
