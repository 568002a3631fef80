package safetensors

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode/utf8"

	"gocir/atomicfile"
	"gocir/checkpoints/tensor"
)

// Write writes tensors and metadata to path, whole or not at all, with a checksum (ChecksumKey). Metadata may be nil. Equal
// input gives equal bytes: wide types come first, so that every tensor is aligned, then names in order.
func Write(path string, tensors map[string]tensor.Tensor, metadata map[string]string) error {
	names := slices.SortedFunc(maps.Keys(tensors), func(a, b string) int {
		return cmp.Or(cmp.Compare(tensors[b].DType.Size(), tensors[a].DType.Size()), cmp.Compare(a, b))
	})
	header, err := encodeHeader(names, tensors, withZeros(metadata))
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	seal(header, names, tensors)
	return atomicfile.Write(path, func(w io.Writer) error {
		buffered := bufio.NewWriterSize(w, 1<<20)
		if _, err := buffered.Write(header); err != nil {
			return err
		}
		for _, name := range names {
			if _, err := buffered.Write(tensors[name].Data); err != nil {
				return err
			}
		}
		return buffered.Flush()
	})
}

// encodeHeader is the file up to its first tensor, names in order, padded with spaces to a multiple of 8 bytes.
func encodeHeader(names []string, tensors map[string]tensor.Tensor, metadata map[string]string) ([]byte, error) {
	header := append(make([]byte, 8), '{')
	if err := checkTexts(metadata); err != nil {
		return nil, err
	}
	header = appendField(header, metadataKey, metadata)
	begin := 0
	for _, name := range names {
		t := tensors[name]
		if err := checkTensor(name, t); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		end := begin + len(t.Data)
		header = appendField(header, name, jsonEntry{t.DType, append([]int{}, t.Shape...), [2]int{begin, end}})
		begin = end
	}
	header = append(header, '}')
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header)-8 > maxHeader || len(names) > maxEntries {
		return nil, fmt.Errorf("%d tensors need a header of %d bytes, too large for the format", len(names), len(header))
	}
	binary.LittleEndian.PutUint64(header, uint64(len(header)-8))
	_, _, err := parseHeader(header[8:]) // nothing is written that would not be read
	return header, err
}

type jsonEntry struct {
	DType   tensor.DType `json:"dtype"`
	Shape   []int        `json:"shape"`
	Offsets [2]int       `json:"data_offsets"`
}

// appendField adds "key": value to an object that is being written. Neither can fail to encode.
func appendField(header []byte, key string, value any) []byte {
	if header[len(header)-1] != '{' {
		header = append(header, ',')
	}
	k, _ := json.Marshal(key)
	v, _ := json.Marshal(value)
	return append(append(append(header, k...), ':'), v...)
}

func checkTensor(name string, t tensor.Tensor) error {
	if name == metadataKey || !plainText(name) || len(name) > maxName {
		return fmt.Errorf("no name for a tensor")
	}
	if len(t.Shape) > maxRank {
		return fmt.Errorf("%d dimensions, more than %d", len(t.Shape), maxRank)
	}
	return t.Check()
}

func checkTexts(metadata map[string]string) error {
	for key, value := range metadata {
		if !plainText(key) || !plainText(value) || len(key) > maxName {
			return fmt.Errorf("metadata %.80q: not UTF-8, or a key of more than %d bytes", key, maxName)
		}
	}
	return nil
}

// plainText reports whether the reader takes s: UTF-8 without the replacement character.
func plainText(s string) bool {
	return utf8.ValidString(s) && !slices.Contains([]rune(s), utf8.RuneError)
}
