package eval_test

import (
	"math"
	"testing"

	"gocir/cir/eval"
)

// Four queries, found at the places 0, 3 and 12; one target was not found.
func TestRecallCountsRanksBelowK(t *testing.T) {
	ranks := []int{0, 3, 12, -1}
	for _, c := range []struct {
		k    int
		want float64
	}{{1, 25}, {3, 25}, {4, 50}, {12, 50}, {13, 75}, {1000, 75}} {
		if got := eval.Recall(ranks, c.k); got != c.want {
			t.Errorf("R@%d = %v, want %v", c.k, got, c.want)
		}
	}
	if got := eval.Recall(nil, 10); got != 0 {
		t.Errorf("recall of no queries = %v, want 0", got)
	}
}

func TestMeansByHand(t *testing.T) {
	for _, c := range []struct {
		recalls                         []float64
		arithmetic, harmonic, geometric float64
	}{
		{[]float64{25, 100}, 62.5, 40, 50},
		{[]float64{0, 100}, 50, 0, 0},
		{nil, 0, 0, 0},
	} {
		got := [3]float64{eval.ArithmeticMean(c.recalls...), eval.HarmonicMean(c.recalls...), eval.GeometricMean(c.recalls...)}
		for i, want := range [3]float64{c.arithmetic, c.harmonic, c.geometric} {
			if math.Abs(got[i]-want) > 1e-12 {
				t.Errorf("mean %d of %v = %v, want %v", i, c.recalls, got[i], want)
			}
		}
	}
}
