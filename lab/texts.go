package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir/embed"
)

// FrozenTexts embeds texts with a text encoder that no longer changes. With a cache folder the result is kept there,
// by the weights, the tokenizer and the texts, so that a second stage II on the same encoder starts at once.
func (s *Session) FrozenTexts(ctx context.Context, texts []string) (*embed.Embeddings, error) {
	if s.options.Cache == "" {
		return s.Texts(ctx, texts)
	}
	key, err := s.textsKey(texts)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.options.Cache, "texts", key+".safetensors")
	if kept := s.readTexts(path, key, texts); kept != nil {
		return kept, nil
	}
	embeddings, err := s.Texts(ctx, texts)
	if err != nil {
		return nil, err
	}
	all := map[string]tensor.Tensor{"embeddings": tensor.FromFloat32s(embeddings.Data, len(texts), embeddings.Width)}
	sum := sha256.Sum256(all["embeddings"].Data)
	if err := safetensors.Write(path, all, map[string]string{"texts": key, "sha256": hex.EncodeToString(sum[:])}); err != nil {
		return nil, fmt.Errorf("keeping the embeddings of %d texts: %w", len(texts), err)
	}
	return embeddings, nil
}

// textsKey is a digest of all that the embeddings depend on.
func (s *Session) textsKey(texts []string) (string, error) {
	weights, err := s.Model.Weights.Digest(s.Model.Config.TextSpecs())
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintln(hash, s.address(weights), s.options.Recipe.MaxLength, s.Tokenizer.Size())
	for _, text := range texts {
		fmt.Fprintln(hash, s.Tokenizer.Encode(text, s.options.Recipe.MaxLength))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// readTexts returns what the cache holds; nil where it holds nothing, or something else, or a damaged file.
func (s *Session) readTexts(path, key string, texts []string) *embed.Embeddings {
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	all, metadata, err := safetensors.Read(path)
	if err != nil || metadata["texts"] != key {
		return nil
	}
	sum := sha256.Sum256(all["embeddings"].Data)
	data, err := all["embeddings"].Float32s()
	if err != nil || hex.EncodeToString(sum[:]) != metadata["sha256"] {
		return nil
	}
	embeddings := &embed.Embeddings{Names: texts, Width: s.Model.Config.EmbedDim, Data: data}
	if embeddings.Validate() != nil {
		return nil
	}
	return embeddings
}
