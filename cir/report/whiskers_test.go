package report

import (
	"math"
	"testing"
)

// Whiskers reach one deviation beyond the outermost points, and the axis with them. Points that were not measured take
// theirs along.
func TestSeriesHaveWhiskers(t *testing.T) {
	s := Series{
		Name: "a", X: []float64{0, 1, 2, 3}, Y: []float64{10, math.NaN(), 30, 20}, Deviations: []float64{2, 50, 4, math.NaN()},
	}
	for _, panel := range []Panel{Lines{Series: []Series{s}}, Points{Series: []Series{s}}} {
		p, _, err := panel.build()
		if err != nil {
			t.Fatal(err)
		}
		if p.Y.Min != 8 || p.Y.Max != 34 {
			t.Errorf("%T: y from %v to %v, want 8 to 34", panel, p.Y.Min, p.Y.Max)
		}
	}
	with, err := PNG(Lines{Series: []Series{s}})
	if err != nil {
		t.Fatal(err)
	}
	s.Deviations = []float64{0, 0, 0, 0}
	s.Y[0], s.Y[2] = 8, 34 // the same axis
	without, err := PNG(Lines{Series: []Series{s}})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := count(decoded(t, without), 0x00, 0x72, 0xb2), count(decoded(t, with), 0x00, 0x72, 0xb2); b < a+50 {
		t.Errorf("%d blue pixels without whiskers, %d with them", a, b)
	}
}
