package eval_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"gocir/cir/eval"
	"gocir/datasets"
)

// found are outcomes with these ranks.
func found(ranks ...int) []eval.Outcome {
	var outcomes []eval.Outcome
	for i, rank := range ranks {
		outcomes = append(outcomes, eval.Outcome{Query: i, Rank: rank})
	}
	return outcomes
}

func ExampleRecallBy() {
	outcomes := []eval.Outcome{
		{Rank: 2, Triplet: datasets.Triplet{Captions: []string{"is red"}}},
		{Rank: 40, Triplet: datasets.Triplet{Captions: []string{"is red", "has buttons"}}},
		{Rank: 17, Triplet: datasets.Triplet{Captions: []string{"has buttons"}}},
	}
	for _, g := range eval.RecallBy(outcomes, 10, func(o eval.Outcome) []string { return o.Triplet.Captions }) {
		fmt.Printf("%-11s R@10 %4.1f of %d queries\n", g.Name, g.Recall, g.Queries)
	}
	// Output:
	// has buttons R@10  0.0 of 2 queries
	// is red      R@10 50.0 of 2 queries
}

// A fair coin thrown 100 times is off by 5 points.
func TestStandardErrorByHand(t *testing.T) {
	if got := eval.StandardError(50, 100); got != 5 {
		t.Errorf("standard error of 50 %% with 100 queries: %v, want 5", got)
	}
	if got := eval.StandardError(0, 0); !math.IsNaN(got) {
		t.Errorf("without queries: %v, want NaN", got)
	}
}

// A query may belong to several groups or to none.
func TestRecallByCountsQueriesWhereTheyBelong(t *testing.T) {
	even := func(o eval.Outcome) []string {
		switch {
		case o.Query == 0:
			return nil
		case o.Query%2 == 0:
			return []string{"even", "all"}
		}
		return []string{"all"}
	}
	got := eval.RecallBy(found(0, 0, 9, -1, 10), 10, even)
	want := []eval.Group{{"all", 4, 50, 25}, {"even", 2, 50, eval.StandardError(50, 2)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

func TestWorstComesFirst(t *testing.T) {
	outcomes := found(3, -1, 7, 0, 7)
	for n, want := range map[int][]int{-1: {}, 0: {}, 3: {1, 2, 4}, 9: {1, 2, 4, 0, 3}} {
		got := []int{}
		for _, o := range eval.Worst(outcomes, n) {
			got = append(got, o.Query)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("worst %d: queries %v, want %v", n, got, want)
		}
	}
	if got := eval.Ranks(outcomes); !reflect.DeepEqual(got, []int{3, -1, 7, 0, 7}) {
		t.Errorf("ranks %v: the outcomes were sorted in place", got)
	}
}
