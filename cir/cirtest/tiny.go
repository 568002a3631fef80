package cirtest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/tokenize"
)

// TinyConfig are sizes of a model that compiles and runs in milliseconds, all of them different where they may be:
// pictures of 16 pixels, texts of up to 24 tokens, embeddings of 12 numbers.
func TinyConfig() cir.Config {
	return cir.Config{
		Image: cir.ImageConfig{ImageSize: 16, PatchSize: 8, Width: 16, Depth: 1, Heads: 4, Hidden: 40},
		Text: cir.TextConfig{
			Vocabulary: 67, Positions: 24, Width: 18, Depth: 1, Heads: 3, Hidden: 44, CrossWidth: 16, Dropout: 0.1,
		},
		Combiner: cir.CombinerConfig{Projection: 14, Hidden: 20, Dropout: 0.5},
		EmbedDim: 12,
	}
}

// TinyModel is a model of TinyConfig with the weights of seed 1, on the backend of the test. It is freed at its end.
func TinyModel(t testing.TB) *cir.Model {
	t.Helper()
	config := TinyConfig()
	weights := Weights(t, AllSpecs(config), 1)
	m, err := cir.NewModel(Backend(t), config, weights)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Finalize)
	return m
}

// Vocabulary is a vocabulary that fits TinyConfig: 65 tokens, to which a tokenizer adds two. Besides special tokens and
// direction marks it holds every letter, so that it can spell what it doesn't know.
func Vocabulary() []string {
	tokens := strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] [ ] forward backward and is red blue")
	for letter := 'a'; letter <= 'z'; letter++ {
		tokens = append(tokens, string(letter), "##"+string(letter))
	}
	return tokens
}

// TinyTokenizer is a tokenizer of Vocabulary.
func TinyTokenizer(t testing.TB) *tokenize.Tokenizer {
	t.Helper()
	tokenizer, err := tokenize.New(Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer
}

// AllSpecs lists the weights of a model: image encoder, text encoder, Combiner.
func AllSpecs(c cir.Config) []tensor.Spec {
	return append(append(c.ImageSpecs(), c.TextSpecs()...), c.CombinerSpecs()...)
}

// Weights are State's, on the backend of the test.
func Weights(t testing.TB, specs []tensor.Spec, seed uint64) cir.Weights {
	t.Helper()
	weights, err := cir.Upload(Backend(t), State(specs, seed), specs)
	if err != nil {
		t.Fatal(err)
	}
	return weights
}

// State draws weights from a seed: about 1 for those of norms, and normal with deviation 0.2 for all others, biases
// too, so that no part of a model has nothing to say.
func State(specs []tensor.Spec, seed uint64) map[string]tensor.Tensor {
	state := make(map[string]tensor.Tensor, len(specs))
	for i, spec := range specs {
		values := Normal(tensor.Tensor{Shape: spec.Shape}.Len(), seed<<16|uint64(i))
		for j := range values {
			values[j] *= 0.2
			if strings.Contains(strings.ToLower(spec.Name), "norm") && strings.HasSuffix(spec.Name, ".weight") {
				values[j]++
			}
		}
		state[spec.Name] = tensor.FromFloat32s(values, spec.Shape...)
	}
	return state
}

// Normal draws n numbers of the standard normal distribution from a seed.
func Normal(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(r.NormFloat64())
	}
	return values
}
