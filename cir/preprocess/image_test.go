package preprocess_test

import (
	"image/color"
	"testing"

	"gocir/cir/preprocess"
)

// One pixel of each mode becomes the colour that it shows.
func TestImage(t *testing.T) {
	palette := [][3]uint8{{}, {1, 2, 3}}
	for _, c := range []struct {
		mode preprocess.Mode
		pix  []uint8
		want color.NRGBA
	}{
		{preprocess.Bilevel, []uint8{255}, color.NRGBA{255, 255, 255, 255}},
		{preprocess.Gray, []uint8{7}, color.NRGBA{7, 7, 7, 255}},
		{preprocess.GrayAlpha, []uint8{7, 8}, color.NRGBA{7, 7, 7, 8}},
		{preprocess.Gray16, []uint8{1, 200}, color.NRGBA{200, 200, 200, 255}},
		{preprocess.Paletted, []uint8{1}, color.NRGBA{1, 2, 3, 255}},
		{preprocess.Paletted, []uint8{2}, color.NRGBA{0, 0, 0, 255}},
		{preprocess.RGB, []uint8{1, 2, 3}, color.NRGBA{1, 2, 3, 255}},
		{preprocess.RGBA, []uint8{1, 2, 3, 4}, color.NRGBA{1, 2, 3, 4}},
		{preprocess.CMYK, []uint8{0, 255, 0, 55}, color.NRGBA{200, 0, 200, 255}},
	} {
		p := &preprocess.Picture{Mode: c.mode, Width: 1, Height: 1, Pix: c.pix, Palette: palette}
		m, err := p.Image()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.At(0, 0); got != c.want {
			t.Errorf("%s %v: got %v, want %v", c.mode, c.pix, got, c.want)
		}
	}
	if _, err := (&preprocess.Picture{Mode: preprocess.RGB, Width: 2, Height: 1}).Image(); err == nil {
		t.Error("a picture without pixels became an image")
	}
}
