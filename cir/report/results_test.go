package report

import (
	"strings"
	"testing"

	"gocir/cir/eval"
)

// measured is a FashionIQ result with one category.
func measured(category, average float64) eval.Result {
	return eval.Result{
		Dataset: "fashioniq", Split: "val", Protocol: eval.FashionIQ, Queries: 20, Gallery: 100, Ties: 1, LeftOut: []string{"dress-val-3"},
		Metrics: []eval.Metric{{Name: "R@10", Value: average}},
		Categories: []eval.Result{{
			Category: "dress", Split: "val", Protocol: eval.FashionIQ, Metrics: []eval.Metric{{Name: "R@10", Value: category}},
		}},
	}
}

// Two seeds with 40 and 42 have the mean 41 and the deviation √2; published numbers lack the category.
func TestResultsTable(t *testing.T) {
	published := eval.Result{Split: "val", Protocol: eval.FashionIQ, Metrics: []eval.Metric{{Name: "R@10", Value: 43.49}}}
	table, err := Results("FashionIQ",
		Measured{"ours", []eval.Result{measured(40, 30), measured(42, 30)}},
		Measured{"published", []eval.Result{published}})
	if err != nil {
		t.Fatal(err)
	}
	want := "run,split,dress R@10,dress R@10 deviation,R@10,R@10 deviation\nours,val,41,1.4142135623730951,30,0\npublished,val,,,43.49,\n"
	if got := written(t, table, "csv"); got != want {
		t.Errorf("table:\n%s\nwant\n%s", got, want)
	}
	notes := strings.Join(table.Notes, "\n")
	for _, note := range []string{
		"fashioniq-split", "the reference stays in the ranking", "20 queries, 100 gallery images, 1 with a tied target, 1 left out", "over 2 runs",
	} {
		if !strings.Contains(notes, note) {
			t.Errorf("notes lack %q:\n%s", note, notes)
		}
	}
	if strings.Contains(notes, "published:") {
		t.Errorf("notes tell sizes of published numbers:\n%s", notes)
	}
}

func TestResultsOfTwoProtocolsShareNoTable(t *testing.T) {
	val := measured(1, 1)
	val.Protocol = eval.FashionIQVAL
	test := measured(1, 1)
	test.Split = "test"
	for _, c := range []struct {
		rows []Measured
		want string
	}{
		{[]Measured{{"a", []eval.Result{measured(1, 1)}}, {"b", []eval.Result{val}}}, "protocols fashioniq-split and fashioniq-val"},
		{[]Measured{{"a", []eval.Result{measured(1, 1), test}}}, "splits val and test"},
		{[]Measured{{"a", nil}}, "a has no result"},
		{nil, "nothing was measured"},
	} {
		if _, err := Results("T", c.rows...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}
