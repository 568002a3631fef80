package preprocess_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"gocir/cir/preprocess"
)

func TestValidateListsEverythingWrong(t *testing.T) {
	err := preprocess.Recipe{Transform: "pad", TargetRatio: 0.5, Size: -1, MaxPixels: -1}.Validate()
	for _, part := range []string{`"pad"`, "targetpad", "0.5", "size -1", "-1 pixels"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not speak of %s", err, part)
		}
	}
	for _, ratio := range []float64{math.NaN(), math.Inf(1), -1} {
		if (preprocess.Recipe{Transform: preprocess.TargetPad, TargetRatio: ratio, Size: 8}).Validate() == nil {
			t.Errorf("ratio %v passed", ratio)
		}
	}
	if err := recipe384.Validate(); err != nil {
		t.Error(err)
	}
}

// The names are keys of cached embeddings: a change here makes every cache useless.
func TestStringIsStable(t *testing.T) {
	for want, r := range map[string]preprocess.Recipe{
		"targetpad-1.25-384": recipe384,
		"targetpad-1.5-224":  {Transform: preprocess.TargetPad, TargetRatio: 1.5, Size: 224, MaxPixels: 1000},
		"squarepad-384":      {Transform: preprocess.SquarePad, TargetRatio: 3, Size: 384},
	} {
		if r.String() != want {
			t.Errorf("got %q, want %q", r, want)
		}
	}
}

// A picture of the right size passes through unchanged, even where it is invisible.
func TestApplyOfTheSameSizeCopies(t *testing.T) {
	r := preprocess.Recipe{Transform: preprocess.SquarePad, Size: 2}
	got, err := r.Apply(&preprocess.Picture{Mode: preprocess.RGBA, Width: 2, Height: 2, Pix: []uint8{
		1, 2, 3, 0, 4, 5, 6, 128, 7, 8, 9, 255, 10, 11, 12, 1,
	}})
	if want := []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}; err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// One pixel per mode, enlarged: only the conversion to RGB shows.
func TestModesToRGB(t *testing.T) {
	for _, c := range []struct {
		mode preprocess.Mode
		pix  []uint8
		want [3]uint8
	}{
		{preprocess.Bilevel, []uint8{255}, [3]uint8{255, 255, 255}},
		{preprocess.Gray, []uint8{7}, [3]uint8{7, 7, 7}},
		{preprocess.GrayAlpha, []uint8{7, 255}, [3]uint8{7, 7, 7}},
		{preprocess.GrayAlpha, []uint8{7, 0}, [3]uint8{}}, // premultiplied by 0
		{preprocess.Gray16, []uint8{200, 0}, [3]uint8{200, 200, 200}},
		{preprocess.Gray16, []uint8{0, 1}, [3]uint8{255, 255, 255}}, // 256 is cut to 255
		{preprocess.Paletted, []uint8{1}, [3]uint8{1, 2, 3}},
		{preprocess.Paletted, []uint8{9}, [3]uint8{}}, // beyond the palette
		{preprocess.RGB, []uint8{1, 2, 3}, [3]uint8{1, 2, 3}},
		{preprocess.RGBA, []uint8{100, 200, 30, 255}, [3]uint8{100, 200, 30}},
		{preprocess.CMYK, []uint8{0, 255, 51, 0}, [3]uint8{255, 0, 204}},
		{preprocess.CMYK, []uint8{0, 0, 0, 255}, [3]uint8{}},
	} {
		p := &preprocess.Picture{Mode: c.mode, Width: 1, Height: 1, Pix: c.pix, Palette: [][3]uint8{{9, 9, 9}, {1, 2, 3}}}
		got, err := preprocess.Recipe{Transform: preprocess.SquarePad, Size: 2}.Apply(p)
		if want := bytes.Repeat(c.want[:], 4); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s %v: got %v, %v; want %v", c.mode, c.pix, got, err, want)
		}
	}
}

// Padding is zero in the picture's own mode: white for inks, the palette's first colour for a palette.
func TestPaddingColour(t *testing.T) {
	palette := [][3]uint8{{10, 20, 30}, {200, 0, 0}}
	for _, c := range []struct {
		mode preprocess.Mode
		want [3]uint8
	}{
		{preprocess.RGB, [3]uint8{}},
		{preprocess.CMYK, [3]uint8{255, 255, 255}},
		{preprocess.Paletted, [3]uint8{10, 20, 30}},
	} {
		p := &preprocess.Picture{Mode: c.mode, Width: 2, Height: 200, Palette: palette}
		p.Pix = bytes.Repeat([]uint8{1}, 400*c.mode.Bytes())
		got, err := preprocess.Recipe{Transform: preprocess.SquarePad, Size: 20}.Apply(p)
		if err != nil || [3]uint8(got) != c.want {
			t.Errorf("%s: corner %v, %v; want %v", c.mode, got[:3], err, c.want)
		}
	}
}

func TestNormalizeByHand(t *testing.T) {
	dst := make([]float32, 6)
	preprocess.Normalize(dst, []uint8{0, 0, 0, 255, 255, 255})
	for i, want := range []float64{-0.48145466 / 0.26862954, 0.51854534 / 0.26862954, -0.4578275 / 0.26130258, 0.5421725 / 0.26130258} {
		if math.Abs(float64(dst[i])-want) > 1e-6 {
			t.Errorf("number %d is %v, want %v", i, dst[i], want)
		}
	}
}
