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
	if k < 1 {
		return nil, fmt.Errorf("searching: %d results asked for, want 1 or more", k)
	}
	scores := make([]float32, x.Len())
	if err := x.Scores(query, scores); err != nil {
		return nil, err
	}
	keys := make([]uint64, 0, len(scores))
	for i, score := range scores {
		if !slices.Contains(exclude, x.embeddings.Names[i]) {
			keys = append(keys, sortKey(score, i))
		}
	}
	var hits []Hit
	for _, key := range smallest(keys, k) {
		i := uint32(key)
		hits = append(hits, Hit{x.embeddings.Names[i], scores[i]})
	}
	return hits, nil
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
		const most = 2 * tileQueries
		scores, rankings := make([]float32, most*x.Len()), make([]eval.Ranking, most)
		for from := 0; from < batch; from += most {
			n := min(most, batch-from)
			x.scoreBatch(queries[from*x.Width():(from+n)*x.Width()], scores)
			parallel(n, func(i int) { rankings[i] = x.ranking(scores[i*x.Len() : (i+1)*x.Len()]) })
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
