package lab

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gocir/cir/embed"
	"gocir/cir/eval"
	"gocir/cir/retrieve"
	"gocir/datasets"
)

// CIRR's validation split in size: from composed queries and the gallery's index to all recalls.
func BenchmarkRank(b *testing.B) {
	const images, queries, width = 2297, 4181, 256
	e, composed := drawnEvaluation(b, images, queries, width)
	for b.Loop() {
		if _, _, err := e.Rank(composed, eval.CIRR); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(queries*float64(b.N)/b.Elapsed().Seconds(), "queries/s")
}

// drawnEvaluation is a split of CIRR's form without pictures: drawn embeddings, and subsets of six.
func drawnEvaluation(tb testing.TB, images, queries, width int) (e *Evaluation, composed []float32) {
	draw := rand.New(rand.NewPCG(1, 2))
	gallery := &embed.Embeddings{Width: width, Data: make([]float32, images*width)}
	split := &datasets.Split{Name: "val"}
	for i := range images {
		split.Gallery = append(split.Gallery, fmt.Sprintf("dev-%04d-%d-img%d", i/6, i%6, i%2))
	}
	gallery.Names = split.Gallery
	composed = make([]float32, queries*width)
	for _, numbers := range [][]float32{gallery.Data, composed} {
		for i := range numbers {
			numbers[i] = float32(draw.NormFloat64())
		}
	}
	for q := range queries {
		var subset []string
		for _, i := range draw.Perm(images)[:6] {
			subset = append(subset, split.Gallery[i])
		}
		split.Triplets = append(split.Triplets, datasets.Triplet{ID: fmt.Sprint(q), Reference: subset[0], Target: subset[1], Subset: subset})
		retrieve.Normalize(composed[q*width : (q+1)*width])
	}
	index, err := retrieve.New(gallery, true)
	if err != nil {
		tb.Fatal(err)
	}
	return &Evaluation{Split: split, Gallery: gallery, index: index, texts: make([]string, queries)}, composed
}
