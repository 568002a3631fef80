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
	Results       []result
}

type result struct {
	Transform string
	Ratio     float64
	Size      int
}

// Random pictures in every format and mode come out as Pillow's, byte for byte.
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

// check decodes the picture and applies its recipes.
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
	pixels, want := cut(want, len(ours.Pix))
	if err := same("decoding", ours.Pix, pixels); err != nil {
		return err
	}
	for _, r := range c.Results {
		pixels, want = cut(want, 3*r.Size*r.Size)
		if err := r.check(ours, pixels); err != nil {
			return err
		}
	}
	if len(want) != 0 {
		return fmt.Errorf("Pillow has %d bytes more than were compared", len(want))
	}
	return nil
}

func (r result) check(p *preprocess.Picture, want []byte) error {
	recipe := preprocess.Recipe{Transform: r.Transform, TargetRatio: r.Ratio, Size: r.Size}
	got, err := recipe.Apply(p)
	if err != nil {
		return err
	}
	return same(recipe.String(), got, want)
}

// same compares two pictures.
func same(what string, got, want []byte) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: %d bytes, Pillow has %d", what, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			return fmt.Errorf("%s: byte %d is %d, in Pillow %d", what, i, got[i], want[i])
		}
	}
	return nil
}

// cut splits data after n bytes, or at its end where it is shorter.
func cut(data []byte, n int) (head, tail []byte) {
	n = min(n, len(data))
	return data[:n], data[n:]
}
