package cir_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
)

// unit is the largest relative error of rounding to bfloat16's 8 bits.
const unit = 1.0 / 512

// distance is |got - want| / |want|, of vectors.
func distance(got, want []float32) float64 {
	var difference, length float64
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		difference, length = difference+d*d, length+float64(want[i])*float64(want[i])
	}
	return math.Sqrt(difference / length)
}

func largest(numbers []float32) (most float64) {
	for _, v := range numbers {
		most = max(most, math.Abs(float64(v)))
	}
	return most
}

// In bfloat16 both encoders and the Combiner give what they give in float32, and the same gradients, up to a few of its
// rounding errors; and both come in float32.
func TestBFloat16IsNearFloat32(t *testing.T) {
	c := cirtest.TinyConfig()
	ids := tensors.FromFlatDataAndDimensions([]int32{1, 20, 33, 2, 1, 40, 2, 0}, 2, 4)
	mask := tensors.FromFlatDataAndDimensions([]int32{1, 1, 1, 1, 1, 1, 1, 0}, 2, 4)
	for _, part := range []struct {
		name  string
		specs []tensor.Spec
		build func(p cir.Params, in []*Node) *Node
		in    []*tensors.Tensor
	}{
		{"images", c.ImageSpecs(), func(p cir.Params, in []*Node) *Node {
			return cir.ImageEncoder{Config: c.Image, EmbedDim: c.EmbedDim}.Embed(p, in[0])
		}, []*tensors.Tensor{tensors.FromFlatDataAndDimensions(cirtest.Normal(2*3*16*16, 5), 2, 3, 16, 16)}},
		{"texts", c.TextSpecs(), func(p cir.Params, in []*Node) *Node {
			return cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim}.Embed(p, in[0], in[1], nil)
		}, []*tensors.Tensor{ids, mask}},
		{"Combiner", c.CombinerSpecs(), func(p cir.Params, in []*Node) *Node {
			composed, _ := cir.Combiner{Config: c.Combiner, Params: p}.Compose(in[0], in[1], nil)
			return composed
		}, []*tensors.Tensor{normal(2, c.EmbedDim, 6), normal(2, c.EmbedDim, 7)}},
	} {
		weights := cirtest.Weights(t, part.specs, 1)
		at := func(precision cir.Precision) [][]float32 {
			return run(t, weights, part.specs, func(p cir.Params, in []*Node) []*Node {
				output := part.build(p.At(precision), in)
				mixed := ReduceAllSum(Mul(output, Sin(Iota(output.Graph(), output.Shape(), 1)))) // a number that all of it moves
				out := append([]*Node{output}, Gradient(mixed, all(p, part.specs)...)...)
				for _, x := range out {
					if x.DType() != dtypes.Float32 {
						t.Errorf("%s in %q: a result is %s", part.name, precision, x.DType())
					}
				}
				return out
			}, part.in...)
		}
		want, got := at(cir.Float32), at(cir.BFloat16)
		for i := range want {
			if largest(want[i]) < 1e-4 { // the gradient of a key bias is 0 in exact arithmetic
				continue
			}
			if d := distance(got[i], want[i]) / unit; d > 8 || i == 0 && !(d > 0.1) {
				t.Errorf("%s: result %d is %.2f roundings away", part.name, i, d)
			}
		}
	}
}

// A model at a precision has the same weights and other functions; the same precision by another name is the same model.
func TestModelAtAPrecision(t *testing.T) {
	m := cirtest.TinyModel(t)
	at := func(precision cir.Precision) *cir.Model {
		t.Helper()
		other, err := m.On(m.Devices, precision)
		if err != nil {
			t.Fatal(err)
		}
		return other
	}
	if at("") != m || at(cir.Float32) != m {
		t.Error("float32 is not the model itself")
	}
	half := at(cir.BFloat16)
	t.Cleanup(half.Finalize)
	pixels := cirtest.Normal(3*16*16, 3)
	want, err := m.EncodeImages(pixels, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := half.EncodeImages(pixels, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := distance(got, want) / unit; !(d > 0.1 && d < 8) {
		t.Errorf("embedding %.2f roundings away", d)
	}
	seen, err := half.ObserveImages(pixels, 1)
	if err != nil {
		t.Fatal(err)
	}
	output, err := seen["output"].Float32s() // all tokens of the last block are computed, which rounds otherwise
	if err != nil || distance(output, got)/unit > 8 {
		t.Errorf("observed %v, encoded %v (%v)", output, got, err)
	}
	_, err = m.On(m.Devices, "float8")
	wants(t, err, `precision "float8" is neither "float32" nor "bfloat16"`)
}
