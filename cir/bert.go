package cir

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

const textEpsilon = 1e-12 // of BERT's layer norms

// maskedScore is added to the scores of padding. UPSTREAM: a finite number, so that a row of nothing but padding
// still has a softmax.
const maskedScore = -10000

// TextEncoder is BLIP's BERT in text mode (text_encoder.*) and its projection (text_proj.*).
type TextEncoder struct {
	Config   TextConfig
	EmbedDim int // E

	// Checkpoint keeps only each layer's input for the backward pass. It changes no number.
	Checkpoint bool

	// Observe, if set, sees each inner result under the name that the golden files give it, and each layer's attention
	// weights [B, H, N, N] as "layer.0.attention.weights". For tests and teaching. Without it the last layer computes the
	// first token alone, the one that becomes the embedding: a fourteenth of the work less.
	Observe func(name string, x *Node)
}

// Embed maps texts to embeddings, the projected first token. noise is nil in evaluation mode.
//
//	ids:     [B, N] int32, padded with 0
//	mask:    [B, N] int32, 0 where there is padding
//	returns: [B, E], not normalised
func (e TextEncoder) Embed(p Params, ids, mask *Node, noise *Noise) *Node {
	batch, tokens := ids.Shape().Dim(0), ids.Shape().Dim(1)
	mask.AssertDims(batch, tokens)
	x := e.embedded(p.In("text_encoder.embeddings."), ids, noise)
	bias := MulScalar(OneMinus(ConvertDType(mask, x.DType())), maskedScore)
	bias = Reshape(bias, batch, 1, 1, tokens)
	for i := range e.Config.Depth {
		if e.Checkpoint {
			x = x.Checkpoint()
		}
		x = e.layer(p.In(fmt.Sprintf("text_encoder.encoder.layer.%d.", i)), x, bias, i, noise)
		e.observe(fmt.Sprintf("layer.%d", i), x)
	}
	if e.Checkpoint {
		x = x.StopCheckpoint()
	}
	first := Squeeze(SliceAxis(x, 1, AxisElem(0)), 1)
	return linear(p, "text_proj", first, e.EmbedDim)
}

// embedded is norm(word + position): [B, N, D].
//
// UPSTREAM: there are no token types, and row 0 of the word embedding, [PAD], never gets a gradient.
func (e TextEncoder) embedded(p Params, ids *Node, noise *Noise) *Node {
	batch, tokens, width := ids.Shape().Dim(0), ids.Shape().Dim(1), e.Config.Width
	if tokens > e.Config.Positions {
		panic(fmt.Errorf("texts of %d tokens, the encoder has %d positions", tokens, e.Config.Positions))
	}
	words := Gather(p.Get("word_embeddings.weight", e.Config.Vocabulary, width), InsertAxes(ids, -1))
	padding := BroadcastToDims(InsertAxes(Equal(ids, Scalar(ids.Graph(), dtypes.Int32, 0)), -1), batch, tokens, width)
	words = Where(padding, StopGradient(words), words)
	positions := p.Get("position_embeddings.weight", e.Config.Positions, width)
	positions = InsertAxes(SliceAxis(positions, 0, AxisRange(0, tokens)), 0)
	x := layerNorm(p, "LayerNorm", Add(words, positions), textEpsilon)
	e.observe("embeddings", x)
	return noise.Dropout(x, e.Config.Dropout)
}

// layer is post-norm: norm(x + attention(x)), then norm(x + feed-forward(x)).
func (e TextEncoder) layer(p Params, x, bias *Node, i int, noise *Noise) *Node {
	x = e.attention(p.In("attention."), x, bias, i, noise)
	e.observe(fmt.Sprintf("layer.%d.attention", i), x)
	hidden := gelu(linear(p, "intermediate.dense", x, e.Config.Hidden))
	hidden = noise.Dropout(linear(p, "output.dense", hidden, e.Config.Width), e.Config.Dropout)
	return layerNorm(p, "output.LayerNorm", Add(x, hidden), textEpsilon)
}

func (e TextEncoder) attention(p Params, x, bias *Node, i int, noise *Noise) *Node {
	width := e.Config.Width
	key, value := linear(p, "self.key", x, width), linear(p, "self.value", x, width)
	if e.classOnly(i) {
		x = firstToken(x)
	}
	query := linear(p, "self.query", x, width)
	context, weights := attend(p, query, key, value, bias, e.Config.Heads, e.Config.Dropout, noise)
	e.observe(fmt.Sprintf("layer.%d.attention.weights", i), weights)
	context = noise.Dropout(linear(p, "output.dense", context, width), e.Config.Dropout)
	return layerNorm(p, "output.LayerNorm", Add(x, context), textEpsilon)
}

// classOnly tells whether layer i needs to compute no token but the first.
func (e TextEncoder) classOnly(i int) bool { return e.Observe == nil && i == e.Config.Depth-1 }

func (e TextEncoder) observe(name string, x *Node) {
	if e.Observe != nil {
		e.Observe(name, x)
	}
}
