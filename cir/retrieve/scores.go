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

// scoredAtATime bounds memory: so many rows of scores over the gallery are held.
const scoredAtATime = 256

// EachScores calls visit with the scores of each of n queries over the gallery, [G], in order. compose gives the queries
// from, from+1, …, [count, E]; it is called for a few hundred at a time, so that any number of queries takes the same memory.
// visit must not keep the slice. An error of either ends the work and is returned.
func (x *Index) EachScores(n int, compose func(from, count int) ([]float32, error), visit func(query int, scores []float32) error) error {
	size := x.Len()
	buffer := make([]float32, min(n, scoredAtATime)*size)
	for from := 0; from < n; from += scoredAtATime {
		count := min(scoredAtATime, n-from)
		queries, err := compose(from, count)
		if err != nil {
			return err
		}
		if err := x.ScoresBatch(queries, buffer[:count*size]); err != nil {
			return err
		}
		for i := range count {
			if err := visit(from+i, buffer[i*size:(i+1)*size]); err != nil {
				return err
			}
		}
	}
	return nil
}

// scoreBatch is ScoresBatch for queries that were checked.
func (x *Index) scoreBatch(queries, dst []float32) {
	x.eachBlock(queries, func() visitor {
		return func(query, from int, scores []float32) { copy(dst[query*x.Len()+from:], scores) }
	})
}

// A visitor sees the scores of a query for the images from, from+1, … of the gallery. It must not keep them.
type visitor func(query, from int, scores []float32)

// blockBytes is the size of the blocks in which queries meet the gallery: they stay in a core's cache.
const blockBytes = 256 << 10

// eachBlock scores queries, [B, E], on all cores. begin is called before, once for each core that takes part; its
// visitor sees all queries for some blocks of the gallery, which come in order.
func (x *Index) eachBlock(queries []float32, begin func() visitor) {
	packed, width := newPack(queries, x.Width()), x.Width()
	rows := max(1, blockBytes/(4*width))
	parallel((x.Len()+rows-1)/rows, func() func(int) {
		visit, products, scores := begin(), make([]float32, rows*together), make([]float32, rows)
		return func(block int) {
			from, to := block*rows, min((block+1)*rows, x.Len())
			for query := range packed.count {
				member := query % packed.group
				if member == 0 {
					packed.multiply(query, x.embeddings.Data[from*width:to*width], width, products[:(to-from)*packed.group])
				}
				for i := range to - from {
					scores[i] = products[i*packed.group+member]
				}
				visit(query, from, scores[:to-from])
			}
		}
	})
}

// parallel works on 0 to n-1 on all cores and returns when all is done. begin is called first, once for each core that
// takes part, and gives what works on one number after the other.
func parallel(n int, begin func() func(i int)) {
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		work := begin()
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				work(int(i))
			}
		})
	}
	running.Wait()
}
