package lab_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/cir/cirtest"
	"gocir/cir/eval"
	"gocir/lab"
	"gocir/models"
)

// reproduction has the tiny model's files under the released names: a rehearsal of what a user does with the real ones.
func reproduction(t *testing.T, dataset string) lab.Reproduction {
	t.Helper()
	f, _ := files(t)
	dir := t.TempDir()
	for _, released := range models.ReleasedCheckpoints {
		if released.Dataset == dataset && released.Part == "Combiner" {
			copyFile(t, f.Combiner, filepath.Join(dir, released.File))
		}
		if released.Dataset == dataset && released.Part == "text encoder" {
			r := tinyRecipe(t, "text-"+dataset+"-tiny")
			copyFile(t, trained(t, session(t, r.Name, nil), r).Run.Last(r), filepath.Join(dir, released.File))
		}
	}
	copyFile(t, f.Pretrained, filepath.Join(dir, "model_base.pth"))
	drawn, err := data()
	if err != nil {
		t.Fatal(err)
	}
	return lab.Reproduction{Dataset: dataset, Weights: dir, Data: drawn, Backend: cirtest.Backend(t), Vocabulary: vocabulary(t)}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
}

// With everything there, both data sets are evaluated, and files that are not the released ones are called so.
func TestReproductionRunsWhereAllIsThere(t *testing.T) {
	for _, dataset := range []string{"fashioniq", "cirr"} {
		r := reproduction(t, dataset)
		needs, err := r.Needs()
		if err != nil || len(needs) != 4 {
			t.Fatalf("%d needs (%v), want 4", len(needs), err)
		}
		for _, n := range needs {
			if !n.There || (strings.HasPrefix(n.What, "released") && !strings.HasPrefix(n.Found, "another file, SHA-1 ")) {
				t.Errorf("%s: need %+v", dataset, n)
			}
		}
		results, err := r.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if results.Dataset != dataset || results.Split != "val" || results.Composer != lab.Combiner || len(results.Results[0].Metrics) < 3 {
			t.Errorf("results %+v", results)
		}
	}
}

// What is missing is listed with where to put it and where it comes from, and nothing is evaluated.
func TestReproductionSaysWhatIsMissing(t *testing.T) {
	r := reproduction(t, "cirr")
	if err := os.Remove(filepath.Join(r.Weights, "combiner_mean.pt")); err != nil {
		t.Fatal(err)
	}
	r.Data = t.TempDir()
	_, err := r.Run(t.Context())
	missing := new(lab.MissingNeedsError)
	if !errors.As(err, &missing) || len(missing.Needs) != 2 {
		t.Fatalf("err = %v", err)
	}
	for _, word := range []string{filepath.Join(r.Weights, "combiner_mean.pt"), "Bi-Blip4CIR", r.Data, "datasets/README.md"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not say %q", err, word)
		}
	}
	needs, err := lab.Reproduction{Dataset: "fashioniq", Weights: "/nowhere", Data: "/nowhere"}.Needs()
	if err != nil || len(needs) != 4 {
		t.Fatalf("%d needs (%v)", len(needs), err)
	}
	if table := lab.NeedsTable("needs", needs); table.Validate() != nil || len(table.Rows) != 4 {
		t.Errorf("table %+v", table)
	}
	for _, n := range needs {
		if n.There || n.Found != "missing" {
			t.Errorf("need %+v, want missing", n)
		}
	}
}

// Published metrics stand beside those of the same name, FashionIQ's by category.
func TestComparedTable(t *testing.T) {
	measured := eval.Result{
		Metrics:    []eval.Metric{{Name: "R@10", Value: 44}, {Name: "average recall", Value: 55}},
		Categories: []eval.Result{{Category: "dress", Metrics: []eval.Metric{{Name: "R@10", Value: 42}}}},
	}
	published := models.Published{Metrics: map[string]float64{"dress R@10": 42.09, "R@10": 43.49}}
	var text strings.Builder
	if err := lab.ComparedTable("t", published, measured).WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	want := "metric,published,here,difference\ndress R@10,42.09,42,-0.09"
	if !strings.HasPrefix(text.String(), want) || !strings.Contains(text.String(), "average recall,,55,\n") {
		t.Errorf("%s", text.String())
	}
}
