package preprocess

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// without runs f without vector instructions.
func without(f func()) {
	defer func(before bool) { vectors = before }(vectors)
	vectors = false
	f()
}

func noise(n int, random *rand.Rand) []uint8 {
	out := make([]uint8, n)
	for i := range out {
		out[i] = uint8(random.IntN(256))
		if random.IntN(4) == 0 {
			out[i] = uint8(255 * random.IntN(2)) // sums beyond 0 and 255
		}
	}
	return out
}

// Pictures of all modes and many sizes are resized to the same bytes with vector instructions and without.
func TestVectorsResizeAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 150 {
		mode := []Mode{Gray, GrayAlpha, RGB, RGBA, CMYK}[i%5]
		p := &Picture{Mode: mode, Width: 1 + random.IntN(150), Height: 1 + random.IntN(150)}
		p.Pix = noise(p.Width*p.Height*mode.Bytes(), random)
		recipe := Recipe{Transform: []string{TargetPad, SquarePad}[i%2], Size: 1 + random.IntN(100)}
		got, err := recipe.Apply(p)
		if err != nil {
			t.Fatal(err)
		}
		var want []uint8
		without(func() { want, err = recipe.Apply(p) })
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s %d×%d to %v: other bytes, or error %v", mode, p.Width, p.Height, recipe, err)
		}
	}
}

// Chroma of all sizes is enlarged alike, in whole rows and in parts.
func TestVectorsEnlargeAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 300 {
		width, height, across, down := 1+random.IntN(90), 1+random.IntN(5), 1+i%2, 1+i/2%2
		plane := noise(width*height, random)
		c := newChroma(func(y, _, _ int) []uint8 { return plane[y*width:][:width] }, width, height, across, down)
		y, from := random.IntN(height*down), random.IntN(width*across)
		to := from + 1 + random.IntN(width*across-from)
		got := bytes.Clone(c.row(y, from, to)[from:to])
		without(func() {
			if want := c.row(y, 0, width*across)[from:to]; !bytes.Equal(got, want) {
				t.Errorf("row %d, %d to %d, of %d×%d samples, each %d×%d: %v, want %v", y, from, to, width, height, across, down, got, want)
			}
		})
	}
}

// All colours are converted alike: every blue and red with lumas at the ends and in the middle.
func TestVectorsConvertAlike(t *testing.T) {
	var luma, cb, cr []uint8
	for i := range 256 * 256 * 5 {
		luma, cb, cr = append(luma, uint8([]int{0, 1, 100, 200, 255}[i%5])), append(cb, uint8(i/5)), append(cr, uint8(i/5/256))
	}
	got, want := make([]uint8, 3*len(luma)), make([]uint8, 3*len(luma))
	convertYCC(got, luma, cb, cr)
	without(func() { convertYCC(want, luma, cb, cr) })
	if !bytes.Equal(got, want) {
		t.Error("other colours")
	}
}
