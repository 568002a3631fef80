package preprocess_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"gocir/cir/preprocess"
)

// scene draws a colourful picture with soft and hard edges.
func scene(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			wave := func(period, phase float64) uint8 {
				return uint8(128 + 100*math.Sin(float64(x)/period+phase)*math.Cos(float64(y)/period))
			}
			c := color.RGBA{wave(31, 0), wave(17, 1), wave(23, 2), 255}
			if (x/40+y/40)%7 == 0 {
				c.R, c.B = 255-c.R, 255-c.B
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encodeJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func encodePNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var recipe384 = preprocess.Recipe{Transform: preprocess.TargetPad, Size: 384}

// benchmarkFiles are drawn pictures, and the files of the folder GOCIR_PICTURES where that is set: those that
// scripts/bench/pictures.py draws can be compared with what it measures.
func benchmarkFiles(b *testing.B) map[string][]byte {
	files := map[string][]byte{
		"drawn-800x600.jpg": encodeJPEG(scene(800, 600)),
		"drawn-800x600.png": encodePNG(scene(800, 600)),
		"drawn-300x400.jpg": encodeJPEG(scene(300, 400)),
	}
	if folder := os.Getenv("GOCIR_PICTURES"); folder != "" {
		entries, err := os.ReadDir(folder)
		if err != nil {
			b.Fatal(err)
		}
		for _, entry := range entries {
			files[entry.Name()] = read(b, folder, entry.Name())
		}
	}
	return files
}

func BenchmarkLoad(b *testing.B) {
	files := benchmarkFiles(b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		b.Run(name, func(b *testing.B) {
			dst := make([]float32, 3*384*384)
			b.ReportAllocs()
			for b.Loop() {
				if err := recipe384.Load(dst, files[name]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	data := encodeJPEG(scene(800, 600))
	for b.Loop() {
		if _, err := preprocess.Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	p, err := preprocess.Decode(encodeJPEG(scene(800, 600)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := recipe384.Apply(p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNormalize(b *testing.B) {
	rgb, dst := make([]uint8, 3*384*384), make([]float32, 3*384*384)
	for b.Loop() {
		preprocess.Normalize(dst, rgb)
	}
}
