package lab_test

import (
	"reflect"
	"testing"

	"gocir/cir/eval"
	"gocir/lab"
)

// A row has the chain's name and the results of its last training, seed by seed: the same as each chain alone.
func TestRunSeedsGivesARowPerChain(t *testing.T) {
	w := bench(t, t.TempDir(), nil)
	both := chain(t, "cirr")
	first := lab.Chain{Name: "stage I", Recipes: both.Recipes[:1]}
	rows, err := w.RunSeeds(t.Context(), "training", 2, first, both)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 {
		t.Fatalf("%d rows for 2 chains", len(rows))
	}
	for i, c := range []lab.Chain{first, both} {
		var want []eval.Result
		for seed := range 2 {
			links, err := w.RunChain(t.Context(), c.Seeded(seed), nil)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, links[len(links)-1].Result)
		}
		if rows[i].Name != c.Name || !reflect.DeepEqual(rows[i].Runs, want) {
			t.Errorf("row %d is %+v, want %s with %+v", i, rows[i], c.Name, want)
		}
	}
}
