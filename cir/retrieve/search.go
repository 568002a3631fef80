package retrieve

import (
	"fmt"
	"iter"
	"slices"

	"gocir/cir/eval"
)

// A Hit is an image found, and its dot product with the query.
type Hit struct {
	Name  string
	Score float32
}

// Search gives the k best images for a query, [E], the best first; fewer if the gallery has fewer. Excluded names (the
// reference image, say) are passed over; they need not be in the gallery.
func (x *Index) Search(query []float32, k int, exclude ...string) ([]Hit, error) {
	if err := x.checkQuery(query); err != nil {
		return nil, err
	}
	found, err := x.SearchBatch(query, k, [][]string{exclude})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// SearchBatch is Search for many queries, [B, E], on all cores: hits of each, in the order of the queries. exclude has a
// list of names for each query, or is nil. It never holds the scores of the whole gallery: beyond the hits it takes
// 4 KiB·k of memory on each core.
func (x *Index) SearchBatch(queries []float32, k int, exclude [][]string) ([][]Hit, error) {
	if k < 1 {
		return nil, fmt.Errorf("searching: %d results asked for, want 1 or more", k)
	}
	batch, err := x.checkQueries(queries)
	if err != nil {
		return nil, err
	}
	if exclude == nil {
		exclude = make([][]string, batch)
	}
	if len(exclude) != batch {
		return nil, fmt.Errorf("searching: %d lists of excluded names for %d queries", len(exclude), batch)
	}
	k = min(k, x.Len())
	hits := make([][]Hit, 0, batch)
	for from := 0; from < batch; from += tileQueries {
		to := min(from+tileQueries, batch)
		hits = append(hits, x.searchTile(queries[from*x.Width():to*x.Width()], k, exclude[from:to])...)
	}
	return hits, nil
}

// tileQueries is how many queries go through the gallery at a time.
const tileQueries = 256

// searchTile is SearchBatch for queries that were checked.
func (x *Index) searchTile(queries []float32, k int, exclude [][]string) [][]Hit {
	passed := make([][]int, len(exclude))
	for query, names := range exclude {
		for _, name := range names {
			if i, ok := x.embeddings.Index(name); ok {
				passed[query] = append(passed[query], i)
			}
		}
	}
	var cores [][]best
	x.eachBlock(queries, func() visitor {
		mine := make([]best, len(exclude))
		for query := range mine {
			mine[query] = newBest(k + len(passed[query]))
		}
		cores = append(cores, mine)
		return func(query, from int, scores []float32) { mine[query].add(from, scores) }
	})
	hits := make([][]Hit, len(exclude))
	for query := range hits {
		all := newBest(k + len(passed[query]))
		for _, mine := range cores {
			all.keys = append(all.keys, mine[query].keys...)
		}
		hits[query] = x.hits(all.sorted(), k, passed[query])
	}
	return hits
}

// hits are the first k images of sorted keys that are not passed over.
func (x *Index) hits(keys []uint64, k int, passed []int) []Hit {
	var hits []Hit
	for _, key := range keys {
		score, i := fromKey(key)
		if len(hits) < k && !slices.Contains(passed, i) {
			hits = append(hits, Hit{x.embeddings.Names[i], score})
		}
	}
	return hits
}

// Rank orders the whole gallery for a query, [E].
func (x *Index) Rank(query []float32) (eval.Ranking, error) {
	scores := make([]float32, x.Len())
	if err := x.Scores(query, scores); err != nil {
		return eval.Ranking{}, err
	}
	return x.ranking(scores), nil
}

// Rankings orders the whole gallery for each of many queries, [B, E], on all cores. The rankings come in the order of
// the queries, and only a few are in memory at a time.
func (x *Index) Rankings(queries []float32) (iter.Seq[eval.Ranking], error) {
	batch, err := x.checkQueries(queries)
	if err != nil {
		return nil, err
	}
	return func(yield func(eval.Ranking) bool) {
		const most = 64 // queries whose scores are held
		scores, rankings := make([]float32, most*x.Len()), make([]eval.Ranking, most)
		for from := 0; from < batch; from += most {
			n := min(most, batch-from)
			x.scoreBatch(queries[from*x.Width():(from+n)*x.Width()], scores)
			parallel(n, func() func(int) {
				return func(i int) { rankings[i] = x.ranking(scores[i*x.Len() : (i+1)*x.Len()]) }
			})
			for _, ranking := range rankings[:n] {
				if !yield(ranking) {
					return
				}
			}
		}
	}, nil
}

// ranking sorts the gallery by scores, [G].
func (x *Index) ranking(scores []float32) eval.Ranking {
	keys := make([]uint64, len(scores))
	for i, score := range scores {
		keys[i] = sortKey(score, i)
	}
	sortKeys(keys)
	r := eval.Ranking{Names: make([]string, len(keys)), Scores: make([]float32, len(keys))}
	for place, key := range keys {
		i := uint32(key)
		r.Names[place], r.Scores[place] = x.embeddings.Names[i], scores[i]
	}
	return r
}
