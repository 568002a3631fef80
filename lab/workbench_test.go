package lab_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gocir/cir/cirtest"
	"gocir/cir/train"
	"gocir/datasets/folder"
	"gocir/datasets/wardrobe"
	"gocir/lab"
	"gocir/models"
)

// bench opens a quick workbench in dir.
func bench(t *testing.T, dir string, change func(*lab.WorkbenchOptions)) *lab.Workbench {
	t.Helper()
	o := lab.WorkbenchOptions{Dir: dir, Backend: cirtest.Backend(t), Images: wardrobe.MinImages, Quick: true}
	if change != nil {
		change(&o)
	}
	w, err := lab.OpenWorkbench(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func chain(t *testing.T, dataset string) lab.Chain {
	t.Helper()
	c := lab.Chain{Name: dataset}
	for _, stage := range []string{"text", "combiner"} {
		r, err := models.Resolve(stage+"-"+dataset+"-tiny", "BatchSize=16")
		if err != nil {
			t.Fatal(err)
		}
		c.Recipes = append(c.Recipes, r)
	}
	return c
}

func runFolders(t *testing.T, w *lab.Workbench) []string {
	t.Helper()
	entries, err := os.ReadDir(w.Runs())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A second workbench in the same folder draws nothing and trains nothing, and its links measure the same.
func TestWorkbenchTakesUpWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	first := bench(t, dir, nil)
	chains := []lab.Chain{chain(t, "fashioniq"), chain(t, "cirr"), chain(t, "cirr").Seeded(1)}
	want, err := first.RunChains(t.Context(), "training", chains)
	if err != nil {
		t.Fatal(err)
	}
	made := runFolders(t, first)
	if len(made) != 1+2*len(chains) {
		t.Errorf("%d runs, want pretraining and %d", len(made), 2*len(chains))
	}
	told := 0
	second := bench(t, dir, func(o *lab.WorkbenchOptions) {
		o.Watch = func(what string, done, _ int) {
			if told = done; what != "training" {
				t.Errorf("%s again", what)
			}
		}
	})
	got, err := second.RunChains(t.Context(), "training", chains)
	if err != nil {
		t.Fatal(err)
	}
	if after := runFolders(t, second); !slices.Equal(after, made) || second.Pretrained != first.Pretrained {
		t.Errorf("runs %v, want those that were there, %v", after, made)
	}
	for i := range want {
		for j := range want[i] {
			if !slices.Equal(got[i][j].Result.Metrics, want[i][j].Result.Metrics) || got[i][j].Run.Dir != want[i][j].Run.Dir {
				t.Errorf("chain %d, link %d: %v, want %v", i, j, got[i][j].Result.Metrics, want[i][j].Result.Metrics)
			}
		}
	}
	if told != 6 { // quick trainings have an epoch each: a bar ends, though nothing was trained
		t.Errorf("told of %d epochs, want all 6", told)
	}
	if slices.Equal(want[1][0].Result.Metrics, want[2][0].Result.Metrics) {
		t.Error("another seed measures the same")
	}
}

// Another recipe, other starting weights, other data or the wish to train anew make a new run.
func TestWorkbenchTrainsWhatIsNew(t *testing.T) {
	dir := t.TempDir()
	w := bench(t, dir, nil)
	r := chain(t, "cirr").Recipes[0].But("text-cirr-tiny", func(r *train.Recipe) { r.Epochs, r.MaxSteps = 1, 2 })
	run := func(w *lab.Workbench, r train.Recipe, files models.Files) string {
		t.Helper()
		made, err := w.Train(t.Context(), r, files, nil)
		if err != nil {
			t.Fatal(err)
		}
		return made.Dir
	}
	first := run(w, r, models.Files{})
	if again := run(w, r, models.Files{}); again != first {
		t.Errorf("the same training was made again: %s and %s", first, again)
	}
	seen := map[string]string{first: "the first"}
	other := func(what, dir string) {
		t.Helper()
		if before, ok := seen[dir]; ok {
			t.Errorf("%s took up the run of %s", what, before)
		}
		seen[dir] = what
	}
	other("another rate", run(w, r.But(r.Name, func(r *train.Recipe) { r.LearningRate /= 2 }), models.Files{}))
	other("another text encoder", run(w, r, models.Files{Text: filepath.Join(first, "last", "tuned_blip_last.safetensors")}))
	w.Anew = true
	other("anew", run(w, r, models.Files{}))
	other("more pictures", run(bench(t, filepath.Join(dir, "more"), func(o *lab.WorkbenchOptions) { o.Images++ }), r, models.Files{}))
}

// The sample is scenes of no training split, named by what they show, and made once.
func TestSample(t *testing.T) {
	w := bench(t, t.TempDir(), nil)
	dir, err := w.Sample(20)
	if err != nil {
		t.Fatal(err)
	}
	d, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if names := d.Names(); len(names) != 20 {
		t.Errorf("%d pictures, want 20", len(names))
	}
	seen := map[string]bool{}
	for _, each := range w.Drawn.Descriptions("train") {
		data, err := w.Dataset(each.Dataset).Image(each.Image)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(data)] = true
	}
	named := regexp.MustCompile(`^(meadow|beach|snow|desert|street|forest)/(no-animals|[1-4]-[a-z-]+)-\d{3}\.png$`)
	for _, name := range d.Names() {
		data, err := d.Image(name)
		if err != nil || seen[string(data)] || !named.MatchString(name) {
			t.Errorf("%s: read with %v, trained on %v", name, err, seen[string(data)])
		}
	}
	kept := filepath.Join(dir, filepath.FromSlash(d.Names()[0]))
	if err := os.WriteFile(kept, []byte("mine now"), 0o644); err != nil {
		t.Fatal(err)
	}
	if again, err := w.Sample(20); err != nil || again != dir {
		t.Errorf("again: %s, %v", again, err)
	}
	if data, err := os.ReadFile(kept); err != nil || string(data) != "mine now" {
		t.Errorf("a picture that was there was overwritten (%v)", err)
	}
	if _, err := w.Sample(1e6); err == nil || !strings.Contains(err.Error(), "there are") {
		t.Errorf("too many: %v", err)
	}
}
