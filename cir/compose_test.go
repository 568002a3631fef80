package cir_test

import (
	"fmt"
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
)

// (3, 0) + (0, 4) has the length 5.
func TestSumByHand(t *testing.T) {
	got := calculate(t, func(in []*Node) []*Node { return []*Node{cir.Sum(in[0], in[1])} },
		matrix([][]float32{{3, 0}}), matrix([][]float32{{0, 4}}))
	cirtest.AllClose(t, got[0], []float32{0.6, 0.8}, 1e-6)
}

// A vector of zeros stays one: neither it nor its gradient becomes NaN.
func TestNormalizeZero(t *testing.T) {
	got := calculate(t, func(in []*Node) []*Node {
		unit := cir.Normalize(in[0])
		return []*Node{unit, Gradient(ReduceAllSum(unit), in[0])[0]}
	}, matrix([][]float32{{0, 0}, {0, 2}}))
	cirtest.AllClose(t, got[0], []float32{0, 0, 0, 1}, 1e-6)
	cirtest.AllClose(t, got[1], []float32{1e12, 1e12, 0.5, 0}, 1e6)
	cirtest.AllClose(t, got[1][2:], []float32{0.5, 0}, 1e-6)
}

// One unit each: p_t = 1, p_v = 2, h = relu(1 + 2 − 1) = 2, λ = sigmoid(ln 3) = 3/4; text (1, 0) and image (0, 1) give
// (2, 0) + 3/4 (1, 0) + 1/4 (0, 1), normalised.
func TestCombinerByHand(t *testing.T) {
	c := cir.Config{EmbedDim: 2, Combiner: cir.CombinerConfig{Projection: 1, Hidden: 1}}
	state := map[string]tensor.Tensor{}
	for name, values := range map[string][]float32{
		"text_projection_layer.weight": {1, 0}, "text_projection_layer.bias": {0},
		"image_projection_layer.weight": {0, 3}, "image_projection_layer.bias": {-1},
		"combiner_layer.weight": {1, 1}, "combiner_layer.bias": {-1},
		"output_layer.weight": {1, 0}, "output_layer.bias": {0, 0},
		"dynamic_scalar.0.weight": {-1, 0}, "dynamic_scalar.0.bias": {0},
		"dynamic_scalar.3.weight": {5}, "dynamic_scalar.3.bias": {float32(math.Log(3))},
	} {
		state[name] = tensor.FromFloat32s(values, shapeOf(c, name)...)
	}
	weights, err := cir.Upload(cirtest.Backend(t), state, c.CombinerSpecs())
	if err != nil {
		t.Fatal(err)
	}
	got := run(t, weights, c.CombinerSpecs(), func(p cir.Params, in []*Node) []*Node {
		composed, lambda := cir.Combiner{Config: c.Combiner, Params: p}.Compose(in[0], in[1], nil)
		return []*Node{composed, lambda}
	}, matrix([][]float32{{0, 1}}), matrix([][]float32{{1, 0}}))
	length := float32(math.Hypot(2.75, 0.25))
	closeTo(t, got, [][]float32{{2.75 / length, 0.25 / length}, {0.75}}, 1e-6)
}

func shapeOf(c cir.Config, name string) []int {
	for _, spec := range c.CombinerSpecs() {
		if spec.Name == name {
			return spec.Shape
		}
	}
	return nil
}

// backwardLogits computes the backward logits of stage II, their loss, and the gradients of every input and weight.
func backwardLogits(t *testing.T, logits func(c cir.Combiner, references, targets, texts *Node) *Node) [][]float32 {
	c := cirtest.TinyConfig()
	specs := c.CombinerSpecs()
	in := []*tensors.Tensor{normal(4, c.EmbedDim, 1), normal(4, c.EmbedDim, 2), normal(4, c.EmbedDim, 3)}
	return run(t, cirtest.Weights(t, specs, 1), specs, func(p cir.Params, in []*Node) []*Node {
		logits := logits(cir.Combiner{Config: c.Combiner, Params: p}, in[0], in[1], in[2])
		loss := cir.InBatchLoss(MulScalar(logits, 0.1))
		return append([]*Node{logits, loss}, Gradient(loss, append(in, all(p, specs)...)...)...)
	}, in...)
}

// one composes a single pair at a time: the obvious way.
func one(c cir.Combiner, references, targets, texts *Node) *Node {
	var rows []*Node
	for i := range 4 {
		var cells []*Node
		for j := range 4 {
			composed, _ := c.Compose(row(targets, j), row(texts, i), nil)
			cosine := ReduceSum(Mul(composed, cir.Normalize(row(references, i))), -1)
			cells = append(cells, InsertAxes(MulScalar(cosine, 100), -1))
		}
		rows = append(rows, Concatenate(cells, 1))
	}
	return Concatenate(rows, 0)
}

func factorised(c cir.Combiner, references, targets, texts *Node) *Node {
	return c.CombinerBackwardLogits(c.Text(texts, nil), texts, references, c.Image(targets, nil), targets, nil, nil)
}

// The factorised backward logits, those of all pairs at once, and a Compose for each pair agree in values, and in the
// gradients of inputs and weights.
func TestCombinerBackwardLogitsEqualPairwise(t *testing.T) {
	want := backwardLogits(t, one)
	closeTo(t, backwardLogits(t, factorised), want, 2e-5)
	closeTo(t, backwardLogits(t, func(c cir.Combiner, references, targets, texts *Node) *Node {
		return c.CombinerPairwiseLogits(texts, references, targets, nil)
	}), want, 2e-5)
}

// Rows computed a few at a time are the rows of the whole.
func TestTilesOfRowsAreTheWhole(t *testing.T) {
	want := backwardLogits(t, factorised)
	closeTo(t, backwardLogits(t, func(c cir.Combiner, references, targets, texts *Node) *Node {
		var tiles []*Node
		for first := 0; first < 4; first += 2 {
			rows := func(x *Node) *Node { return SliceAxis(x, 0, AxisRange(first, first+2)) }
			text := c.Text(rows(texts), nil)
			tiles = append(tiles, c.CombinerBackwardLogits(text, rows(texts), rows(references), c.Image(targets, nil), targets, nil, nil))
		}
		return Concatenate(tiles, 0)
	}), want, 2e-5)
}

func TestPairDropoutValidate(t *testing.T) {
	for _, d := range []cir.PairDropout{cir.PairDropoutIndependent, cir.PairDropoutShared} {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
	}
	if cir.PairDropout("some").Validate() == nil {
		t.Error(`"some" was not refused`)
	}
}

func ExampleSum() {
	b, err := openGo()
	if err != nil {
		fmt.Println(err)
		return
	}
	composed := MustExecOnce(b, cir.Sum, [][]float32{{3, 0}}, [][]float32{{0, 4}})
	fmt.Printf("%.1f\n", composed.Value())
	// Output: [[0.6 0.8]]
}
