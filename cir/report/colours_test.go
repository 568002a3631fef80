package report

import (
	"math"
	"testing"
)

// The map gets lighter all the way, so that it can be read in grey.
func TestHeatColoursRiseInLightness(t *testing.T) {
	before := -1.0
	for i := range 101 {
		c := heatColour(float64(i) / 100)
		luminance := 0.2126*math.Pow(float64(c.R), 2.2) + 0.7152*math.Pow(float64(c.G), 2.2) + 0.0722*math.Pow(float64(c.B), 2.2)
		if luminance <= before {
			t.Errorf("%d%%: luminance %.0f after %.0f", i, luminance, before)
		}
		before = luminance
	}
	if heatColour(-1) != heatStops[0] || heatColour(2) != heatStops[8] || heatColour(0.25) != heatStops[2] {
		t.Errorf("colours %v, %v, %v", heatColour(-1), heatColour(2), heatColour(0.25))
	}
}
