package retrieve

import (
	"errors"
	"slices"
	"testing"
)

// Each query is composed once and its scores are seen once, in order, whole blocks or not; an error of either side ends it.
func TestEachScores(t *testing.T) {
	x := mustNew(t, gallery(5, 3), true)
	for _, n := range []int{0, 1, scoredAtATime, 2*scoredAtATime + 7} {
		queries, all, next := gallery(n, 3).Data, make([]float32, n*5), 0
		if n > 0 {
			if err := x.ScoresBatch(queries, all); err != nil {
				t.Fatal(err)
			}
		}
		compose := func(from, count int) ([]float32, error) { return queries[3*from : 3*(from+count)], nil }
		err := x.EachScores(n, compose, func(query int, scores []float32) error {
			if query != next || !slices.Equal(scores, all[5*query:5*query+5]) {
				t.Errorf("%d queries: query %d, want %d; scores %v", n, query, next, scores)
			}
			next++
			return nil
		})
		if err != nil || next != n {
			t.Errorf("%d of %d queries were seen: %v", next, n, err)
		}
	}
	broken, seen := errors.New("broken"), 0
	fail := func(int, int) ([]float32, error) { return nil, broken }
	compose := func(_, count int) ([]float32, error) { return make([]float32, 3*count), nil }
	visit := func(int, []float32) error { seen++; return broken }
	if err := x.EachScores(2, fail, visit); err != broken || seen != 0 {
		t.Errorf("composing failed: %v, %d seen", err, seen)
	}
	if err := x.EachScores(2, compose, visit); err != broken || seen != 1 {
		t.Errorf("seeing failed: %v, %d seen", err, seen)
	}
}
