package preprocess_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/cir/preprocess"
)

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Every picture of testdata has the mode and the pixels that Pillow gives it.
func TestDecodeAsPillow(t *testing.T) {
	expected, modes, err := safetensors.Read("testdata/expected.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if len(modes) < 50 {
		t.Fatalf("only %d pictures", len(modes))
	}
	for name, mode := range modes {
		got, err := preprocess.Decode(read(t, "testdata", name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := expected[name]
		if string(got.Mode) != mode || got.Height != want.Shape[0] || len(got.Pix) != len(want.Data) {
			t.Errorf("%s: got %s, height %d, %d bytes; want %s, %v", name, got.Mode, got.Height, len(got.Pix), mode, want.Shape)
			continue
		}
		if !bytes.Equal(got.Pix, want.Data) {
			t.Errorf("%s: other pixels", name)
		}
		samePalette(t, name, got.Palette, expected[name+".palette"].Data)
	}
}

// samePalette compares colours; those beyond the palette are black in either.
func samePalette(t *testing.T, name string, got [][3]uint8, want []uint8) {
	t.Helper()
	var a, b [3 * 256]uint8
	for i, c := range got {
		copy(a[3*i:], c[:])
	}
	copy(b[:], want)
	if a != b {
		t.Errorf("%s: palette %v, want %v", name, got, want)
	}
}

// Apply reads rows from memory, Load converts them as they are needed: both see the same pixels.
func TestLoadIsDecodeApplyNormalize(t *testing.T) {
	_, modes, err := safetensors.Read("testdata/expected.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	recipe := preprocess.Recipe{Transform: preprocess.SquarePad, Size: 24}
	for name := range modes {
		data := read(t, "testdata", name)
		picture, err := preprocess.Decode(data)
		if err != nil {
			t.Fatal(name, err)
		}
		before := bytes.Clone(picture.Pix)
		rgb, err := recipe.Apply(picture)
		if err != nil {
			t.Fatal(name, err)
		}
		if !bytes.Equal(before, picture.Pix) {
			t.Errorf("%s: Apply changed the picture", name)
		}
		want, got := make([]float32, len(rgb)), make([]float32, len(rgb))
		preprocess.Normalize(want, rgb)
		if err := recipe.Load(got, data); err != nil {
			t.Fatal(name, err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: number %d is %v from Load, %v step by step", name, i, got[i], want[i])
				break
			}
		}
	}
}
