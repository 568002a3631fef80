package eval_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gocir/cir/eval"
	"gocir/datasets"
)

// drawSplit is a CIRR-like split: a gallery of n images and queries with subsets of six.
func drawSplit(r *rand.Rand, n, queries int) *datasets.Split {
	split := &datasets.Split{Name: "val"}
	for i := range n {
		split.Gallery = append(split.Gallery, fmt.Sprintf("image-%03d", i))
	}
	for q := range queries {
		var subset []string
		for _, i := range r.Perm(n)[:6] {
			subset = append(subset, split.Gallery[i])
		}
		split.Triplets = append(split.Triplets, datasets.Triplet{
			ID: fmt.Sprint(100 + q), Reference: subset[r.IntN(3)], Target: subset[3+r.IntN(3)], Subset: subset,
		})
	}
	return split
}

// drawScores are n scores of few values, so that many tie.
func drawScores(r *rand.Rand, n int) []float32 {
	scores := make([]float32, n)
	for i := range scores {
		scores[i] = float32(r.IntN(20)-10) / 10
	}
	return scores
}

// sorted is the whole ranking the slow way.
func sorted(gallery []string, scores []float32) eval.Ranking {
	places := make([]int, len(gallery))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	var ranking eval.Ranking
	for _, i := range places {
		ranking.Names = append(ranking.Names, gallery[i])
		ranking.Scores = append(ranking.Scores, scores[i])
	}
	return ranking
}

// small is a FashionIQ-like split: d is neither a reference nor a target.
func small() *datasets.Split {
	return &datasets.Split{
		Name: "val", Category: "dress", Gallery: []string{"a", "b", "c", "d"},
		Triplets: []datasets.Triplet{{ID: "0", Reference: "a", Target: "b"}, {ID: "1", Reference: "c", Target: "a"}},
	}
}

// smallCIRR has one query whose subset is the whole gallery.
func smallCIRR() *datasets.Split {
	names := []string{"a", "b", "c", "d", "e", "f"}
	return &datasets.Split{Name: "val", Gallery: names, Triplets: []datasets.Triplet{{ID: "12", Reference: "a", Target: "c", Subset: names}}}
}

func mustNew(t *testing.T, protocol eval.Protocol, split *datasets.Split) *eval.Evaluation {
	t.Helper()
	e, err := eval.New(protocol, split)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// measure ranks each query by its scores and returns the result.
func measure(t *testing.T, e *eval.Evaluation, scores ...[]float32) eval.Result {
	t.Helper()
	for query, row := range scores {
		o, err := e.Outcome(query, row)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	result, err := e.Result()
	if err != nil {
		t.Fatal(err)
	}
	return result
}
