package eval_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"gocir/cir/eval"
	"gocir/datasets"
)

func metric(t *testing.T, r eval.Result, name string) float64 {
	t.Helper()
	value, ok := r.Metric(name)
	if !ok {
		t.Fatalf("no metric %q in %v", name, r.Metrics)
	}
	return value
}

// Twelve images, the target of the one query at place 10: not in R@10 of the whole split, but in that of the VAL
// gallery, which holds the reference and the target alone.
func TestVALGalleryIsSmaller(t *testing.T) {
	split := &datasets.Split{Name: "val", Category: "shirt", Gallery: strings.Split("abcdefghijkl", "")}
	split.Triplets = []datasets.Triplet{{ID: "0", Reference: "a", Target: "l"}}
	scores := []float32{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 1, 2}
	whole := measure(t, mustNew(t, eval.FashionIQ, split), scores)
	val := measure(t, mustNew(t, eval.FashionIQVAL, split), scores)
	if whole.Gallery != 12 || metric(t, whole, "R@10") != 0 || metric(t, whole, "R@50") != 100 {
		t.Errorf("original split: %+v", whole)
	}
	if val.Gallery != 2 || metric(t, val, "R@10") != 100 || val.Protocol == whole.Protocol {
		t.Errorf("VAL: %+v", val)
	}
}

// The target is second of five: R@1 and Rs@1 are 0, which makes the harmonic and the geometric mean 0.
func TestCIRRResultByHand(t *testing.T) {
	r := measure(t, mustNew(t, eval.CIRR, smallCIRR()), []float32{1, 0.1, 0.4, 0.2, 0.6, 0.3})
	want := []eval.Metric{
		{"R@1", 0},
		{"R@5", 100},
		{"R@10", 100},
		{"R@50", 100},
		{"Rs@1", 0},
		{"Rs@2", 100},
		{"Rs@3", 100},
		{"mean(R@5, Rs@1)", 50},
		{"arithmetic mean", 500.0 / 7},
		{"harmonic mean", 0},
		{"geometric mean", 0},
	}
	if !reflect.DeepEqual(r.Metrics, want) {
		t.Errorf("metrics %v, want %v", r.Metrics, want)
	}
	if r.Dataset != "cirr" || r.Queries != 1 || r.Gallery != 6 || r.Ties != 0 {
		t.Errorf("result %+v", r)
	}
}

func TestCombineTakesTheMeanOverCategories(t *testing.T) {
	category := func(name string, at10, at50 float64) eval.Result {
		return eval.Result{
			Dataset: "fashioniq", Split: "val", Category: name, Protocol: eval.FashionIQ, Queries: 10, Gallery: 100, Ties: 1,
			LeftOut: []string{name + "-1"}, Metrics: []eval.Metric{{"R@10", at10}, {"R@50", at50}},
		}
	}
	all, err := eval.Combine(category("dress", 10, 50), category("shirt", 30, 100))
	if err != nil {
		t.Fatal(err)
	}
	if metric(t, all, "R@10") != 20 || metric(t, all, "R@50") != 75 || metric(t, all, "average recall") != 47.5 {
		t.Errorf("metrics %v", all.Metrics)
	}
	if all.Queries != 20 || all.Gallery != 200 || all.Ties != 2 || !reflect.DeepEqual(all.LeftOut, []string{"dress-1", "shirt-1"}) {
		t.Errorf("counts %+v", all)
	}
	var names []string
	for _, m := range all.Original() {
		names = append(names, m.Name)
	}
	want := "dress_recall_at10 dress_recall_at50 shirt_recall_at10 shirt_recall_at50 average_recall_at10 average_recall_at50 average_recall"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("original names %s, want %s", got, want)
	}
}

func TestOriginalNamesOfCIRR(t *testing.T) {
	r := measure(t, mustNew(t, eval.CIRR, smallCIRR()), []float32{1, 0.1, 0.4, 0.2, 0.6, 0.3})
	var names []string
	for _, m := range r.Original() {
		names = append(names, m.Name)
	}
	want := "recall_at1 recall_at5 recall_at10 recall_at50 group_recall_at1 group_recall_at2 group_recall_at3 " +
		"mean(R@5+R_s@1) arithmetic_mean harmonic_mean geometric_mean"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("original names %s, want %s", got, want)
	}
}

func TestCombineRefusesOtherThings(t *testing.T) {
	one := measure(t, mustNew(t, eval.FashionIQ, small()), []float32{1, 2, 3, 4}, []float32{1, 2, 3, 4})
	val := measure(t, mustNew(t, eval.FashionIQVAL, small()), []float32{1, 2, 3, 4}, []float32{1, 2, 3, 4})
	cirr := measure(t, mustNew(t, eval.CIRR, smallCIRR()), []float32{1, 2, 3, 4, 5, 6})
	for _, parts := range [][]eval.Result{nil, {{}}, {one, val}, {cirr}} {
		if r, err := eval.Combine(parts...); err == nil {
			t.Errorf("combining %v gave %v, want an error", parts, r)
		}
	}
}

// Values 1, 2, 3 have the mean 2 and the sample deviation 1.
func TestSummarizeOverSeeds(t *testing.T) {
	run := func(v float64) eval.Result {
		return eval.Result{Protocol: eval.CIRR, Split: "val", Metrics: []eval.Metric{{"R@1", v}}}
	}
	s, err := eval.Summarize(run(1), run(2), run(3))
	if err != nil || len(s) != 1 || s[0].Mean != 2 || math.Abs(s[0].Deviation-1) > 1e-12 {
		t.Errorf("summary %+v, error %v", s, err)
	}
	if s, err := eval.Summarize(run(5)); err != nil || s[0].Deviation != 0 {
		t.Errorf("one run: %+v, error %v", s, err)
	}
	if _, err := eval.Summarize(run(1), eval.Result{Protocol: eval.FashionIQ, Metrics: run(1).Metrics}); err == nil {
		t.Error("two protocols: no error")
	}
}

// A result goes through JSON unchanged.
func TestResultIsPlainData(t *testing.T) {
	part := measure(t, mustNew(t, eval.FashionIQ, small()), []float32{1, 2, 3, 4}, []float32{1, 1, 1, 1})
	all, err := eval.Combine(part)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var back eval.Result
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(all, back) {
		t.Errorf("back from JSON: %+v (error %v), want %+v", back, err, all)
	}
	if part.Ties != 1 {
		t.Errorf("ties %d, want 1: all scores of the second query are equal", part.Ties)
	}
}
