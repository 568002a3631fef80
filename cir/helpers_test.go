package cir_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/backend"
	"gocir/cir/cirtest"
)

// run computes a graph of weights and inputs once and returns the numbers of its results.
func run(t *testing.T, weights cir.Weights, specs []tensor.Spec, build func(p cir.Params, in []*Node) []*Node, in ...*tensors.Tensor) [][]float32 {
	t.Helper()
	program, err := cir.NewProgram(cirtest.Backend(t), t.Name(), cir.Names(specs), build)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Finalize()
	out, err := program.Call(weights, in...)
	if err != nil {
		t.Fatal(err)
	}
	numbers := make([][]float32, len(out))
	for i, result := range out {
		numbers[i] = tensors.MustCopyFlatData[float32](result)
	}
	return numbers
}

// calculate is run for a graph without weights.
func calculate(t *testing.T, build func(in []*Node) []*Node, in ...*tensors.Tensor) [][]float32 {
	t.Helper()
	return run(t, nil, nil, func(_ cir.Params, in []*Node) []*Node { return build(in) }, in...)
}

func matrix(rows [][]float32) *tensors.Tensor { return tensors.FromValue(rows) }

// normal draws a matrix [rows, width].
func normal(rows, width int, seed uint64) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(cirtest.Normal(rows*width, seed), rows, width)
}

// randomState is a state to draw dropout masks from.
func randomState(seed uint64) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions([]uint64{seed, seed + 1, seed + 2}, RNGStateShape.Dimensions...)
}

func row(x *Node, i int) *Node { return SliceAxis(x, 0, AxisElem(i)) }

// all are the nodes of all weights.
func all(p cir.Params, specs []tensor.Spec) []*Node {
	nodes := make([]*Node, len(specs))
	for i, spec := range specs {
		nodes[i] = p.Get(spec.Name, spec.Shape...)
	}
	return nodes
}

// closeTo compares results pairwise: each number within tolerance of the largest of its tensor, or of 0.1 in tensors of
// rounding noise (the gradient of a key bias is 0 in exact arithmetic).
func closeTo(t *testing.T, got, want [][]float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d results, want %d", len(got), len(want))
	}
	for i := range got {
		largest := 0.0
		for _, v := range want[i] {
			largest = max(largest, math.Abs(float64(v)))
		}
		cirtest.AllClose(t, got[i], want[i], tolerance*max(largest, 0.1))
	}
}

func shapeFloat32(dims ...int) shapes.Shape { return shapes.Make(dtypes.Float32, dims...) }

// openGo is the backend of examples, which have no *testing.T.
func openGo() (compute.Backend, error) {
	b, _, err := backend.Open("go")
	return b, err
}
