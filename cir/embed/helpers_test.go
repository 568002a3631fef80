package embed

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync/atomic"
	"testing"

	"gocir/cir/preprocess"
)

// A shelf is a Source in memory.
type shelf map[string][]byte

func (s shelf) HasImage(name string) bool { return s[name] != nil }

func (s shelf) Image(name string) ([]byte, error) {
	if s[name] == nil {
		return nil, errors.New("no such picture")
	}
	return s[name], nil
}

// picture is a PNG file of one colour that depends on i.
func picture(i int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for p := range 64 {
		img.Set(p%8, p/8, color.RGBA{uint8(i), uint8(i >> 8), 99, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// shelfOf has n pictures of different colours and their names in order.
func shelfOf(n int) (shelf, []string) {
	s, names := shelf{}, make([]string, n)
	for i := range n {
		names[i] = fmt.Sprintf("picture-%d", i)
		s[names[i]] = picture(i)
	}
	return s, names
}

// An eye is an encoder that keeps count: the embedding is the top left pixel.
type eye struct{ calls, pictures atomic.Int64 }

func (e *eye) encode(pixels []float32, n int) ([]float32, error) {
	e.calls.Add(1)
	size := len(pixels) / n
	var rows []float32
	for i := range n {
		p := pixels[i*size : (i+1)*size]
		if slices.Max(p) != 0 || slices.Min(p) != 0 { // padding is all zeros
			e.pictures.Add(1)
		}
		rows = append(rows, p[0], p[size/3], p[2*size/3])
	}
	return rows, nil
}

// looker embeds with an eye, four pictures at a time.
func looker(e *eye, dir string) Images {
	return Images{
		Encode: e.encode, Width: 3, Recipe: preprocess.Recipe{Transform: "targetpad", TargetRatio: 1.25, Size: 8},
		BatchSize: 4, CacheDir: dir, WeightsDigest: "weights-a",
	}
}

// mustEmbed embeds, checks that each row is the right one, and returns the report.
func mustEmbed(t *testing.T, images Images, s shelf, names []string) *Report {
	t.Helper()
	got, report, err := images.Embed(t.Context(), s, names)
	if err != nil {
		t.Fatal(err)
	}
	checkRows(t, images.Recipe, got, s, names)
	return report
}

func checkRows(t *testing.T, recipe preprocess.Recipe, got *Embeddings, s shelf, names []string) {
	t.Helper()
	if err := got.Validate(); err != nil || !slices.Equal(got.Names, names) {
		t.Fatalf("names %q, want %q (%v)", got.Names, names, err)
	}
	pixels := make([]float32, 3*recipe.Size*recipe.Size)
	for i, name := range names {
		if err := recipe.Load(pixels, s[name]); err != nil {
			t.Fatal(err)
		}
		want := []float32{pixels[0], pixels[len(pixels)/3], pixels[2*len(pixels)/3]}
		if !slices.Equal(got.Row(i), want) {
			t.Fatalf("row %d (%s) is %v, want %v", i, name, got.Row(i), want)
		}
	}
}
