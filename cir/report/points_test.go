package report

import (
	"math"
	"testing"
)

// Three points far apart, in any order, have three marks and nothing between them.
func TestPointsAreNotJoined(t *testing.T) {
	mark := func(x, y []float64) int {
		data, err := PNG(Points{Title: "P", Series: []Series{{Name: "a", X: x, Y: y}}})
		if err != nil {
			t.Fatal(err)
		}
		return count(decoded(t, data), 0x00, 0x72, 0xb2)
	}
	one, three := mark([]float64{0}, []float64{0}), mark([]float64{5, -3, 0.5}, []float64{1, 7, -2})
	if one == 0 || math.Abs(float64(three)/float64(one)-3) > 0.4 {
		t.Errorf("%d blue pixels for one point, %d for three", one, three)
	}
}
