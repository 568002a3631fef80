package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"gocir/atomicfile"
	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir/embed"
)

// FrozenTexts embeds texts with a text encoder that no longer changes. With a cache folder the result is kept there,
// by the weights, the tokenizer and the texts, so that a second stage II on the same encoder starts at once.
// A file that is damaged is told to Options.Note, set aside, and written anew.
func (s *Session) FrozenTexts(ctx context.Context, texts []string) (*embed.Embeddings, error) {
	if s.options.Cache == "" {
		return s.Texts(ctx, texts)
	}
	key, err := s.textsKey(texts)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(s.options.Cache, "texts", key+".safetensors")
	kept, err := s.readTexts(path, key, texts)
	if err == nil {
		return kept, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		s.note(refused(path, err))
	}
	embeddings, err := s.Texts(ctx, texts)
	if err != nil {
		return nil, err
	}
	_ = atomicfile.Clean(filepath.Dir(path), atomicfile.LeftoverAge) // what can't be removed does no harm
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

// readTexts returns what the cache holds; an fs.ErrNotExist where it holds nothing.
func (s *Session) readTexts(path, key string, texts []string) (*embed.Embeddings, error) {
	all, metadata, err := safetensors.Read(path)
	if err != nil {
		return nil, err
	}
	if metadata["texts"] != key {
		return nil, errors.New("it is of other texts, another tokenizer or other weights")
	}
	sum := sha256.Sum256(all["embeddings"].Data)
	if hex.EncodeToString(sum[:]) != metadata["sha256"] {
		return nil, errors.New("damaged: its checksum is wrong")
	}
	embeddings := &embed.Embeddings{Names: texts, Width: s.Model.Config.EmbedDim}
	if embeddings.Data, err = all["embeddings"].Float32s(); err != nil {
		return nil, err
	}
	return embeddings, embeddings.Validate()
}

// refused takes a file of texts that can't be used out of the way, and says what was found.
func refused(path string, why error) string {
	told := fmt.Sprintf("embedding cache: not used: %s: %v", path, why)
	if aside, err := atomicfile.SetAside(path); err == nil {
		told += "; it is now " + filepath.Base(aside)
	}
	return told + "; its texts are encoded again"
}
