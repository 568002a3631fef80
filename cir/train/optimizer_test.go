package train_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir/cirtest"
	"gocir/cir/train"
)

// Two steps of a weight 1 with the gradients 0.5 and −0.25 at rate 0.1, with β 0.9 and 0.999. The first step is the rate
// itself, as always: m̂/√v̂ = 0.5/0.5. Then m = 0.9·0.05 − 0.025 = 0.02 and v = 0.999·0.00025 + 0.0000625 = 0.00031225, so
// m̂ = 0.02/0.19 and v̂ = 0.00031225/0.001999. With a decay of 0.5 the weight is first multiplied by 1 − 0.1·0.5.
func TestAdamByHand(t *testing.T) {
	second := 0.1 * (0.02 / 0.19) / math.Sqrt(0.00031225/0.001999)
	for decay, want := range map[float64][]float64{
		0:   {0.9, 0.9 - second},
		0.5: {0.95 - 0.1, 0.85*0.95 - second},
	} {
		o := train.Recipe{WeightDecay: decay}.Optimizer()
		weight, mean, square := float32(1), float32(0), float32(0)
		for i, gradient := range []float32{0.5, -0.25} {
			factors := train.Factors(o, [2]float64{7, 0.1}, i+1)
			out := MustExecOnceN(cirtest.Backend(t), func(in []*Node) []*Node {
				w, m, v := train.Update(o, in[0], in[1], in[2], in[3], in[4], 1)
				return []*Node{w, m, v}
			}, weight, gradient, mean, square, factors)
			weight, mean, square = tensors.ToScalar[float32](out[0]), tensors.ToScalar[float32](out[1]), tensors.ToScalar[float32](out[2])
			cirtest.AllClose(t, []float32{weight}, []float32{float32(want[i])}, 1e-6)
		}
		cirtest.AllClose(t, []float32{mean, square}, []float32{0.02, 0.00031225}, 1e-7)
	}
}

// Epsilon is added after the root: a gradient of 0 leaves a weight that does not decay where it is.
func TestAdamOfNoGradient(t *testing.T) {
	o := train.Recipe{Epsilon: 1e-3}.Optimizer()
	out := MustExecOnceN(cirtest.Backend(t), func(in []*Node) []*Node {
		w, _, _ := train.Update(o, in[0], in[1], in[1], in[1], in[2], 0)
		return []*Node{w}
	}, float32(1), float32(0), train.Factors(o, [2]float64{0.1, 0.1}, 1))
	cirtest.AllClose(t, []float32{tensors.ToScalar[float32](out[0])}, []float32{1}, 0)
}

func TestOptimizerDefaultsArePyTorchs(t *testing.T) {
	want := train.Optimizer{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
	if got := (train.Recipe{}).Optimizer(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	r := train.Recipe{Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-6, WeightDecay: 0.1}
	if got := r.Optimizer(); got != (train.Optimizer{Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-6, WeightDecay: 0.1}) {
		t.Errorf("got %+v", got)
	}
}

// With the rate of one group at 0 only the weights of the other move: text_proj is group 1, all others are group 0.
func TestParameterGroups(t *testing.T) {
	before := cirtest.State(cirtest.AllSpecs(cirtest.TinyConfig()), 1)
	for group, rates := range [][2]float64{{0.1, 0}, {0, 0.1}} {
		r := recipe(train.Text)
		steps := newSteps(t, r, false)
		if _, err := steps.Step(rates, batch(r, 4, 1)...); err != nil {
			t.Fatal(err)
		}
		for name, after := range numbers(t, steps) {
			was, err := before[name].Float32s()
			if err != nil {
				t.Fatal(err)
			}
			moved := !slices.Equal(after, was)
			if projection := strings.HasPrefix(name, "text_proj."); moved != (projection == (group == 1)) {
				t.Errorf("rates %v: %s moved: %v", rates, name, moved)
			}
		}
	}
}
