package cir_test

import (
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
)

// tinyTexts are ids and masks of three texts of 5, 3 and 1 tokens, padded to length.
func tinyTexts(length int) (ids, mask []int32) {
	for _, text := range [][]int32{{2, 11, 12, 13, 3}, {2, 14, 3}, {9}} {
		padding := make([]int32, length-len(text))
		ids = append(append(ids, text...), padding...)
		mask = append(append(mask, slices.Repeat([]int32{1}, len(text))...), padding...)
	}
	return ids, mask
}

// Padding changes no embedding, and neither do the texts beside it.
func TestPaddingDoesNotChangeEmbeddings(t *testing.T) {
	m := cirtest.TinyModel(t)
	encode := func(ids, mask []int32, rows, length int) []float32 {
		t.Helper()
		embeddings, err := m.EncodeTexts(ids, mask, rows, length)
		if err != nil {
			t.Fatal(err)
		}
		return embeddings
	}
	ids, mask := tinyTexts(5)
	want := encode(ids, mask, 3, 5)
	ids, mask = tinyTexts(24)
	cirtest.AllClose(t, encode(ids, mask, 3, 24), want, 1e-5)
	cirtest.AllClose(t, encode([]int32{2, 14, 3}, []int32{1, 1, 1}, 1, 3), want[12:24], 1e-5)
	if slices.Equal(want[:12], want[12:24]) {
		t.Error("two texts have the same embedding")
	}
}

// Pictures don't see each other either.
func TestPicturesAreEncodedApart(t *testing.T) {
	m := cirtest.TinyModel(t)
	pixels := cirtest.Normal(2*3*16*16, 3)
	both, err := m.EncodeImages(pixels, 2)
	if err != nil {
		t.Fatal(err)
	}
	second, err := m.EncodeImages(pixels[3*16*16:], 1)
	if err != nil {
		t.Fatal(err)
	}
	cirtest.AllClose(t, second, both[12:], 1e-5)
}

// encoded computes embeddings in one of two ways.
type encoded func(p cir.Params, in []*Node, other bool) *Node

// sameBothWays fails unless the embeddings and the gradients of all weights are the same in both ways.
func sameBothWays(t *testing.T, specs []tensor.Spec, embed encoded, in ...*tensors.Tensor) {
	t.Helper()
	weights := cirtest.Weights(t, specs, 1)
	with := func(other bool) [][]float32 {
		return run(t, weights, specs, func(p cir.Params, in []*Node) []*Node {
			embeddings := embed(p, in, other)
			loss := ReduceAllSum(Square(embeddings))
			return append([]*Node{embeddings}, Gradient(loss, all(p, specs)...)...)
		}, in...)
	}
	closeTo(t, with(true), with(false), 1e-5)
}

func TestCheckpointingChangesNoNumberOfTheImageEncoder(t *testing.T) {
	c := cirtest.TinyConfig()
	c.Image.Depth = 2
	pixels := tensors.FromFlatDataAndDimensions(cirtest.Normal(2*3*16*16, 1), 2, 3, 16, 16)
	sameBothWays(t, c.ImageSpecs(), func(p cir.Params, in []*Node, checkpoint bool) *Node {
		return cir.ImageEncoder{Config: c.Image, EmbedDim: c.EmbedDim, Checkpoint: checkpoint}.Embed(p, in[0])
	}, pixels)
}

// An observed encoder computes every token of its last layer, others only the one that becomes the embedding.
func TestObservingChangesNoNumber(t *testing.T) {
	c := cirtest.TinyConfig()
	c.Image.Depth, c.Text.Depth = 2, 2
	observe := map[bool]func(string, *Node){true: func(string, *Node) {}}
	pixels := tensors.FromFlatDataAndDimensions(cirtest.Normal(2*3*16*16, 1), 2, 3, 16, 16)
	sameBothWays(t, c.ImageSpecs(), func(p cir.Params, in []*Node, observed bool) *Node {
		return cir.ImageEncoder{Config: c.Image, EmbedDim: c.EmbedDim, Observe: observe[observed]}.Embed(p, in[0])
	}, pixels)
	ids, mask := tinyTexts(6)
	sameBothWays(t, selfAttending(c), func(p cir.Params, in []*Node, observed bool) *Node {
		return cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim, Observe: observe[observed]}.Embed(p, in[0], in[1], nil)
	}, tensors.FromFlatDataAndDimensions(ids, 3, 6), tensors.FromFlatDataAndDimensions(mask, 3, 6))
}

