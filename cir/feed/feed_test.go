package feed

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gocir/cir/tokenize"
	"gocir/datasets"
)

// fashion is n triplets with two captions each.
func fashion(n int) []datasets.Triplet {
	triplets := make([]datasets.Triplet, n)
	for i := range triplets {
		triplets[i] = datasets.Triplet{
			ID: fmt.Sprintf("dress-train-%d", i), Reference: fmt.Sprint("r", i), Target: fmt.Sprint("t", i),
			Captions: []string{fmt.Sprint("first", i), fmt.Sprint("second", i)},
		}
	}
	return triplets
}

// all are the batches of an epoch from a step on.
func all(t *testing.T, f Feed, epoch, first int) []Batch {
	t.Helper()
	batches, err := f.Epoch(epoch, first)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(batches)
}

func TestEachEpochSeesEachTripletOnce(t *testing.T) {
	for _, keep := range []bool{false, true} {
		f := Feed{Triplets: fashion(23), BatchSize: 5, KeepLast: keep}
		rows := make(map[int]bool)
		sizes := []int{}
		for step, b := range all(t, f, 3, 0) {
			if b.Epoch != 3 || b.Step != step || len(b.Forward) != len(b.Rows) || len(b.Backward) != len(b.Rows) {
				t.Errorf("batch %d: %+v", step, b)
			}
			for i, row := range b.Rows {
				rows[row] = true
				if b.Triplets[i].ID != f.Triplets[row].ID {
					t.Errorf("row %d is triplet %s", row, b.Triplets[i].ID)
				}
			}
			sizes = append(sizes, len(b.Rows))
		}
		want := []int{5, 5, 5, 5}
		if keep {
			want = append(want, 3)
		}
		total := 0
		for _, n := range want {
			total += n
		}
		if !slices.Equal(sizes, want) || f.Steps() != len(want) || len(rows) != total {
			t.Errorf("keep last %v: batches of %v with %d rows, want %v", keep, sizes, len(rows), want)
		}
	}
}

// A run that is resumed at any step has the batches of one that was not stopped, bit for bit.
func TestResumedIsUninterrupted(t *testing.T) {
	f := Feed{Triplets: fashion(40), BatchSize: 7, Seed: 11}
	for epoch := range 4 {
		whole := all(t, f, epoch, 0)
		for step := range f.Steps() + 1 {
			if got := all(t, f, epoch, step); len(got) != len(whole)-step || len(got) > 0 && !reflect.DeepEqual(got, whole[step:]) {
				t.Errorf("epoch %d resumed at step %d differs", epoch, step)
			}
		}
	}
}

// The branches of a triplet depend on seed, epoch, row and direction, and on nothing else.
func TestDrawsDoNotDependOnTheBatches(t *testing.T) {
	texts := func(f Feed) map[string]string {
		m := map[string]string{}
		for _, b := range all(t, f, 2, 0) {
			for i, triplet := range b.Triplets {
				m[triplet.ID] = b.Forward[i] + "|" + b.Backward[i]
			}
		}
		return m
	}
	f := Feed{Triplets: fashion(60), BatchSize: 6}
	want := texts(f)
	f.BatchSize = 20
	if got := texts(f); !reflect.DeepEqual(got, want) {
		t.Error("another batch size gives other texts")
	}
	f.Seed = 1
	if got := texts(f); reflect.DeepEqual(got, want) {
		t.Error("another seed gives the same texts")
	}
}

// Chi-squared with 15 degrees of freedom stays below 37.7 in 999 of 1000 cases: the 16 pairs of branches are equally
// likely, so forward and backward draws are independent.
func TestBranchesAreEquallyLikelyAndIndependent(t *testing.T) {
	f := Feed{Triplets: make([]datasets.Triplet, 2000), Seed: 5}
	var counts [16]int
	for epoch := range 10 {
		for row := range f.Triplets {
			counts[4*f.branch(epoch, row, tokenize.Forward)+f.branch(epoch, row, tokenize.Backward)]++
		}
	}
	if chi := chiSquared(counts[:], 20000); chi > 37.7 {
		t.Errorf("chi-squared %.1f: %v", chi, counts)
	}
}

// Each row comes to each tenth of the epoch equally often: 99 degrees of freedom, below 148.2 in 999 of 1000 cases.
func TestShuffleIsEven(t *testing.T) {
	f := Feed{Triplets: fashion(10), BatchSize: 1, Seed: 9}
	var counts [100]int
	for epoch := range 5000 {
		for place, row := range f.Order(epoch) {
			counts[10*place+row]++
		}
	}
	if chi := chiSquared(counts[:], 50000); chi > 148.2 {
		t.Errorf("chi-squared %.1f: %v", chi, counts)
	}
}

func chiSquared(counts []int, total int) (chi float64) {
	want := float64(total) / float64(len(counts))
	for _, n := range counts {
		chi += (float64(n) - want) * (float64(n) - want) / want
	}
	return chi
}

// Runs of today must be resumed by the program of tomorrow: the draws never change. The values are from a few lines of
// Python that follow the comment of hash.
func TestDrawsAreFrozen(t *testing.T) {
	f := Feed{Triplets: fashion(8), BatchSize: 8}
	if got, want := f.Order(1), []int{6, 0, 7, 3, 4, 2, 1, 5}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	var got []int
	for row := range f.Triplets {
		got = append(got, f.branch(1, row, tokenize.Forward), f.branch(1, row, tokenize.Backward))
	}
	want := []int{0, 0, 1, 1, 3, 3, 3, 2, 1, 3, 2, 2, 1, 3, 3, 1}
	if !slices.Equal(got, want) {
		t.Errorf("branches %v, want %v", got, want)
	}
	// SplitMix64 seeded with 0 begins with this number; one argument of 0 is its first step.
	if got := hash(0); got != 0xE220A8397B1DCDAF {
		t.Errorf("hash(0) = %#x", got)
	}
}

func TestBadFeedsAreRefused(t *testing.T) {
	hidden, odd := fashion(2), fashion(2)
	hidden[1].Target = ""
	odd[0].Captions = []string{"a", "b", "c"}
	for want, f := range map[string]Feed{
		"batch size 0, want 1":                     {Triplets: fashion(3)},
		"no triplets":                              {BatchSize: 2},
		"3 triplets don't fill one batch of 4: ma": {Triplets: fashion(3), BatchSize: 4},
		"dress-train-1 has no target":              {Triplets: hidden, BatchSize: 2},
		"dress-train-0 has 3 captions":             {Triplets: odd, BatchSize: 2},
	} {
		if _, err := f.Epoch(0, 0); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	f := Feed{Triplets: fashion(3), BatchSize: 4, KeepLast: true}
	for _, place := range [][2]int{{-1, 0}, {0, -1}, {0, 2}} {
		if _, err := f.Epoch(place[0], place[1]); err == nil || !strings.Contains(err.Error(), "has 1 steps") {
			t.Errorf("epoch %d, step %d: error %v", place[0], place[1], err)
		}
	}
	if n := (Feed{}).Steps(); n != 0 {
		t.Errorf("an empty feed has %d steps", n)
	}
}
