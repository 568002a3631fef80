package lab_test

import (
	"slices"
	"strings"
	"testing"

	"gocir/lab"
)

// The best five of a query are those of the evaluation of its triplet: same texts, same composer, same order.
func TestFinderFindsWhatTheEvaluationFinds(t *testing.T) {
	s := session(t, "combiner-cirr-tiny", nil)
	d := dataset(t, "cirr")
	split, err := d.Split("", "val")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []lab.Composer{lab.Sum, lab.Combiner} {
		finder, err := s.Finder(t.Context(), d, split.Gallery, c)
		if err != nil {
			t.Fatal(err)
		}
		e := slow{t, s, d}
		for _, triplet := range split.Triplets[:5] {
			query, err := finder.Compose(t.Context(), triplet.Reference, triplet.Captions...)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range e.compose(c, triplet) {
				if diff := float64(query[i]) - want; diff > 1e-5 || diff < -1e-5 {
					t.Fatalf("%s, triplet %s, number %d: %v, want %v", c, triplet.ID, i, query[i], want)
				}
			}
			hits, err := finder.Find(t.Context(), 5, triplet.Reference, triplet.Captions...)
			if err != nil {
				t.Fatal(err)
			}
			best, err := finder.Index.Search(query, 6)
			if err != nil {
				t.Fatal(err)
			}
			for _, hit := range hits {
				if hit.Name == triplet.Reference || !slices.Contains(best, hit) {
					t.Errorf("%s, triplet %s: %v is not among %v", c, triplet.ID, hit, best)
				}
			}
		}
	}
}

// A reference from outside the gallery works too; a missing one, no caption, or a third one is an error that says so.
func TestFinderReferences(t *testing.T) {
	s := session(t, "text-cirr-tiny", nil)
	d := dataset(t, "cirr")
	split, err := d.Split("", "val")
	if err != nil {
		t.Fatal(err)
	}
	outside, gallery := split.Gallery[0], split.Gallery[1:]
	finder, err := s.Finder(t.Context(), d, gallery, lab.Sum)
	if err != nil {
		t.Fatal(err)
	}
	hits, err := finder.Find(t.Context(), 3, outside, "shows two dogs")
	if err != nil || len(hits) != 3 {
		t.Errorf("%d hits (%v)", len(hits), err)
	}
	row := finder.Row(hits, outside, "shows two dogs", hits[1].Name)
	if row.Rank != 1 || !row.Found[1].Hit || row.Found[0].Hit || row.Reference == nil || row.Target == nil {
		t.Errorf("row %+v", row)
	}
	for want, try := range map[string]func() error{
		"no-such-picture": func() error { _, err := finder.Find(t.Context(), 3, "no-such-picture", "is red"); return err },
		"captions":        func() error { _, err := finder.Find(t.Context(), 3, outside); return err },
	} {
		if err := try(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("err = %v, want one that names %q", err, want)
		}
	}
}
