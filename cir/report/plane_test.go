package report

import (
	"math"
	"testing"
)

// Four points: along the first axis at −3, −1, 1 and 7 less their mean of 1, along the third by 1 in turns, in the second
// not at all.
func TestPlaneByHand(t *testing.T) {
	x, y, share, err := Plane([]float32{-3, 5, 1, -1, 5, -1, 1, 5, -1, 7, 5, 1}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(share-1) > 1e-9 {
		t.Errorf("%v of the variance lies in the plane, want all", share)
	}
	for i, want := range []float64{-3, -1, 1, 7} {
		if got := math.Hypot(x[i], y[i]); math.Abs(got-math.Hypot(want-1, 1)) > 1e-9 {
			t.Errorf("point %d lies %v from the middle, want %v", i, got, math.Hypot(want-1, 1))
		}
	}
	if x[3] < 5 {
		t.Errorf("the farthest point is at %v, want it above 0", x[3])
	}
}

func TestPlaneRefuses(t *testing.T) {
	for _, vectors := range [][]float32{nil, {1, 2}, {1, 2, 3, 4, 5}, {1, 2, float32(math.NaN()), 4}, {1, 2, 1, 2}} {
		if _, _, _, err := Plane(vectors, 2); err == nil {
			t.Errorf("Plane took %v", vectors)
		}
	}
	if _, _, _, err := Plane([]float32{1, 2, 3}, 1); err == nil {
		t.Error("Plane took vectors of one number")
	}
}
