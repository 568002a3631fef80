package train_test

import (
	"fmt"
	"math"
	"testing"

	"gocir/cir/train"
)

// From 1 to 0 in ten epochs: half-way at the fifth, the minimum at the tenth, and up again after it as far as it fell.
func TestCosineRisesAgain(t *testing.T) {
	r := train.Recipe{LearningRate: 1, MaxEpoch: 10, ProjectionRate: 100}
	clamped := r
	clamped.ClampCosine = true
	for _, c := range []struct {
		epoch           int
		want, wantClamp float64
	}{{0, 1, 1}, {5, 0.5, 0.5}, {10, 0, 0}, {15, 0.5, 0}, {20, 1, 0}} {
		if got := r.Rates(c.epoch); math.Abs(got[0]-c.want) > 1e-15 || got[1] != 100 {
			t.Errorf("epoch %d: rates %v, want %v and 100", c.epoch, got, c.want)
		}
		if got := clamped.Rates(c.epoch); math.Abs(got[0]-c.wantClamp) > 1e-15 {
			t.Errorf("epoch %d, clamped: rate %v, want %v", c.epoch, got[0], c.wantClamp)
		}
	}
}

func TestCosineEndsAtTheMinimum(t *testing.T) {
	r := train.Recipe{LearningRate: 1, MinLearningRate: 0.2, MaxEpoch: 4}
	for epoch, want := range []float64{1, 0.8*0.5*(1+math.Sqrt2/2) + 0.2, 0.6, 0.8*0.5*(1-math.Sqrt2/2) + 0.2, 0.2} {
		if got := r.Rates(epoch)[0]; math.Abs(got-want) > 1e-15 {
			t.Errorf("epoch %d: rate %v, want %v", epoch, got, want)
		}
	}
}

// Without MaxEpoch the rate is constant, and without ProjectionRate both groups have it.
func TestConstantRate(t *testing.T) {
	for _, epoch := range []int{0, 7, 300} {
		if got := (train.Recipe{LearningRate: 2e-5}).Rates(epoch); got != [2]float64{2e-5, 2e-5} {
			t.Errorf("epoch %d: %v", epoch, got)
		}
	}
}

func ExampleRecipe_Rates() {
	r := train.Recipe{LearningRate: 5e-5, MaxEpoch: 10, ProjectionRate: 100}
	for _, epoch := range []int{0, 5, 10, 15} {
		rates := r.Rates(epoch)
		fmt.Printf("epoch %2d: %.1e and %.1e for text_proj\n", epoch, rates[0], rates[1])
	}
	// Output:
	// epoch  0: 5.0e-05 and 5.0e-03 for text_proj
	// epoch  5: 2.5e-05 and 5.0e-03 for text_proj
	// epoch 10: 0.0e+00 and 5.0e-03 for text_proj
	// epoch 15: 2.5e-05 and 5.0e-03 for text_proj
}
