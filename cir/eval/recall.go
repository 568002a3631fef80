package eval

import (
	"math"
	"slices"
)

// Recall is Recall@K: the percentage of queries whose target is among the first k. Ranks count from 0; a negative rank
// is a target that was not found. Without queries it is 0.
func Recall(ranks []int, k int) float64 {
	found := 0
	for _, rank := range ranks {
		if rank >= 0 && rank < k {
			found++
		}
	}
	return 100 * float64(found) / float64(max(len(ranks), 1))
}

// SubsetRecall is CIRR's R_subset@K: Recall of the target's ranks among the images of its subset, the reference taken
// out, so among five.
func SubsetRecall(ranks []int, k int) float64 { return Recall(ranks, k) }

// ArithmeticMean is the sum of the recalls by their number; 0 without recalls.
func ArithmeticMean(recalls ...float64) float64 {
	sum := 0.0
	for _, r := range recalls {
		sum += r
	}
	return sum / float64(max(len(recalls), 1))
}

// HarmonicMean is the number of recalls by the sum of their inverses. It is 0 where a recall is 0, and without recalls.
func HarmonicMean(recalls ...float64) float64 {
	if len(recalls) == 0 || slices.Contains(recalls, 0) {
		return 0
	}
	inverses := 0.0
	for _, r := range recalls {
		inverses += 1 / r
	}
	return float64(len(recalls)) / inverses
}

// GeometricMean is the n-th root of the product of n recalls. It is 0 where a recall is 0, and without recalls.
//
// The original stops with an error at a recall of 0; the mean is 0 there, as any small recall's tends to.
func GeometricMean(recalls ...float64) float64 {
	if len(recalls) == 0 || slices.Contains(recalls, 0) {
		return 0
	}
	logs := 0.0
	for _, r := range recalls {
		logs += math.Log(r)
	}
	return math.Exp(logs / float64(len(recalls)))
}
