package feed

import (
	"slices"
	"strings"
	"testing"

	"gocir/datasets"
)

var (
	two = datasets.Triplet{ID: "two", Target: "t", Captions: []string{"is Red", "has sleeves."}}
	one = datasets.Triplet{ID: "one", Target: "t", Captions: []string{"Two dogs. "}}
)

func TestValidationTexts(t *testing.T) {
	for noMarks, want := range map[bool][]string{
		false: {"[forward] is red and [FORWARD] has sleeves", " [FORWARD] Two dogs. "},
		true:  {"Is red and has sleeves", "Two dogs. "},
	} {
		got, err := ValidationTexts([]datasets.Triplet{two, one}, noMarks)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("no marks %v: %q, want %q (%v)", noMarks, got, want, err)
		}
	}
	if _, err := ValidationTexts([]datasets.Triplet{two, {ID: "none"}}, false); err == nil ||
		!strings.Contains(err.Error(), "triplet none has 0 captions") {
		t.Errorf("error %v", err)
	}
}

// What the batches of many epochs hold is what Texts lists, no more and no less.
func TestTextsAreAllTexts(t *testing.T) {
	for noMarks, most := range map[bool]int{false: 8 + 2, true: 4 + 1} {
		f := Feed{Triplets: []datasets.Triplet{two, one}, BatchSize: 2, NoMarks: noMarks}
		want, err := f.Texts()
		if err != nil || len(want) != most {
			t.Errorf("%d texts, want %d (%v)", len(want), most, err)
		}
		seen := map[string]bool{}
		for epoch := range 200 {
			for _, b := range all(t, f, epoch, 0) {
				for _, text := range append(b.Forward, b.Backward...) {
					seen[text] = true
				}
			}
		}
		for text := range seen {
			if !slices.Contains(want, text) {
				t.Errorf("%q is not listed", text)
			}
		}
		if len(seen) != most {
			t.Errorf("200 epochs show %d texts, want %d", len(seen), most)
		}
	}
}

func TestSingleCaptionsAreUsedAsTheyAre(t *testing.T) {
	f := Feed{Triplets: []datasets.Triplet{one}, BatchSize: 1}
	for epoch := range 20 {
		b := all(t, f, epoch, 0)[0]
		if b.Forward[0] != " [FORWARD] Two dogs. " || b.Backward[0] != " [BACKWARD] Two dogs. " {
			t.Errorf("texts %q and %q", b.Forward, b.Backward)
		}
	}
}
