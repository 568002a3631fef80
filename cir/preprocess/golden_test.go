package preprocess_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/cir/preprocess"
)

const goldenDir = "../../testdata/golden/a"

type goldenPicture struct {
	File, Key string
	Normative bool
	Results   []struct {
		Transform string
		Dim       int
	}
}

// goldenPictures are the pictures of the golden set, whose results PyTorch's transforms made.
func goldenPictures(t *testing.T) []goldenPicture {
	t.Helper()
	var file struct {
		Cases []goldenPicture
	}
	if err := json.Unmarshal(read(t, goldenDir, "images/cases.json"), &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// From the file to the numbers. gocir/cir/verify compares each step on its own.
func TestGoldenLoad(t *testing.T) {
	compared := 0
	for _, c := range goldenPictures(t) {
		for _, result := range c.Results {
			expected, _, err := safetensors.Read(fmt.Sprintf("%s/images/expected_%d.safetensors", goldenDir, result.Dim))
			if err != nil {
				t.Fatal(err)
			}
			golden, ok := expected[c.Key+"."+result.Transform+".f32"]
			if !ok || !c.Normative {
				continue
			}
			want, err := golden.Float32s()
			if err != nil {
				t.Fatal(err)
			}
			got := make([]float32, len(want))
			recipe := preprocess.Recipe{Transform: result.Transform, Size: result.Dim}
			if err := recipe.Load(got, read(t, goldenDir, c.File)); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Fatalf("%s %v: number %d is %v, want %v", c.Key, recipe, i, got[i], want[i])
				}
			}
			compared++
		}
	}
	if compared == 0 {
		t.Error("nothing compared")
	}
}

// Many goroutines that share the buffers give what one gives. The race detector watches, where it is on.
func TestLoadConcurrently(t *testing.T) {
	recipe := preprocess.Recipe{Transform: preprocess.TargetPad, Size: 32}
	var wg sync.WaitGroup
	for _, c := range goldenPictures(t) {
		data := read(t, goldenDir, c.File)
		alone := make([]float32, 3*32*32)
		if err := recipe.Load(alone, data); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			wg.Go(func() {
				dst := make([]float32, len(alone))
				if err := recipe.Load(dst, data); err != nil {
					t.Error(err)
				}
				if fmt.Sprint(dst) != fmt.Sprint(alone) {
					t.Errorf("%s: another result than alone", c.Key)
				}
			})
		}
	}
	wg.Wait()
}

// Names that a picture has are of no concern, its content is.
func TestFormatIsSniffed(t *testing.T) {
	for _, c := range goldenPictures(t) {
		data := read(t, goldenDir, c.File)
		if bytes.HasPrefix(data, []byte("\x89PNG")) == strings.HasSuffix(c.File, ".jpg") {
			t.Fatalf("%s is misnamed", c.File)
		}
		if _, err := preprocess.Decode(data); err != nil {
			t.Errorf("%s: %v", c.File, err)
		}
	}
}
