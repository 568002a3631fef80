package retrieve

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir/embed"
)

const (
	kindKey = "gocir.kind"
	sumKey  = "gocir.sha256"
	kind    = "index 1"
)

// Save writes the index to path as a safetensors file, whole or not at all: "embeddings", F32 [G, E], "names", U8, a
// JSON list of strings, and About with a checksum as metadata.
func (x *Index) Save(path string) error {
	for _, name := range x.embeddings.Names {
		if !utf8.ValidString(name) {
			return fmt.Errorf("saving index %s: image name %q is not UTF-8: rename the file", path, name)
		}
	}
	names, err := json.Marshal(x.embeddings.Names)
	if err != nil {
		return fmt.Errorf("saving index %s: %w", path, err)
	}
	tensors := map[string]tensor.Tensor{
		"embeddings": tensor.FromFloat32s(x.embeddings.Data, x.Len(), x.Width()),
		"names":      {DType: tensor.U8, Shape: []int{len(names)}, Data: names},
	}
	metadata := map[string]string{}
	for key, value := range x.About {
		if strings.HasPrefix(key, "gocir.") {
			return fmt.Errorf("saving index %s: key %q of About is the file format's own", path, key)
		}
		metadata[key] = value
	}
	metadata[kindKey], metadata[sumKey] = kind, checksum(tensors)
	if err := safetensors.Write(path, tensors, metadata); err != nil {
		return fmt.Errorf("saving index: %w", err)
	}
	return nil
}

// Open reads an index that Save wrote. A file that is something else, damaged, or has a name twice is an error.
func Open(path string) (*Index, error) {
	x, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("opening index %s: %w", path, err)
	}
	return x, nil
}

func open(path string) (*Index, error) {
	tensors, metadata, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	if metadata[kindKey] != kind {
		return nil, fmt.Errorf("its kind is %q, not %q: make an index with cir index", metadata[kindKey], kind)
	}
	if metadata[sumKey] != checksum(tensors) {
		return nil, errors.New("damaged, its checksum is wrong: make it again with cir index")
	}
	var names []string
	if err := json.Unmarshal(tensors["names"].Data, &names); err != nil {
		return nil, fmt.Errorf("its names: %w", err)
	}
	data, err := tensors["embeddings"].Float32s()
	if err != nil {
		return nil, err
	}
	shape := tensors["embeddings"].Shape
	if len(shape) != 2 || shape[0] != len(names) {
		return nil, fmt.Errorf("embeddings %v for %d names", shape, len(names))
	}
	x, err := New(&embed.Embeddings{Names: names, Width: shape[1], Data: data}, false)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(metadata, func(key, _ string) bool { return strings.HasPrefix(key, "gocir.") })
	x.About = metadata
	return x, nil
}

// checksum is the SHA-256 of all tensors, names and shapes included.
func checksum(tensors map[string]tensor.Tensor) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		t := tensors[name]
		fmt.Fprintf(h, "%q %s %v\n", name, t.DType, t.Shape)
		h.Write(t.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}
