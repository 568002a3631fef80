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

func BenchmarkSearchBatch(b *testing.B) {
	for _, n := range galleries {
		searchBatch(b, n, 128)
	}
}

// A million images and a thousand queries: 3 GB of memory, and seconds.
func BenchmarkSearchFullSize(b *testing.B) {
	x := searchBatch(b, 1_000_000, 1000)
	query := gallery(1, 256).Data
	b.Run("one query", func(b *testing.B) {
		b.SetBytes(int64(4 * x.Len() * x.Width()))
		for b.Loop() {
			if _, err := x.Search(query, 50); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sum", func(b *testing.B) { // what reading the gallery takes
		data, sums := x.embeddings.Data, make([]float32, 64)
		b.SetBytes(int64(4 * len(data)))
		for b.Loop() {
			parallel(len(sums), func() func(int) {
				return func(i int) { sums[i] = sum(data[i*len(data)/len(sums) : (i+1)*len(data)/len(sums)]) }
			})
		}
	})
}

// sum looks at one number of each line of the cache.
func sum(data []float32) (s float32) {
	for i := 0; i < len(data); i += 16 {
		s += data[i]
	}
	return s
}

func searchBatch(b *testing.B, n, batch int) *Index {
	x, queries := mustNew(b, gallery(n, 256), true), gallery(batch, 256).Data
	b.Run(fmt.Sprint(n), func(b *testing.B) {
		for b.Loop() {
			if _, err := x.SearchBatch(queries, 50, nil); err != nil {
				b.Fatal(err)
			}
		}
		report(b, batch, n)
	})
	return x
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
