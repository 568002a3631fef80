package cir_test

import (
	"math"
	"slices"
	"testing"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
)

// numbers are the values of the result of that name, whose shape must be dims.
func numbers(t *testing.T, results map[string]tensor.Tensor, name string, dims ...int) []float32 {
	t.Helper()
	result, ok := results[name]
	if !ok || !slices.Equal(result.Shape, dims) {
		t.Fatalf("%s has shape %v, want %v", name, result.Shape, dims)
	}
	values, err := result.Float32s()
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// sumToOne fails unless each row of attention weights does: a token gives out all of its attention.
func sumToOne(t *testing.T, name string, weights []float32, tokens int) {
	t.Helper()
	for row := range slices.Chunk(weights, tokens) {
		sum := 0.0
		for _, w := range row {
			sum += float64(w)
		}
		if math.Abs(sum-1) > 1e-5 || slices.Min(row) < 0 {
			t.Errorf("%s: a row of weights is %v, its sum %v", name, row, sum)
		}
	}
}

// The tiny image encoder has 4 heads and 1 + 4 tokens.
func TestObserveImages(t *testing.T) {
	m := cirtest.TinyModel(t)
	pixels := cirtest.Normal(2*3*16*16, 3)
	results, err := m.ObserveImages(pixels, 2)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.EncodeImages(pixels, 2)
	if err != nil {
		t.Fatal(err)
	}
	cirtest.AllClose(t, numbers(t, results, "output", 2, 12), want, 1e-6)
	heads, tokens := m.Config.Image.Heads, m.Config.Image.Tokens()
	sumToOne(t, "images", numbers(t, results, "block.0.attn.weights", 2, heads, tokens, tokens), tokens)
	numbers(t, results, "norm", 2, tokens, m.Config.Image.Width)
}

// Padding gets no attention: a score of -10,000 is nothing after the softmax.
func TestObserveTexts(t *testing.T) {
	m := cirtest.TinyModel(t)
	const rows, length = 3, 7
	ids, mask := tinyTexts(length)
	results, err := m.ObserveTexts(ids, mask, rows, length)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.EncodeTexts(ids, mask, rows, length)
	if err != nil {
		t.Fatal(err)
	}
	cirtest.AllClose(t, numbers(t, results, "output", rows, 12), want, 1e-6)
	heads := m.Config.Text.Heads
	weights := numbers(t, results, "layer.0.attention.weights", rows, heads, length, length)
	sumToOne(t, "texts", weights, length)
	for i, w := range weights {
		text, token := i/(heads*length*length), i%length
		if padding := mask[text*length+token] == 0; padding && w > 1e-6 || !padding && w == 0 {
			t.Errorf("text %d gives token %d the weight %v, padding: %v", text, token, w, padding)
		}
	}
}

// What the encoders refuse is refused here too, in the same words.
func TestObserveRefusesWhatDoesNotFit(t *testing.T) {
	m := cirtest.TinyModel(t)
	_, err := m.ObserveImages(make([]float32, 768), 2)
	wants(t, err, "observing images", "768 numbers are not 2 pictures of 3×16×16")
	_, err = m.ObserveTexts([]int32{1, 67}, []int32{1, 1}, 1, 2)
	wants(t, err, "observing texts", "token 67", "vocabulary of 67")

	c := cirtest.TinyConfig()
	bare, err := cir.NewModel(cirtest.Backend(t), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer bare.Finalize()
	_, err = bare.ObserveImages(make([]float32, 768), 1)
	wants(t, err, "image encoder", "visual_encoder.cls_token is not loaded")
}