// selfAttending are the text encoder's weights that a text's embedding depends on.
func selfAttending(c cir.Config) []tensor.Spec {
	return slices.DeleteFunc(c.TextSpecs(), func(s tensor.Spec) bool { return strings.Contains(s.Name, "crossattention") })
}

// With dropout too: what is computed again draws the same masks.
func TestCheckpointingChangesNoNumberOfTheTextEncoder(t *testing.T) {
	c := cirtest.TinyConfig()
	c.Text.Depth = 2
	specs := selfAttending(c)
	ids, mask := tinyTexts(6)
	in := []*tensors.Tensor{tensors.FromFlatDataAndDimensions(ids, 3, 6), tensors.FromFlatDataAndDimensions(mask, 3, 6), randomState(4)}
	for _, training := range []bool{false, true} {
		sameBothWays(t, specs, func(p cir.Params, in []*Node, checkpoint bool) *Node {
			encoder := cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim, Checkpoint: checkpoint}
			if training {
				return encoder.Embed(p, in[0], in[1], cir.NewNoise(in[2]))
			}
			return encoder.Embed(p, in[0], in[1], nil)
		}, in...)
	}
}

// Row 0 of the word embedding is padding's: it gets no gradient, even where id 0 stands for a token.
func TestPaddingRowHasNoGradient(t *testing.T) {
	c := cirtest.TinyConfig()
	specs := c.TextSpecs()
	got := run(t, cirtest.Weights(t, specs, 1), specs, func(p cir.Params, in []*Node) []*Node {
		embeddings := cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim}.Embed(p, in[0], in[1], nil)
		return Gradient(ReduceAllSum(Square(embeddings)), all(p, specs)[0])
	}, tensors.FromValue([][]int32{{0, 7, 0}}), tensors.FromValue([][]int32{{1, 1, 1}}))[0]
	width := c.Text.Width
	for id := range c.Text.Vocabulary {
		moved := slices.ContainsFunc(got[id*width:(id+1)*width], func(v float32) bool { return v != 0 })
		if moved != (id == 7) {
			t.Errorf("row %d has the gradient %v", id, got[id*width:(id+1)*width])
		}
	}
}

// Observe sees what the golden files name, and the attention weights, in the order in which they are computed.
func TestObserve(t *testing.T) {
	c := cirtest.TinyConfig()
	c.Image.Depth, c.Text.Depth = 2, 2
	var seen []string
	observe := func(name string, _ *Node) { seen = append(seen, name) }
	specs := append(c.ImageSpecs(), c.TextSpecs()...)
	pixels := tensors.FromFlatDataAndDimensions(cirtest.Normal(3*16*16, 1), 1, 3, 16, 16)
	one := tensors.FromValue([][]int32{{1}})
	run(t, cirtest.Weights(t, specs, 1), specs, func(p cir.Params, in []*Node) []*Node {
		seen = nil
		image := cir.ImageEncoder{Config: c.Image, EmbedDim: c.EmbedDim, Observe: observe}.Embed(p, in[0])
		return []*Node{image, cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim, Observe: observe}.Embed(p, in[1], in[1], nil)}
	}, pixels, one)
	want := "patch_embed embedded block.0.attn.weights block.0.attn block.0.mlp block.0 " +
		"block.1.attn.weights block.1.attn block.1.mlp block.1 norm " +
		"embeddings layer.0.attention.weights layer.0.attention layer.0 layer.1.attention.weights layer.1.attention layer.1"
	if got := strings.Join(seen, " "); got != want {
		t.Errorf("seen  %s\nwant %s", got, want)
	}
}
