package eval_test

import (
	"reflect"
	"strings"
	"testing"

	"gocir/cir/eval"
	"gocir/datasets"
)

func TestBadSplitsAreRefused(t *testing.T) {
	for _, c := range []struct {
		protocol eval.Protocol
		change   func(*datasets.Split)
		want     string
	}{
		{"r@10", func(*datasets.Split) {}, "choose one of fashioniq-split fashioniq-val cirr"},
		{eval.CIRR, func(s *datasets.Split) { s.Triplets = nil }, "no query"},
		{eval.CIRR, func(s *datasets.Split) { s.Gallery = nil }, `reference "a" is not in the gallery of 0 images`},
		{eval.CIRR, func(s *datasets.Split) { s.Gallery = []string{"a", "b", "a"} }, "twice, at 0 and 2"},
		{eval.FashionIQ, func(s *datasets.Split) { s.Triplets[0].Reference = "x" }, `triplet 12: reference "x" is not in the gallery`},
		{eval.FashionIQ, func(s *datasets.Split) { s.Triplets[0].Target = "x" }, `target "x" is not in the gallery`},
		{eval.CIRR, func(s *datasets.Split) { s.Triplets[0].Target = "a" }, "is the reference"},
		{eval.CIRR, func(s *datasets.Split) { s.Triplets[0].Subset = nil }, "not in the subset"},
		{eval.CIRR, func(s *datasets.Split) { s.Triplets[0].Subset = []string{"a", "c", "x"} }, `subset image "x"`},
		{eval.CIRR, func(s *datasets.Split) { s.Triplets[0].Subset = []string{"a", "c", "c"} }, "in the subset twice"},
		{eval.CIRR, func(s *datasets.Split) {
			s.Triplets = append(s.Triplets, datasets.Triplet{ID: "13", Reference: "b"})
		}, "triplet 13: some triplets have a target"},
	} {
		split := smallCIRR()
		c.change(split)
		if _, err := eval.New(c.protocol, split); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func TestEachQueryCountsOnce(t *testing.T) {
	e := mustNew(t, eval.FashionIQ, small())
	o, err := e.Outcome(1, []float32{1, 2, 3, 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(o); err != nil {
		t.Fatal(err)
	}
	if err := e.Add(o); err == nil || !strings.Contains(err.Error(), "added before") {
		t.Errorf("added twice: error %v", err)
	}
	if err := e.Add(eval.Outcome{Query: 7}); err == nil || !strings.Contains(err.Error(), "no query 7") {
		t.Errorf("query 7: error %v", err)
	}
	if _, err := e.Result(); err == nil || !strings.Contains(err.Error(), "query 0 (triplet 0) was not ranked") {
		t.Errorf("unfinished: error %v", err)
	}
}

// CIRR's test split hides the targets: it can be ranked, not measured.
func TestHiddenTargetsHaveNoResult(t *testing.T) {
	split := smallCIRR()
	split.Name, split.Triplets[0].Target = "test1", ""
	e := mustNew(t, eval.CIRR, split)
	o, err := e.Outcome(0, []float32{6, 5, 4, 3, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	if o.Rank != -1 || o.SubsetRank != -1 || strings.Join(o.SubsetTop, "") != "bcdef" {
		t.Errorf("outcome %+v", o)
	}
	if err := e.Add(o); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Result(); err == nil || !strings.Contains(err.Error(), "submission") {
		t.Errorf("error %v, want one that points to submissions", err)
	}
	if err := eval.Measurable(eval.CIRR, split); err == nil || !strings.Contains(err.Error(), "submission") {
		t.Errorf("error %v beforehand, want one that points to submissions", err)
	}
	if err := eval.Measurable(eval.CIRR, smallCIRR()); err != nil {
		t.Error(err)
	}
}

// Without b, the first query of the two has no target; the second is still whole.
func TestPresentLeavesQueriesOut(t *testing.T) {
	present, leftOut, err := eval.Present(small(), []string{"b"})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(leftOut, []string{"0"}) || len(present.Triplets) != 1 || strings.Join(present.Gallery, "") != "acd" {
		t.Errorf("left out %v, present %+v", leftOut, present)
	}
	e := mustNew(t, eval.FashionIQ, present)
	e.LeaveOut(leftOut...)
	r := measure(t, e, []float32{1, 2, 3})
	if r.Queries != 1 || !reflect.DeepEqual(r.LeftOut, []string{"0"}) {
		t.Errorf("result %+v", r)
	}
	if _, _, err := eval.Present(small(), []string{"a"}); err == nil {
		t.Error("both queries need a: no error")
	}
	if _, leftOut, _ := eval.Present(smallCIRR(), []string{"f"}); len(leftOut) != 1 {
		t.Errorf("left out %v, want the query whose subset lacks f", leftOut)
	}
}

func TestProtocols(t *testing.T) {
	for _, dataset := range []string{"fashioniq", "cirr"} {
		for _, p := range eval.Protocols(dataset) {
			if p.Dataset() != dataset || p.Validate() != nil || p.Describe() == string(p) {
				t.Errorf("%s: data set %s, description %q", p, p.Dataset(), p.Describe())
			}
		}
	}
	if got := eval.Protocols("other"); got != nil {
		t.Errorf("protocols of another data set: %v", got)
	}
}
