// Package safetensors reads and writes safetensors files: a JSON header with names, types and shapes, then the bytes.
//
// Reading is as strict as the reference implementation or stricter: a header of at most 100 MB, no key twice, no hole,
// overlap or trailing byte, shapes multiplied with overflow checks. What Write writes, Python's safetensors loads; it has
// a checksum of the whole file, which the format itself lacks.
package safetensors

import (
	"fmt"
	"maps"
	"slices"

	"gocir/checkpoints/tensor"
)

// A File is an open safetensors file. Its tensors view the mapped file and are invalid after Close.
type File struct {
	mapping  *tensor.Mapping
	tensors  map[string]tensor.Tensor
	metadata map[string]string
	sealed   bool // Write wrote it, with a checksum
}

// Open maps the file at path and checks its whole header before it returns and, where it has our checksum, every byte. A
// wrong checksum is an ErrDamaged.
func Open(path string) (*File, error) {
	mapping, err := tensor.Map(path)
	if err != nil {
		return nil, fmt.Errorf("reading safetensors file: %w", err)
	}
	f, err := parse(mapping.Bytes())
	if err != nil {
		mapping.Close()
		return nil, fmt.Errorf("reading safetensors file %s: %w", path, err)
	}
	f.mapping = mapping
	return f, nil
}

// Close unmaps the file. It may be called again.
func (f *File) Close() error { return f.mapping.Close() }

// Names are the tensors' names, sorted.
func (f *File) Names() []string { return slices.Sorted(maps.Keys(f.tensors)) }

// Tensor is the tensor called name, a view that lives until Close, and whether there is one.
func (f *File) Tensor(name string) (tensor.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Checksummed reports whether the file has the checksum that Write adds. Open has verified it.
func (f *File) Checksummed() bool { return f.sealed }

// Metadata is a copy of the header's free text fields, the checksum left out; empty where there are none.
func (f *File) Metadata() map[string]string {
	metadata := map[string]string{}
	maps.Copy(metadata, f.metadata)
	return metadata
}

// Metadata reads the free text fields of the file at path and nothing else: neither its tensors nor its checksum are looked at.
func Metadata(path string) (map[string]string, error) {
	mapping, err := tensor.Map(path)
	if err != nil {
		return nil, fmt.Errorf("reading safetensors file: %w", err)
	}
	defer mapping.Close()
	header, _, err := split(mapping.Bytes())
	if err != nil {
		return nil, fmt.Errorf("reading safetensors file %s: %w", path, err)
	}
	_, metadata, err := parseHeader(header)
	if err != nil {
		return nil, fmt.Errorf("reading safetensors file %s: header: %w", path, err)
	}
	delete(metadata, ChecksumKey)
	delete(metadata, SealedKey)
	return metadata, nil
}

// Read returns copies of all tensors of the file at path, and its metadata.
func Read(path string) (map[string]tensor.Tensor, map[string]string, error) {
	f, err := Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	for name, t := range f.tensors {
		t.Data = slices.Clone(t.Data)
		f.tensors[name] = t
	}
	return f.tensors, f.Metadata(), nil
}
