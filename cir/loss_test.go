package cir_test

import (
	"fmt"
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/cirtest"
)

// Two orthogonal targets, each query equal to its own target: with scale 1 the right answer has odds e against 1, so
// the loss is ln(1+1/e).
func TestForwardLossByHand(t *testing.T) {
	eye := matrix([][]float32{{1, 0}, {0, 1}})
	got := calculate(t, func(in []*Node) []*Node {
		return []*Node{cir.InBatchLoss(cir.ForwardLogits(in[0], in[1], 1))}
	}, eye, eye)
	cirtest.AllClose(t, got[0], []float32{float32(math.Log1p(math.Exp(-1)))}, 1e-6)
}

// Logits so large that their exponentials overflow still have a loss: the difference of the two.
func TestLossOfSaturatedLogits(t *testing.T) {
	got := calculate(t, func(in []*Node) []*Node {
		loss := cir.InBatchLoss(in[0])
		return []*Node{loss, Gradient(loss, in[0])[0]}
	}, matrix([][]float32{{100, 300}, {-1000, 1000}}))
	cirtest.AllClose(t, got[0], []float32{100}, 1e-4)
	cirtest.AllClose(t, got[1], []float32{-0.5, 0.5, 0, 0}, 1e-6)
}

// The loss is forward + weight · backward; with weight 0 it is the forward loss, and the backward logits have no
// gradient.
func TestBidirectionalLoss(t *testing.T) {
	for _, weight := range []float64{0, 0.4} {
		got := calculate(t, func(in []*Node) []*Node {
			loss, forward, backward := cir.BidirectionalLoss(in[0], in[1], weight)
			return []*Node{loss, forward, backward, Gradient(loss, in[1])[0]}
		}, normal(3, 3, 1), normal(3, 3, 2))
		want := float64(got[1][0]) + weight*float64(got[2][0])
		cirtest.AllClose(t, got[0], []float32{float32(want)}, 1e-6)
		if moved := got[3][0] != 0; moved != (weight != 0) {
			t.Errorf("weight %v: gradient of the backward logits is %v", weight, got[3])
		}
	}
}

// References (1, 0), targets (0, 1), text t' = (3, 3): T + t' = (3, 4), whose cosine to R is 3/5.
func TestSumBackwardLogitsByHand(t *testing.T) {
	got := calculate(t, func(in []*Node) []*Node {
		return []*Node{cir.SumBackwardLogits(in[0], in[1], in[2], 100)}
	}, matrix([][]float32{{7, 0}}), matrix([][]float32{{0, 2}}), matrix([][]float32{{3, 3}}))
	cirtest.AllClose(t, got[0], []float32{60}, 1e-4)
}

// pairwiseBackward is the formula as it is written, with a tensor [B, B, E].
func pairwiseBackward(references, targets, texts *Node) *Node {
	sums := Add(InsertAxes(cir.Normalize(targets), 0), InsertAxes(texts, 1)) // [i, j] is norm(T_j) + t_i
	return MulScalar(Einsum("ije,ie->ij", cir.Normalize(sums), cir.Normalize(references)), 100)
}

// The closed form has the values and the gradients of the obvious one.
func TestSumBackwardLogitsEqualPairwise(t *testing.T) {
	in := []*tensors.Tensor{normal(7, 5, 1), normal(7, 5, 2), normal(7, 5, 3)}
	with := func(logits func(references, targets, texts *Node) *Node) [][]float32 {
		return calculate(t, func(in []*Node) []*Node {
			logits := logits(in[0], in[1], in[2])
			loss := cir.InBatchLoss(MulScalar(logits, 0.1)) // a soft softmax, so that no gradient vanishes
			return append([]*Node{logits, loss}, Gradient(loss, in...)...)
		}, in...)
	}
	closed := with(func(references, targets, texts *Node) *Node {
		return cir.SumBackwardLogits(references, targets, texts, cir.LogitScale)
	})
	closeTo(t, closed, with(pairwiseBackward), 2e-5)
}

// A text that undoes its target leaves nothing to compare; the logit is then 0 and no gradient is NaN.
func TestSumBackwardLogitsOfNothing(t *testing.T) {
	got := calculate(t, func(in []*Node) []*Node {
		logits := cir.SumBackwardLogits(in[0], in[1], in[2], 100)
		return append([]*Node{logits}, Gradient(ReduceAllSum(logits), in...)...)
	}, matrix([][]float32{{1, 0}}), matrix([][]float32{{0, 1}}), matrix([][]float32{{0, -1}}))
	for i, numbers := range got {
		for _, v := range numbers {
			if math.IsNaN(float64(v)) {
				t.Errorf("result %d: %v", i, numbers)
			}
		}
	}
}

// The rows' shares of the loss add up to it, however they are cut.
func TestTileLossesSumToTheLoss(t *testing.T) {
	for _, rows := range []int{1, 2, 3, 6} {
		got := calculate(t, func(in []*Node) []*Node {
			sum := ScalarZero(in[0].Graph(), in[0].DType())
			for first := 0; first < 6; first += rows {
				tile := SliceAxis(in[0], 0, AxisRange(first, first+rows))
				sum = Add(sum, cir.TileLoss(tile, Const(in[0].Graph(), int32(first))))
			}
			return []*Node{sum, cir.InBatchLoss(in[0])}
		}, normal(6, 6, 1))
		cirtest.AllClose(t, got[0], got[1], 1e-6)
	}
}

// Two equal descriptions share their pictures: each answer is right with one half, so that the loss of both directions
// is ln 2 where all cosines are equal.
func TestContrastiveLossByHand(t *testing.T) {
	equal := matrix([][]float32{{1, 0}, {1, 0}})
	loss := func(same [][]float32) float32 {
		return calculate(t, func(in []*Node) []*Node {
			return []*Node{cir.ContrastiveLoss(in[0], in[1], in[2], 10)}
		}, equal, equal, matrix(same))[0][0]
	}
	cirtest.AllClose(t, []float32{loss([][]float32{{1, 1}, {1, 1}})}, []float32{math.Ln2}, 1e-6)
	cirtest.AllClose(t, []float32{loss([][]float32{{1, 0}, {0, 1}})}, []float32{math.Ln2}, 1e-6)

	eye := matrix([][]float32{{1, 0}, {0, 1}})
	apart := calculate(t, func(in []*Node) []*Node {
		return []*Node{cir.ContrastiveLoss(in[0], in[0], in[0], 1)}
	}, eye)
	cirtest.AllClose(t, apart[0], []float32{float32(math.Log1p(math.Exp(-1)))}, 1e-6)
}

// Each of two queries is exactly its own target, and at right angles to the other.
func ExampleInBatchLoss() {
	b, err := openGo()
	if err != nil {
		fmt.Println(err)
		return
	}
	eye := [][]float32{{1, 0}, {0, 1}}
	loss := MustExecOnce(b, func(composed, targets *Node) *Node {
		return cir.InBatchLoss(cir.ForwardLogits(composed, targets, 1))
	}, eye, eye)
	fmt.Printf("ln(1 + 1/e) = %.4f\n", loss.Value())
	// Output: ln(1 + 1/e) = 0.3133
}
