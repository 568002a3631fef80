package retrieve

import (
	"fmt"
	"testing"
)

// The galleries of CIRR's and FashionIQ's validation splits.
var galleries = []int{2297, 15536}

func BenchmarkSearch(b *testing.B) {
	for _, n := range galleries {
		x, query := mustNew(b, gallery(n, 256), true), gallery(1, 256).Data
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Search(query, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkScoresBatch(b *testing.B) {
	const batch = 128
	for _, n := range galleries {
		x, queries, dst := mustNew(b, gallery(n, 256), true), gallery(batch, 256).Data, make([]float32, batch*n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if err := x.ScoresBatch(queries, dst); err != nil {
					b.Fatal(err)
				}
			}
			report(b, batch, n)
		})
	}
}

func BenchmarkRankings(b *testing.B) {
	const batch = 128
	for _, n := range galleries {
		x, queries := mustNew(b, gallery(n, 256), true), gallery(batch, 256).Data
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				rankings, err := x.Rankings(queries)
				if err != nil {
					b.Fatal(err)
				}
				for range rankings {
				}
			}
			report(b, batch, n)
		})
	}
}

func report(b *testing.B, batch, n int) {
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(float64(batch)/seconds, "queries/s")
	b.ReportMetric(2*256*float64(batch)*float64(n)/seconds/1e9, "GFLOP/s")
}
