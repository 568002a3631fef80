package embed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"gocir/cir/embed"
	"gocir/cir/preprocess"
	"gocir/cir/tokenize"
)

// Pictures is a source: a data set, a folder, or as here a map.
type Pictures map[string][]byte

func (p Pictures) HasImage(name string) bool { return p[name] != nil }
func (p Pictures) Image(name string) ([]byte, error) {
	if p[name] == nil {
		return nil, errors.New("no such picture")
	}
	return p[name], nil
}

// paint is a PNG file of one colour.
func paint(c color.Color) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		img.Set(i%16, i/16, c)
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		panic(err)
	}
	return file.Bytes()
}

// An "encoder" that looks at the first pixel: is there red, green, blue?
func colours(pixels []float32, n int) ([]float32, error) {
	embeddings := make([]float32, 0, 3*n)
	for size := len(pixels) / n / 3; len(pixels) > 0; pixels = pixels[size:] {
		if pixels[0] > 0 {
			embeddings = append(embeddings, 1)
		} else {
			embeddings = append(embeddings, 0)
		}
	}
	return embeddings, nil
}

func ExampleImages() {
	gallery := Pictures{
		"red dress":    paint(color.RGBA{255, 0, 0, 255}),
		"yellow shirt": paint(color.RGBA{255, 255, 0, 255}),
		"blue top":     paint(color.RGBA{0, 0, 255, 255}),
	}
	images := embed.Images{
		Encode: colours, Width: 3,
		Recipe: preprocess.Recipe{Transform: "targetpad", TargetRatio: 1.25, Size: 16},
	}
	embeddings, report, err := images.Embed(context.Background(), gallery, []string{"yellow shirt", "blue top", "red dress"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, name := range embeddings.Names {
		fmt.Println(name, embeddings.Row(i))
	}
	fmt.Println(report.Encoded, "encoded")
	// Output:
	// yellow shirt [1 1 0]
	// blue top [0 0 1]
	// red dress [1 0 0]
	// 3 encoded
}

func ExampleTexts() {
	texts := embed.Texts{
		Tokenizer: tokenize.Default(),
		Width:     1, // the number of tokens
		BatchSize: 2,
		Encode: func(_, mask []int32, rows, length int) ([]float32, error) {
			fmt.Printf("%d texts, padded to %d tokens\n", rows, length)
			counts := make([]float32, rows)
			for i, m := range mask {
				counts[i/length] += float32(m)
			}
			return counts, nil
		},
	}
	embeddings, err := texts.Embed(context.Background(), []string{"is red", "has longer sleeves", "is red"})
	fmt.Println(embeddings.Data, err)
	// Output:
	// 2 texts, padded to 16 tokens
	// [4 5 4] <nil>
}
