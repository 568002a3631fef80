package cir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"

	"gocir/checkpoints/tensor"
)

// With is m with other weights over its own; both share their compiled functions.
func (m *Model) With(weights Weights) *Model {
	other := *m
	other.Weights = maps.Clone(m.Weights)
	maps.Copy(other.Weights, weights)
	return &other
}

// Digest is the SHA-256 of the named weights, shapes and values, in hexadecimal: the address of what they compute.
func (w Weights) Digest(specs []tensor.Spec) (string, error) {
	hash := sha256.New()
	for _, spec := range specs {
		weight := w[spec.Name]
		if weight == nil {
			return "", fmt.Errorf("digest of %s: there is no such weight", spec.Name)
		}
		fmt.Fprintln(hash, spec.Name, spec.Shape)
		if err := weight.ConstBytes(func(data []byte) { hash.Write(data) }); err != nil {
			return "", fmt.Errorf("digest of %s: %w", spec.Name, err)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
