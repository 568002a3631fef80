package embed

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
	"time"
)

// BenchmarkPipeline embeds photographs of 640×480 pixels for an encoder of 384 pixels that takes 100 ms a batch on a
// device of its own: with decoding beside it, the whole should take the longer of the two, not their sum.
func BenchmarkPipeline(b *testing.B) {
	s, names := shelf{}, []string{}
	for i := range 64 {
		img := image.NewRGBA(image.Rect(0, 0, 640, 480))
		for p := range 640 * 480 {
			img.Set(p%640, p/640, color.RGBA{uint8(p * i), uint8(p / 640), uint8(p % 640), 255})
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, nil); err != nil {
			b.Fatal(err)
		}
		names = append(names, fmt.Sprint(i))
		s[names[i]] = file.Bytes()
	}
	for _, batch := range []time.Duration{0, 100 * time.Millisecond} {
		b.Run("encoder "+batch.String(), func(b *testing.B) {
			images := looker(new(eye), "")
			images.Recipe.Size, images.BatchSize = 384, 8
			images.Encode = func(_ []float32, n int) ([]float32, error) {
				time.Sleep(batch)
				return make([]float32, 3*n), nil
			}
			for b.Loop() {
				if _, _, err := images.Embed(b.Context(), s, names); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(names))/b.Elapsed().Seconds(), "images/s")
		})
	}
}

// BenchmarkAllCached is the second run: pictures as long as photographs are read and hashed, nothing more.
func BenchmarkAllCached(b *testing.B) {
	s, names := shelfOf(2000)
	for _, name := range names {
		s[name] = append(s[name], make([]byte, 50_000)...)
	}
	images := looker(new(eye), b.TempDir())
	if _, _, err := images.Embed(b.Context(), s, names); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, report, err := images.Embed(b.Context(), s, names); err != nil || report.Cached != len(names) {
			b.Fatal(err, report)
		}
	}
	b.ReportMetric(float64(b.N*len(names))/b.Elapsed().Seconds(), "images/s")
}
