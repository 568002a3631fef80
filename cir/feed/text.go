package feed

import (
	"fmt"

	"gocir/cir/tokenize"
	"gocir/datasets"
)

// ValidationTexts are the modification texts that a split is evaluated with, one per triplet: forward, and both
// captions of FashionIQ in their order. noMarks leaves the direction marks out. A triplet with neither one nor two
// captions is an error.
func ValidationTexts(triplets []datasets.Triplet, noMarks bool) ([]string, error) {
	texts := make([]string, len(triplets))
	for i, t := range triplets {
		if err := checkCaptions(t); err != nil {
			return nil, fmt.Errorf("modification texts: %w", err)
		}
		texts[i] = text(t, tokenize.Forward, tokenize.Both, noMarks)
	}
	return texts, nil
}

// Texts are all texts that the batches of any epoch can hold, each once, in order of the triplets: at most eight per
// triplet. A text encoder that is frozen need not see more.
func (f Feed) Texts() ([]string, error) {
	seen := make(map[string]bool)
	var texts []string
	for _, t := range f.Triplets {
		if err := checkCaptions(t); err != nil {
			return nil, fmt.Errorf("modification texts: %w", err)
		}
		for _, d := range []tokenize.Direction{tokenize.Forward, tokenize.Backward} {
			for branch := range tokenize.Branches {
				if text := text(t, d, branch, f.NoMarks); !seen[text] {
					seen[text] = true
					texts = append(texts, text)
				}
			}
		}
	}
	return texts, nil
}

// text is a triplet's modification text. A single caption has one form, whatever the branch.
func text(t datasets.Triplet, d tokenize.Direction, branch int, noMarks bool) string {
	switch {
	case !noMarks:
		return tokenize.ModificationText(t.Captions, d, branch)
	case len(t.Captions) == 2:
		return tokenize.FashionIQText(t.Captions[0], t.Captions[1], branch)
	}
	return t.Captions[0]
}

func checkCaptions(t datasets.Triplet) error {
	if n := len(t.Captions); n != 1 && n != 2 {
		return fmt.Errorf("triplet %s has %d captions, want 1 (CIRR) or 2 (FashionIQ)", t.ID, n)
	}
	return nil
}
