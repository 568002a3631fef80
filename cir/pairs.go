package cir

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// PairDropout says how stage II's backward loss drops units of the B² pairs of texts and targets.
type PairDropout string

const (
	// PairDropoutIndependent draws each pair's masks apart, as the original does. Every pair then runs through the
	// whole Combiner: B² products with its large matrices.
	PairDropoutIndependent PairDropout = "independent"

	// PairDropoutShared draws masks per row and per column, so that the Combiner factorises: 2B such products.
	PairDropoutShared PairDropout = "shared"
)

// Validate refuses any other value.
func (d PairDropout) Validate() error {
	if d != PairDropoutIndependent && d != PairDropoutShared {
		return fmt.Errorf("pair dropout %q is neither %q nor %q", d, PairDropoutIndependent, PairDropoutShared)
	}
	return nil
}

// CombinerBackwardLogits are rows of the backward logits of stage II: 100 · combine(T_j, t_i) · norm(R_i), factorised.
//
//	text, texts:    rows' text half [R, hidden] and raw [BACKWARD] embeddings [R, E]
//	references:     rows' [R, E], raw
//	image, targets: the image half of all targets [B, hidden] and their raw embeddings [B, E]
//	returns:        [R, B]
//
// UPSTREAM: as in stage I the columns run over the targets, with row i's text and reference fixed; here the target
// goes in raw.
func (c Combiner) CombinerBackwardLogits(text Half, texts, references *Node, image Half, targets *Node, rows, columns *Noise) *Node {
	composed := c.Pairs(text, texts, image, targets, rows, columns)
	return MulScalar(Einsum("rbe,re->rb", composed, Normalize(references)), LogitScale)
}

// CombinerPairwiseLogits are the same rows computed the obvious way, each pair through the whole Combiner with masks
// of its own.
//
//	texts, references: [R, E], raw
//	targets:           [B, E], raw
//	returns:           [R, B]
func (c Combiner) CombinerPairwiseLogits(texts, references, targets *Node, noise *Noise) *Node {
	rows, batch, width := texts.Shape().Dim(0), targets.Shape().Dim(0), texts.Shape().Dim(1)
	pairs := func(x *Node, axis int) *Node {
		return Reshape(BroadcastToDims(InsertAxes(x, axis), rows, batch, width), rows*batch, width)
	}
	composed, _ := c.Compose(pairs(targets, 0), pairs(texts, 1), noise)
	composed = Reshape(composed, rows, batch, width)
	return MulScalar(Einsum("rbe,re->rb", composed, Normalize(references)), LogitScale)
}

// TileLoss is what rows [first, first+R) of the logits [R, B] add to the mean cross-entropy of all B rows.
//
//	first:   int32 scalar
//	returns: a scalar; summed over all tiles it is InBatchLoss of the whole
func TileLoss(logits, first *Node) *Node {
	return MulScalar(rowsLoss(logits, first), 1/float64(logits.Shape().Dim(1)))
}
