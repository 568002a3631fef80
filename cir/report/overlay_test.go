package report

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// On white, 55 % of a colour and 45 % of 255. The right edge has the greatest weight, the middle the middle colour.
func TestOverlayStretchesWeights(t *testing.T) {
	over := Overlay(plain(color.White, 200, 100), [][]float64{{3, 5}})
	if got := over.Bounds(); got != image.Rect(0, 0, 200, 100) {
		t.Fatalf("bounds %v", got)
	}
	for _, c := range []struct {
		x    int
		want color.RGBA // of the map
	}{{0, heatStops[0]}, {49, heatStops[0]}, {100, heatStops[4]}, {150, heatStops[8]}, {199, heatStops[8]}} {
		got := color.RGBAModel.Convert(over.At(c.x, 50)).(color.RGBA)
		for i, channel := range [][2]uint8{{got.R, c.want.R}, {got.G, c.want.G}, {got.B, c.want.B}} {
			if mixed := 0.45*255 + 0.55*float64(channel[1]); math.Abs(float64(channel[0])-mixed) > 2 {
				t.Errorf("x = %d, channel %d: %d, want %.0f", c.x, i, channel[0], mixed)
			}
		}
	}
}

// Small pictures are enlarged in their proportions; rows are counted from the top; weights that are not there leave the
// picture bare.
func TestUnusualOverlays(t *testing.T) {
	over := Overlay(plain(red, 32, 64), [][]float64{{1, 1}, {0}})
	if got := over.Bounds().Size(); got != image.Pt(150, 300) {
		t.Fatalf("%v pixels", got)
	}
	at := func(x, y int) color.Color { return color.RGBAModel.Convert(over.At(x, y)) }
	if at(149, 299) != red || at(0, 299) == red || at(0, 0) == red || at(0, 0) == at(0, 299) {
		t.Errorf("corners %v, %v, %v", at(149, 299), at(0, 299), at(0, 0))
	}
	for _, weights := range [][][]float64{nil, {{}}, {{math.NaN(), math.Inf(1)}}, {{-math.MaxFloat64, math.MaxFloat64}}} {
		if over = Overlay(plain(red, 200, 10), weights); count(over, 0xff, 0, 0) != 200*10 {
			t.Errorf("weights %v colour the picture", weights)
		}
	}
	if got := Overlay(nil, [][]float64{{1}}); got != nil {
		t.Errorf("no picture became %v", got)
	}
}
