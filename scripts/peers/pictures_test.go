//go:build peers

package peers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gocir/cir/preprocess"
)

// picture is a case that pictures.py wrote.
type picture struct {
	File          string
	Mode          preprocess.Mode
	Width, Height int
	Palette       [][3]uint8
	Options       string
	Lossy         bool // a JPEG: decoders may round in their own way
	Results       []result
}

type result struct {
	Transform string
	Ratio     float64
	Size      int
}

// A bound is how far pixels may be from Pillow's, in levels of 255.
type bound struct{ largest, mean float64 }

var (
	exact   = bound{0, 0}
	resized = bound{1, 0.01}    // after pad, resize and crop of equal pixels
	decoded = bound{3, 0.1}     // a JPEG
	both    = bound{3 + 1, 0.1} // a JPEG, then resized
)

// Random pictures in every format and mode come out as Pillow's.
func TestPicturesAsInPillow(t *testing.T) {
	folder := t.TempDir()
	for seed := range 2 {
		python(t, "pictures.py", folder, "300", fmt.Sprint(seed))
		text, err := os.ReadFile(filepath.Join(folder, "cases.json"))
		if err != nil {
			t.Fatal(err)
		}
		var cases []picture
		if err := json.Unmarshal(text, &cases); err != nil || len(cases) != 300 {
			t.Fatalf("%d cases, error %v", len(cases), err)
		}
		for _, c := range cases {
			if err := c.check(folder); err != nil {
				t.Errorf("seed %d: %s (%d×%d, %s): %v", seed, c.File, c.Width, c.Height, c.Options, err)
			}
		}
	}
}

// check decodes the picture and applies its recipes, once to our pixels and once to Pillow's.
func (c picture) check(folder string) error {
	file, err := os.ReadFile(filepath.Join(folder, c.File))
	if err != nil {
		return err
	}
	want, err := os.ReadFile(filepath.Join(folder, c.File+".bin"))
	if err != nil {
		return err
	}
	ours, err := preprocess.Decode(file)
	if err != nil {
		return err
	}
	if ours.Mode != c.Mode || ours.Width != c.Width || ours.Height != c.Height || !slices.Equal(ours.Palette, c.Palette) {
		return fmt.Errorf("we have mode %s, %d×%d, %d colours, Pillow has %d", ours.Mode, ours.Width, ours.Height, len(ours.Palette), len(c.Palette))
	}
	ofDecoded, ofResult := exact, resized
	if c.Lossy {
		ofDecoded, ofResult = decoded, both
	}
	theirs := &preprocess.Picture{Mode: c.Mode, Width: c.Width, Height: c.Height, Palette: c.Palette}
	theirs.Pix, want = cut(want, len(ours.Pix))
	if err := ofDecoded.check("decoding", ours.Pix, theirs.Pix); err != nil {
		return err
	}
	for _, r := range c.Results {
		var pixels []byte
		pixels, want = cut(want, 3*r.Size*r.Size)
		if err := r.check(theirs, pixels, resized); err != nil {
			return err
		}
		if err := r.check(ours, pixels, ofResult); err != nil {
			return fmt.Errorf("after our decoder, %w", err)
		}
	}
	if len(want) != 0 {
		return fmt.Errorf("Pillow has %d bytes more than were compared", len(want))
	}
	return nil
}

func (r result) check(p *preprocess.Picture, want []byte, within bound) error {
	recipe := preprocess.Recipe{Transform: r.Transform, TargetRatio: r.Ratio, Size: r.Size}
	got, err := recipe.Apply(p)
	if err != nil {
		return err
	}
	return within.check(recipe.String(), got, want)
}

// check compares two pictures byte by byte.
func (b bound) check(what string, got, want []byte) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: %d bytes, Pillow has %d", what, len(got), len(want))
	}
	largest, sum := 0, 0
	for i := range got {
		difference := max(int(got[i])-int(want[i]), int(want[i])-int(got[i]))
		largest, sum = max(largest, difference), sum+difference
	}
	mean := float64(sum) / float64(len(got))
	if float64(largest) > b.largest || mean > b.mean {
		return fmt.Errorf("%s: off by %d levels at most, %.3g on average; allowed are %g and %g", what, largest, mean, b.largest, b.mean)
	}
	return nil
}

// cut splits data after n bytes, or at its end where it is shorter.
func cut(data []byte, n int) (head, tail []byte) {
	n = min(n, len(data))
	return data[:n], data[n:]
}
