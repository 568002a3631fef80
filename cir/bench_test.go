package cir_test

import (
	"slices"
	"testing"

	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/models"
)

// 64 texts of 40 tokens, and 64 pictures, on the model of the generated data set.
func BenchmarkEncode(b *testing.B) {
	c := models.Tiny
	m, err := cir.NewModel(cirtest.Backend(b), c, cirtest.Weights(b, cirtest.AllSpecs(c), 1))
	if err != nil {
		b.Fatal(err)
	}
	defer m.Finalize()
	ids, mask := slices.Repeat([]int32{7}, 64*40), slices.Repeat([]int32{1}, 64*40)
	pixels := cirtest.Normal(64*3*c.Image.ImageSize*c.Image.ImageSize, 1)
	for name, encode := range map[string]func() ([]float32, error){
		"texts":  func() ([]float32, error) { return m.EncodeTexts(ids, mask, 64, 40) },
		"images": func() ([]float32, error) { return m.EncodeImages(pixels, 64) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
