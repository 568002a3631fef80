package report

import (
	"math"
	"slices"
	"testing"
)

// 0, 1, 2 and 4 in four bins of width 1: the greatest is in the last, and what was not measured counts nowhere.
func TestSharesByHand(t *testing.T) {
	got := shares([]float64{0, 1, math.NaN(), 2, 4}, span{0, 4}, 4)
	if want := []float64{25, 25, 25, 25}; !slices.Equal(got, want) {
		t.Errorf("shares %v, want %v", got, want)
	}
	if got, want := shares([]float64{0, 0.5, 3.9}, span{0, 4}, 2), []float64{200. / 3, 100. / 3}; math.Abs(got[0]-want[0]) > 1e-9 || math.Abs(got[1]-want[1]) > 1e-9 {
		t.Errorf("shares %v, want %v", got, want)
	}
}

// Samples of 2 and of 200 numbers that are distributed alike are drawn alike: shares, not counts.
func TestHistogramSamplesShareBins(t *testing.T) {
	h := Histogram{Title: "H", X: "similarity", Bins: 2, Samples: []Sample{
		{"few", []float64{0, 1}}, {"many", slices.Repeat([]float64{0, 1}, 100)}, {"low", []float64{0}},
	}}
	p, entries, err := h.build()
	if err != nil {
		t.Fatal(err)
	}
	if p.X.Min != 0 || p.X.Max != 1 || p.Y.Min != 0 || p.Y.Max != 100 || p.Y.Label.Text != "share (%)" {
		t.Errorf("x from %v to %v, y from %v to %v %q", p.X.Min, p.X.Max, p.Y.Min, p.Y.Max, p.Y.Label.Text)
	}
	few, many := entries[0].mark.(steps).outline.XYs, entries[1].mark.(steps).outline.XYs
	if !slices.Equal(few, many) {
		t.Errorf("outlines %v and %v", few, many)
	}
	data, err := PNG(h)
	if err != nil {
		t.Fatal(err)
	}
	if green := count(decoded(t, data), 0x00, 0x9e, 0x73); green < 300 {
		t.Errorf("%d green pixels: the third sample is missing", green)
	}
}
