package retrieve

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Scores writes the dot product of a query, [E], with every image to dst, [G]: cosines, if the query is normalised.
func (x *Index) Scores(query, dst []float32) error {
	if err := x.checkQuery(query); err != nil {
		return err
	}
	return x.ScoresBatch(query, dst)
}

// ScoresBatch does the same for many queries, [B, E], on all cores: dst is [B, G], row-major. Its scores are the bits
// that Scores gives.
func (x *Index) ScoresBatch(queries, dst []float32) error {
	batch, err := x.checkQueries(queries)
	if err != nil {
		return err
	}
	if len(dst) != batch*x.Len() {
		return fmt.Errorf("searching: room for %d scores, want %d queries × %d images", len(dst), batch, x.Len())
	}
	x.scoreBatch(queries, dst)
	return nil
}

// scoreBatch is ScoresBatch for queries that were checked.
func (x *Index) scoreBatch(queries, dst []float32) {
	batch := len(queries) / x.Width()
	if batch == 1 {
		x.scoreRows(queries, dst)
		return
	}
	tiles := (batch + tileQueries - 1) / tileQueries
	parallel(tiles, func(tile int) {
		from, to := tile*tileQueries, min((tile+1)*tileQueries, batch)
		x.scoreTile(queries[from*x.Width():to*x.Width()], dst[from*x.Len():to*x.Len()])
	})
}

// A tile of queries meets the gallery in blocks of rows that stay in the cache (256 rows of width 256: 256 KiB).
const (
	tileQueries = 32
	blockRows   = 256
)

// scoreRows scores one query, four images at a time: four sums that don't wait for each other.
func (x *Index) scoreRows(query, dst []float32) {
	wide, rows, i := widen(query), x.Len(), 0
	for ; i+4 <= rows; i += 4 {
		r := x.embeddings.Row
		dst[i], dst[i+1], dst[i+2], dst[i+3] = dotRows(wide, r(i), r(i+1), r(i+2), r(i+3))
	}
	for ; i < rows; i++ {
		dst[i] = dot(wide, x.embeddings.Row(i))
	}
}

// scoreTile scores up to tileQueries queries, four at a time.
func (x *Index) scoreTile(queries, dst []float32) {
	width, rows := x.Width(), x.Len()
	wide, batch := widen(queries), len(queries)/width
	query := func(i int) []float64 { return wide[i*width : (i+1)*width] }
	for block := 0; block < rows; block += blockRows {
		end, q := min(block+blockRows, rows), 0
		for ; q+4 <= batch; q += 4 {
			a, b, c, d := query(q), query(q+1), query(q+2), query(q+3)
			for i := block; i < end; i++ {
				dst[q*rows+i], dst[(q+1)*rows+i], dst[(q+2)*rows+i], dst[(q+3)*rows+i] = dotQueries(x.embeddings.Row(i), a, b, c, d)
			}
		}
		for ; q < batch; q++ {
			for i := block; i < end; i++ {
				dst[q*rows+i] = dot(query(q), x.embeddings.Row(i))
			}
		}
	}
}

// dot sums in order. A product of two float32 is exact in float64, so fused or not, tiled or not, the bits are equal.
func dot(query []float64, row []float32) float32 {
	query = query[:len(row)]
	var sum float64
	for i, v := range row {
		sum += query[i] * float64(v)
	}
	return float32(sum)
}

// dotRows is dot of one query and four rows.
func dotRows(query []float64, a, b, c, d []float32) (sa, sb, sc, sd float32) {
	n := len(query)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	var s0, s1, s2, s3 float64
	for i, v := range query {
		s0 += v * float64(a[i])
		s1 += v * float64(b[i])
		s2 += v * float64(c[i])
		s3 += v * float64(d[i])
	}
	return float32(s0), float32(s1), float32(s2), float32(s3)
}

// dotQueries is dot of four queries and one row.
func dotQueries(row []float32, a, b, c, d []float64) (sa, sb, sc, sd float32) {
	n := len(row)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	var s0, s1, s2, s3 float64
	for i, v := range row {
		w := float64(v)
		s0 += a[i] * w
		s1 += b[i] * w
		s2 += c[i] * w
		s3 += d[i] * w
	}
	return float32(s0), float32(s1), float32(s2), float32(s3)
}

func widen(v []float32) []float64 {
	wide := make([]float64, len(v))
	for i, a := range v {
		wide[i] = float64(a)
	}
	return wide
}

// parallel calls work for 0 to n-1 on all cores and returns when all is done.
func parallel(n int, work func(i int)) {
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				work(int(i))
			}
		})
	}
	running.Wait()
}
