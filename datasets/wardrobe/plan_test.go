package wardrobe

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func mustPlan(t *testing.T, o Options) []*shelf {
	t.Helper()
	shelves, err := plan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return shelves
}

// Of all looks in the gallery, only the target is like the reference wherever the captions are silent, and has every
// rule say of it what it says of the target. This walks the whole gallery, unlike the code that chose the captions.
func TestTargetsAreUnique(t *testing.T) {
	for _, s := range mustPlan(t, Options{Images: 2000, Seed: 3}) {
		for _, tr := range s.triplets {
			ref, target := s.gallery.looks[tr.reference], s.gallery.looks[tr.target]
			var about slotSet
			for _, rule := range tr.said {
				about |= rule.changes
			}
			if differences(ref, target)&^about != 0 {
				t.Fatalf("%q says too little", tr.captions)
			}
			for i, l := range s.gallery.looks {
				fits := differences(ref, l)&^about == 0 && !slices.ContainsFunc(tr.said, func(r rule) bool {
					return r.means(ref, l) != r.means(ref, target)
				})
				if fits != (i == tr.target) {
					t.Fatalf("%q: look %d of the gallery fits: %v, the target is %d", tr.captions, i, fits, tr.target)
				}
			}
		}
	}
}

// Meaning looks only at what a rule declares: other slots of the target must not change it.
func TestRulesLookWhereTheySay(t *testing.T) {
	for _, s := range mustPlan(t, Options{Images: 600, Seed: 4}) {
		for _, tr := range s.triplets {
			ref, target := s.gallery.looks[tr.reference], s.gallery.looks[tr.target]
			for _, rule := range s.kind.rules {
				only := ref
				for _, i := range rule.changes.list() {
					only[i] = target[i]
				}
				if rule.means(ref, target) != rule.means(ref, only) {
					t.Fatalf("a rule about %v looks elsewhere", rule.changes.list())
				}
			}
		}
	}
}

func TestSharesOfTheDataSet(t *testing.T) {
	for _, images := range []int{MinImages, 333, 3000} {
		pictures, train, relative, all := 0, 0, 0, 0
		for _, s := range mustPlan(t, Options{Images: images, Seed: 1}) {
			pictures += len(s.names)
			all += len(s.triplets)
			if len(s.triplets) == 0 {
				t.Errorf("%d images: %s %s has no triplets", images, s.category, s.split)
			}
			if s.split == "train" {
				train += len(s.triplets)
			}
			for _, tr := range s.triplets {
				if slices.ContainsFunc(tr.said, func(r rule) bool { return r.relative }) {
					relative++
				}
			}
		}
		if pictures != images {
			t.Errorf("%d pictures for %d", pictures, images)
		}
		if share := float64(relative) / float64(all); share < 0.25 || share > 0.6 {
			t.Errorf("%d images: %.2f of the captions need the reference", images, share)
		}
		if images == 3000 && train < 2000 {
			t.Errorf("%d training triplets", train)
		}
	}
}

// No reference is closer to its target than to all else: pictures alone don't give the answer away.
func TestDistractors(t *testing.T) {
	s := mustPlan(t, Options{Images: 3000, Seed: 1})[4]
	close, total := 0, 0
	for _, tr := range s.triplets {
		ref := s.gallery.looks[tr.reference]
		far := len(differences(ref, s.gallery.looks[tr.target]).list())
		for _, l := range s.gallery.looks {
			if n := len(differences(ref, l).list()); n > 0 && n <= far {
				close++
			}
		}
		total++
	}
	if mean := float64(close) / float64(total); mean < 5 {
		t.Errorf("only %.1f pictures are as near to the reference as the target", mean)
	}
}

func TestNamesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range mustPlan(t, Options{Images: 2000, Seed: 2}) {
		for _, name := range s.names {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
	}
}

// Every word of captions and descriptions is a token of its own.
func TestVocabularyHasEveryWord(t *testing.T) {
	tokens := strings.Split(strings.TrimSpace(string(vocabulary())), "\n")
	known := map[string]bool{}
	for _, token := range tokens {
		if known[token] {
			t.Errorf("%q is there twice", token)
		}
		known[token] = true
	}
	if tokens[0] != "[PAD]" || !known["forward"] || !known["backward"] || !known["##z"] || !known["."] {
		t.Errorf("vocabulary begins with %q", tokens[:6])
	}
	d := drawing{files: map[string][]byte{}}
	shelves := mustPlan(t, Options{Images: 3000, Seed: 11})
	if err := d.addShelves(shelves, Options{Format: "png"}); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for _, s := range shelves {
		for _, tr := range s.triplets {
			text.WriteString(strings.Join(tr.captions, "\n") + "\n")
		}
	}
	for i := range d.pictures {
		text.WriteString(strings.Join(d.pictures[i].descriptions(11), "\n") + "\n")
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(text.String()), func(r rune) bool { return strings.ContainsRune(" \n.,:", r) }) {
		if !known[word] {
			t.Errorf("%q is not in the vocabulary", word)
			known[word] = true
		}
	}
}
