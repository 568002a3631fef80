package lab_test

import (
	"math"
	"slices"
	"testing"

	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/lab"
	"gocir/models"
)

// inBothPrecisions trains both stages on a data set with each seed, all in float32 and all in bfloat16: the links of the
// chains, seed by seed.
func inBothPrecisions(t testing.TB, w *lab.Workbench, dataset string, seeds int, changes ...string) (float32s, bfloat16s [][]lab.Link) {
	t.Helper()
	wide, narrow := lab.Chain{Name: dataset}, lab.Chain{Name: dataset + " in bfloat16"}
	for _, stage := range []string{"text", "combiner"} {
		r, err := models.Resolve(stage+"-"+dataset+"-tiny", changes...)
		if err != nil {
			t.Fatal(err)
		}
		wide.Recipes = append(wide.Recipes, r)
		narrow.Recipes = append(narrow.Recipes, r.But(r.Name+"-bfloat16", func(r *train.Recipe) { r.Precision = cir.BFloat16 }))
	}
	var chains []lab.Chain
	for seed := range seeds {
		chains = append(chains, wide.Seeded(seed), narrow.Seeded(seed))
	}
	links, err := w.RunChains(t.Context(), dataset+" in both precisions", chains)
	if err != nil {
		t.Fatal(err)
	}
	for i := range seeds {
		float32s, bfloat16s = append(float32s, links[2*i]), append(bfloat16s, links[2*i+1])
	}
	return float32s, bfloat16s
}

// A training in bfloat16 has the losses of one in float32, nearly, and measures the same within a few queries.
func TestBFloat16TrainsAsFloat32(t *testing.T) {
	w := bench(t, t.TempDir(), nil)
	wide, narrow := inBothPrecisions(t, w, "cirr", 1, "BatchSize=16")
	for stage := range wide[0] {
		want, got := wide[0][stage], narrow[0][stage]
		a, b := want.History[0].Train.Loss, got.History[0].Train.Loss
		if a == b || math.Abs(b-a) > 0.02*a {
			t.Errorf("%s: mean loss %v, in float32 %v", got.Recipe.Name, b, a)
		}
		for i, metric := range want.Result.Metrics {
			d := got.Result.Metrics[i].Value - metric.Value
			if queries := math.Abs(d) / 100 * float64(want.Result.Queries); queries > 3.5 {
				t.Errorf("%s: %s differs by %.1f queries of %d", got.Recipe.Name, metric.Name, queries, want.Result.Queries)
			}
		}
		if got.Session.Model.Precision != cir.BFloat16 {
			t.Errorf("%s is measured in %q", got.Recipe.Name, got.Session.Model.Precision)
		}
	}
}

// Both stages on both drawn data sets at the demo's size, in both precisions, with three seeds each: by how much the
// metric that chooses the checkpoint differs.
//
//	go test -run '^$' -bench DemoSizePrecision -benchtime 1x -timeout 2h ./lab
func BenchmarkDemoSizePrecision(b *testing.B) {
	w, err := lab.OpenWorkbench(b.Context(), lab.WorkbenchOptions{Dir: b.TempDir(), Backend: cirtest.Backend(b)})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for dataset, metric := range map[string]string{"fashioniq": "average recall", "cirr": "mean(R@5, Rs@1)"} {
			wide, narrow := inBothPrecisions(b, w, dataset, 3)
			for stage, name := range []string{"I", "II"} {
				results := func(chains [][]lab.Link) (all []eval.Result) {
					for _, links := range chains {
						all = append(all, links[stage].Result)
					}
					return all
				}
				d := lab.Paired(results(narrow), results(wide), metric)
				base, err := eval.Summarize(results(wide)...)
				if err != nil {
					b.Fatal(err)
				}
				at := slices.IndexFunc(base, func(s eval.Summary) bool { return s.Name == metric })
				b.Logf("%s, stage %s: %s in float32 %.2f ± %.2f; bfloat16 changes it by %s by seed %+.2f", dataset, name, metric,
					base[at].Mean, base[at].Deviation, lab.Change(results(narrow), results(wide), metric), d.Values)
			}
		}
	}
}
