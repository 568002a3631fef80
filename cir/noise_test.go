package cir_test

import (
	"math"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"gocir/cir"
	"gocir/cir/cirtest"
)

// statistics of numbers: the share of zeros, mean and variance.
func statistics(numbers []float32) (zeros, mean, variance float64) {
	for _, v := range numbers {
		if v == 0 {
			zeros++
		}
		mean += float64(v)
		variance += float64(v) * float64(v)
	}
	n := float64(len(numbers))
	mean /= n
	return zeros / n, mean, variance/n - mean*mean
}

// Ones under dropout: zero with probability p, else 1/(1−p), so that the mean stays 1 and the variance is p/(1−p).
func TestDropoutStatistics(t *testing.T) {
	for _, rate := range []float64{0.1, 0.5} {
		got := calculate(t, func(in []*Node) []*Node {
			noise := cir.NewNoise(in[0])
			ones := Ones(in[0].Graph(), shapeFloat32(300, 400))
			return []*Node{noise.Dropout(ones, rate), noise.Dropout(ones, rate)}
		}, randomState(5))
		for _, numbers := range got {
			zeros, mean, variance := statistics(numbers)
			if math.Abs(zeros-rate) > 0.006 || math.Abs(mean-1) > 0.015 || math.Abs(variance-rate/(1-rate)) > 0.03 {
				t.Errorf("rate %v: %.4f zeros, mean %.4f, variance %.4f", rate, zeros, mean, variance)
			}
			if largest := slices.Max(numbers); math.Abs(float64(largest)-1/(1-rate)) > 1e-6 {
				t.Errorf("rate %v: kept ones become %v", rate, largest)
			}
		}
		if slices.Equal(got[0], got[1]) {
			t.Errorf("rate %v: two draws of one state are equal", rate)
		}
	}
}

// Without noise, and at rate 0, nothing is added to the graph.
func TestDropoutIsIdentityInEvaluation(t *testing.T) {
	calculate(t, func(in []*Node) []*Node {
		if (*cir.Noise)(nil).Dropout(in[1], 0.5) != in[1] || cir.NewNoise(in[0]).Dropout(in[1], 0) != in[1] {
			t.Error("dropout changed its input")
		}
		return in[1:]
	}, randomState(1), normal(2, 2, 1))
}

// The masks of rows and columns together drop a pair's unit as often as a mask of its own would: kept are 1 − p, scaled
// so that the mean stays. Units of one row are no longer independent: a unit that its row drops is zero in every pair of
// the row.
func TestPairDropoutStatistics(t *testing.T) {
	const rows, columns, hidden = 40, 30, 300
	for _, rate := range []float64{0.1, 0.5} {
		combiner := cir.Combiner{Config: cir.CombinerConfig{Dropout: rate}}
		got := calculate(t, func(in []*Node) []*Node {
			ones := Ones(in[0].Graph(), shapeFloat32(rows, columns, hidden))
			return []*Node{cir.DropPairs(combiner, ones, cir.NewNoise(in[0]), cir.NewNoise(in[1]))}
		}, randomState(1), randomState(9))[0]
		zeros, mean, variance := statistics(got)
		if math.Abs(zeros-rate) > 0.02 || math.Abs(mean-1) > 0.04 || math.Abs(variance-rate/(1-rate)) > 0.08 {
			t.Errorf("rate %v: %.4f zeros, mean %.4f, variance %.4f", rate, zeros, mean, variance)
		}
		unit := make([]float32, columns) // unit 0 of each of the first row's pairs
		dropped := 0
		for k := range hidden {
			for j := range unit {
				unit[j] = got[j*hidden+k]
			}
			if slices.Max(unit) == 0 {
				dropped++
			}
		}
		if share := float64(dropped) / hidden; math.Abs(share-(1-math.Sqrt(1-rate))) > 0.08 {
			t.Errorf("rate %v: the first row drops %.3f of its units in all pairs", rate, share)
		}
	}
}

// Tiles draw each row's mask apart and share the columns' masks, if their state is the same.
func TestPairDropoutOfTiles(t *testing.T) {
	c := cirtest.TinyConfig()
	specs := c.CombinerSpecs()
	pairs := func(rowSeed, columnSeed uint64) []float32 {
		return run(t, cirtest.Weights(t, specs, 1), specs, func(p cir.Params, in []*Node) []*Node {
			combiner := cir.Combiner{Config: c.Combiner, Params: p}
			text, image := combiner.Text(in[0], nil), combiner.Image(in[1], nil)
			return []*Node{combiner.Pairs(text, in[0], image, in[1], cir.NewNoise(in[2]), cir.NewNoise(in[3]))}
		}, normal(3, c.EmbedDim, 1), normal(5, c.EmbedDim, 2), randomState(rowSeed), randomState(columnSeed))[0]
	}
	first := pairs(1, 100)
	if !slices.Equal(first, pairs(1, 100)) {
		t.Error("the same states draw other masks")
	}
	if slices.Equal(first, pairs(2, 100)) || slices.Equal(first, pairs(1, 200)) {
		t.Error("another state draws the same masks")
	}
}
