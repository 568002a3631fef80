package cir

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// LogitScale is what cosines are multiplied by before the softmax: 100, as in the original.
const LogitScale = 100

// ForwardLogits scores every composed query against every target of the batch.
//
//	composed: [B, E], L2-normalised
//	targets:  [B, E], L2-normalised
//	returns:  [B, B], row i ranks the targets for query i
func ForwardLogits(composed, targets *Node, scale float64) *Node {
	batch, width := composed.Shape().Dim(0), composed.Shape().Dim(1)
	targets.AssertDims(batch, width)
	logits := MulScalar(Einsum("ie,je->ij", composed, targets), scale)
	logits.AssertDims(batch, batch)
	return logits
}

// SumBackwardLogits are the backward logits of stage I: 100 · norm(norm(T_j) + t_i) · norm(R_i), with t the texts that
// are marked [BACKWARD].
//
//	references, targets, texts: [B, E], raw
//	returns:                    [B, B]
//
// UPSTREAM: row i has one fixed text and one fixed reference, its columns run over the targets. It is not a search for
// the reference among all references. And the target is normalised before the sum, which the reference of the forward
// query is not.
//
// The closed form needs no [B, B, E] tensor: with unit vectors R and T,
// (R_i·T_j + R_i·t_i) / ‖T_j + t_i‖, and ‖T_j + t_i‖² = ‖T_j‖² + 2 T_j·t_i + ‖t_i‖².
func SumBackwardLogits(references, targets, texts *Node, scale float64) *Node {
	batch, width := references.Shape().Dim(0), references.Shape().Dim(1)
	targets.AssertDims(batch, width)
	texts.AssertDims(batch, width)
	references, targets = Normalize(references), Normalize(targets)
	dots := Einsum("ie,je->ij", references, targets)
	own := ReduceAndKeep(Mul(references, texts), ReduceSum, -1)
	squares := Add(
		Add(MulScalar(Einsum("ie,je->ij", texts, targets), 2), ReduceAndKeep(Square(texts), ReduceSum, -1)),
		InsertAxes(ReduceSum(Square(targets), -1), 0))
	logits := Div(Add(dots, own), Sqrt(MaxScalar(squares, 1e-24)))
	logits.AssertDims(batch, batch)
	return MulScalar(logits, scale)
}

// InBatchLoss is the mean cross-entropy of the rows of logits [B, B], the diagonal being right.
func InBatchLoss(logits *Node) *Node {
	batch := logits.Shape().Dim(0)
	logits.AssertDims(batch, batch)
	return MulScalar(rowsLoss(logits, ScalarZero(logits.Graph(), dtypes.Int32)), 1/float64(batch))
}

// rowsLoss is the sum of the cross-entropies of a tile of rows [R, B], of which the first is row `first` of the batch.
func rowsLoss(logits, first *Node) *Node {
	g, rows, batch := logits.Graph(), logits.Shape().Dim(0), logits.Shape().Dim(1)
	place := shapes.Make(dtypes.Int32, rows, batch)
	own := Add(Iota(g, place, 0), first)
	right := Equal(own, Iota(g, place, 1))
	return Neg(ReduceAllSum(Where(right, LogSoftmax(logits, -1), ZerosLike(logits))))
}

// BidirectionalLoss is L_forward + weight * L_backward (paper, section 3). A weight of 0 is the forward-only baseline.
//
//	forward, backward: [B, B], the right answers on the diagonal
//	returns:           the loss and its two parts, scalars
func BidirectionalLoss(forward, backward *Node, weight float64) (loss, forwardLoss, backwardLoss *Node) {
	forwardLoss, backwardLoss = InBatchLoss(forward), InBatchLoss(backward)
	return Add(forwardLoss, MulScalar(backwardLoss, weight)), forwardLoss, backwardLoss
}

// ContrastiveLoss is BLIP's image–text contrastive loss without momentum copies: the mean of both directions'
// cross-entropies. It pretrains the tiny BLIP of the generated data set.
//
//	images, texts: [B, E], raw
//	same:          [B, B], 1 where image i and text j belong together, also beside the diagonal (equal descriptions)
func ContrastiveLoss(images, texts, same *Node, scale float64) *Node {
	batch := images.Shape().Dim(0)
	same.AssertDims(batch, batch)
	logits := ForwardLogits(Normalize(images), Normalize(texts), scale)
	share := Div(same, ReduceAndKeep(same, ReduceSum, -1))
	rows := ReduceAllSum(Mul(share, LogSoftmax(logits, -1)))
	columns := ReduceAllSum(Mul(share, LogSoftmax(Transpose(logits, 0, 1), -1)))
	return MulScalar(Add(rows, columns), -0.5/float64(batch))
}
