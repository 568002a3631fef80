package report

import (
	"bytes"
	"image/color"
	"math"
	"testing"
)

// Rows are counted from the top: 1 of 0 to 2 lies in the upper right corner. Each of four cells is as large.
func TestHeatHasEachCellInItsPlace(t *testing.T) {
	data, err := PNG(Heat{Title: "H", Values: [][]float64{{0, 1}, {2, math.NaN()}}})
	if err != nil {
		t.Fatal(err)
	}
	picture := decoded(t, data)
	width, height := picture.Bounds().Dx(), picture.Bounds().Dy()
	for _, c := range []struct {
		name string
		x, y int
		want color.RGBA
	}{
		{"upper left", width / 4, height / 4, color.RGBA{0x44, 0x01, 0x54, 0xff}},
		{"upper right", width * 3 / 4, height / 4, color.RGBA{0x21, 0x91, 0x8c, 0xff}},
		{"lower left", width / 4, height * 3 / 4, color.RGBA{0xfd, 0xe7, 0x25, 0xff}},
		{"lower right", width * 3 / 4, height * 3 / 4, notMeasured},
	} {
		if got := color.RGBAModel.Convert(picture.At(c.x, c.y)); got != c.want {
			t.Errorf("%s: colour %v, want %v", c.name, got, c.want)
		}
	}
	yellow, grey := count(picture, 0xfd, 0xe7, 0x25), count(picture, 0xbb, 0xbb, 0xbb)
	if math.Abs(float64(yellow)/float64(grey)-1) > 0.03 {
		t.Errorf("%d yellow and %d grey pixels, want as many", yellow, grey)
	}
}

// With Low and High two maps can be compared: what is beyond has the colour of the end.
func TestHeatColoursOfAGivenRange(t *testing.T) {
	data, err := PNG(Heat{Values: [][]float64{{-5, 0.5}}, Low: 0, High: 1})
	if err != nil {
		t.Fatal(err)
	}
	picture := decoded(t, data)
	if dark, middle := count(picture, 0x44, 0x01, 0x54), count(picture, 0x21, 0x91, 0x8c); dark < 100_000 || middle < 100_000 {
		t.Errorf("%d dark and %d middle pixels: cells are missing", dark, middle)
	}
}

// Long names are cut, and a single cell is counted 0, not -0.
func TestHeatAxesAreNamed(t *testing.T) {
	data, err := SVG(Heat{Values: [][]float64{{1, 2}, {3, 4}, {4, 5}}, Rows: []string{"[CLS]", "is", "red"}, Columns: []string{"dress", "a name of too many letters"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">[CLS]<", ">red<", ">dress<", ">a name of too man…<"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("the SVG lacks %q", want)
		}
	}
	if data, err = SVG(Heat{Values: [][]float64{{1}}}); err != nil || bytes.Contains(data, []byte(">-0<")) {
		t.Errorf("a single cell: error %v, or a tick -0", err)
	}
}
