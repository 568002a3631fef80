package safetensors

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"gocir/checkpoints/tensor"
)

const (
	maxHeader   = 100_000_000 // bytes, as in the reference implementation
	maxEntries  = 1 << 16     // tensors or metadata fields; a large model has some thousands
	maxRank     = 32
	metadataKey = "__metadata__"
)

// An entry is one tensor of the header; begin and end count from the first byte after the header.
type entry struct {
	name       string
	dtype      tensor.DType
	shape      []int
	begin, end int
}

// parse checks a whole file. The tensors view data.
func parse(data []byte) (*File, error) {
	header, body, err := split(data)
	if err != nil {
		return nil, err
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	f := &File{tensors: make(map[string]tensor.Tensor, len(entries)), metadata: metadata}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	end := 0
	for _, e := range entries {
		t, err := e.tensor(body, end)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
		f.tensors[e.name], end = t, e.end
	}
	if end != len(body) {
		return nil, fmt.Errorf("%d bytes follow the header, its tensors take %d", len(body), end)
	}
	f.sealed, err = verify(data, len(data)-len(body), metadata)
	delete(metadata, ChecksumKey)
	delete(metadata, SealedKey)
	return f, err
}

// split cuts a file after its header.
func split(data []byte) (header, body []byte, err error) {
	if len(data) < 8 {
		return nil, nil, fmt.Errorf("%d bytes are too few: a safetensors file begins with 8 bytes of header length", len(data))
	}
	size, rest := binary.LittleEndian.Uint64(data), data[8:]
	if size > maxHeader {
		return nil, nil, fmt.Errorf("header of %d bytes, more than the %d allowed: not a safetensors file?", size, maxHeader)
	}
	if size > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("header of %d bytes in a file of %d: truncated?", size, len(data))
	}
	header = rest[:size]
	if !utf8.Valid(header) {
		return nil, nil, errors.New("header is not UTF-8: not a safetensors file?")
	}
	return header, rest[size:], nil
}

// tensor cuts e out of the body. No tensor may leave a hole after, or overlap, the one that ended at previous.
func (e entry) tensor(body []byte, previous int) (tensor.Tensor, error) {
	if e.begin != previous || e.end < e.begin {
		return tensor.Tensor{}, fmt.Errorf("data_offsets [%d, %d] where %d was the next free byte", e.begin, e.end, previous)
	}
	if e.end > len(body) {
		return tensor.Tensor{}, fmt.Errorf("data end at byte %d of %d: truncated?", e.end, len(body))
	}
	t := tensor.Tensor{DType: e.dtype, Shape: e.shape, Data: body[e.begin:e.end:e.end]}
	return t, t.Check()
}

// parseHeader reads {"name": {"dtype": …, "shape": […], "data_offsets": [begin, end]}, "__metadata__": {…}}.
func parseHeader(header []byte) (entries []entry, metadata map[string]string, err error) {
	s := &scanner{rest: header}
	err = s.object(func(key string) error {
		if key == metadataKey {
			metadata = map[string]string{}
			return s.object(func(field string) (err error) {
				metadata[field], err = s.text()
				return err
			})
		}
		e, err := s.entry(key)
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if s.skipSpace(); len(s.rest) > 0 {
		return nil, nil, errors.New("text after the closing brace")
	}
	return entries, metadata, nil
}

// entry reads one tensor's object.
func (s *scanner) entry(name string) (entry, error) {
	e := entry{name: name}
	offsets, seen := []int(nil), 0
	err := s.object(func(key string) (err error) {
		seen++
		switch key {
		case "dtype":
			var dtype string
			dtype, err = s.name()
			e.dtype = tensor.DType(dtype)
		case "shape":
			e.shape, err = s.integers(maxRank)
		case "data_offsets":
			offsets, err = s.integers(2)
		default:
			err = fmt.Errorf("unknown field %q", key)
		}
		return err
	})
	if err == nil && (seen != 3 || len(offsets) != 2) {
		err = errors.New("needs dtype, shape and two data_offsets")
	}
	if err != nil {
		return e, fmt.Errorf("tensor %q: %w", name, err)
	}
	e.begin, e.end = offsets[0], offsets[1]
	return e, nil
}
