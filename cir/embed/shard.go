package embed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
)

// Metadata of a shard. The kind counts up when the meaning of a shard changes.
const (
	kindKey    = "gocir.kind"
	weightsKey = "gocir.weights"
	recipeKey  = "gocir.recipe"
	widthKey   = "gocir.width"
	sumKey     = "gocir.sha256"

	kind   = "image embeddings 1"
	suffix = ".safetensors"
)

// A shard is a file of the cache.
type shard struct {
	digests []byte    // [n, 32]
	data    []float32 // [n, width]
}

// readShard reads a shard that must be about the same weights and recipe, whole, and finite.
func readShard(path string, about map[string]string, width int) (*shard, error) {
	tensors, metadata, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(about)) {
		if metadata[key] != about[key] {
			return nil, fmt.Errorf("belongs elsewhere: its %s is %q, not %q", key, metadata[key], about[key])
		}
	}
	digests, embeddings := tensors["digests"], tensors["embeddings"]
	if metadata[sumKey] != checksum(digests, embeddings) {
		return nil, errors.New("damaged: its checksum is wrong")
	}
	n := len(digests.Data) / sha256.Size
	if !slices.Equal(digests.Shape, []int{n, sha256.Size}) || digests.DType != tensor.U8 ||
		!slices.Equal(embeddings.Shape, []int{n, width}) {
		return nil, fmt.Errorf("digests %v and embeddings %v, want [n, 32] and [n, %d]", digests.Shape, embeddings.Shape, width)
	}
	data, err := embeddings.Float32s()
	if err == nil && finite(data) != nil {
		err = errors.New("holds NaN or Inf")
	}
	return &shard{digests.Data, data}, err
}

// write writes a shard to dir under a name made from its content.
func (s shard) write(dir string, about map[string]string, width int) error {
	n := len(s.digests) / sha256.Size
	digests := tensor.Tensor{DType: tensor.U8, Shape: []int{n, sha256.Size}, Data: s.digests}
	embeddings := tensor.FromFloat32s(s.data, n, width)
	sum := checksum(digests, embeddings)
	metadata := maps.Clone(about)
	metadata[sumKey] = sum
	return safetensors.Write(filepath.Join(dir, sum[:32]+suffix),
		map[string]tensor.Tensor{"digests": digests, "embeddings": embeddings}, metadata)
}

// checksum is the SHA-256 of both tensors' bytes.
func checksum(digests, embeddings tensor.Tensor) string {
	h := sha256.New()
	h.Write(digests.Data)
	h.Write(embeddings.Data)
	return hex.EncodeToString(h.Sum(nil))
}
