package train_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gocir/cir/cirtest"
	"gocir/cir/train"
)

// kept trains a small recipe into a run folder below root.
func kept(t *testing.T, root string, r train.Recipe, about map[string]string) (*train.Run, []train.EpochRecord) {
	t.Helper()
	run, err := train.NewRun(root, r, about)
	if err != nil {
		t.Fatal(err)
	}
	result, err := train.Train(t.Context(), train.Training{Recipe: r, Model: cirtest.TinyModel(t), Data: tinyData(t, r), Run: run})
	if err != nil {
		t.Fatal(err)
	}
	return run, result.History
}

func found(t *testing.T, root string, r train.Recipe, about map[string]string) string {
	t.Helper()
	run, err := train.FindRun(root, r, about)
	if err != nil {
		t.Fatal(err)
	}
	if run == nil {
		return ""
	}
	return run.Dir
}

// What a run keeps is read back as it was: recipe, history, and what was noted.
func TestOpenRunReadsWhatWasKept(t *testing.T) {
	r := recipe(train.Text)
	run, history := kept(t, t.TempDir(), r, map[string]string{"inputs": "abc"})
	again, err := train.OpenRun(run.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Recipe(); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("recipe %+v (%v), want %+v", got, err, r)
	}
	if got, err := again.History(); err != nil || len(got) != 2 || !reflect.DeepEqual(got, history) {
		t.Errorf("history %+v (%v), want %+v", got, err, history)
	}
	if about, err := again.About(); err != nil || about["inputs"] != "abc" || about["started"] == "" {
		t.Errorf("about %v (%v)", about, err)
	}
	if finished, err := again.Finished(); err != nil || !finished {
		t.Errorf("finished: %v (%v)", finished, err)
	}
}

// A run is found by its recipe and what was noted, the latest first, and only when it is finished.
func TestFindRun(t *testing.T) {
	root, r := t.TempDir(), recipe(train.Text)
	first, _ := kept(t, root, r, map[string]string{"inputs": "abc"})
	second, _ := kept(t, root, r, map[string]string{"inputs": "def"})
	if got := found(t, root, r, map[string]string{"inputs": "abc"}); got != first.Dir {
		t.Errorf("found %q, want %q", got, first.Dir)
	}
	if got := found(t, root, r, nil); got != second.Dir {
		t.Errorf("found %q, want the later one, %q", got, second.Dir)
	}
	if got := found(t, root, r.But(r.Name, func(r *train.Recipe) { r.Seed++ }), nil); got != "" {
		t.Errorf("another seed found %q", got)
	}
	if got := found(t, root, r, map[string]string{"inputs": "xyz"}); got != "" {
		t.Errorf("other inputs found %q", got)
	}
}

// Whatever is missing or broken in a run folder, the run is passed over, not an error and not taken for finished.
func TestUnfinishedAndBrokenRunsArePassedOver(t *testing.T) {
	r := recipe(train.Text)
	for what, spoil := range map[string]func(run *train.Run) error{
		"no recipe":          func(run *train.Run) error { return os.Remove(run.Path("recipe.json")) },
		"recipe cut short":   func(run *train.Run) error { return os.Truncate(run.Path("recipe.json"), 20) },
		"no history":         func(run *train.Run) error { return os.Remove(run.Path("metrics.jsonl")) },
		"history cut short":  func(run *train.Run) error { return os.Truncate(run.Path("metrics.jsonl"), 20) },
		"no last epoch":      firstEpochOnly,
		"no machine":         func(run *train.Run) error { return os.Remove(run.Path("machine.json")) },
		"no weights":         func(run *train.Run) error { return os.RemoveAll(run.Path("last")) },
		"weights cut short":  func(run *train.Run) error { return os.Truncate(run.Last(r), 1000) },
		"another's weights":  func(run *train.Run) error { return os.WriteFile(run.Last(r), []byte("nothing"), 0o644) },
		"a folder of a file": func(run *train.Run) error { return spoilFolder(run.Dir) },
	} {
		root := t.TempDir()
		run, _ := kept(t, root, r, map[string]string{"inputs": "abc"})
		if err := spoil(run); err != nil {
			t.Fatal(err)
		}
		if got := found(t, root, r, map[string]string{"inputs": "abc"}); got != "" {
			t.Errorf("%s: found %q", what, got)
		}
	}
}

func firstEpochOnly(run *train.Run) error {
	data, err := os.ReadFile(run.Path("metrics.jsonl"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return os.WriteFile(run.Path("metrics.jsonl"), []byte(line+"\n"), 0o644)
}

func spoilFolder(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.WriteFile(dir, nil, 0o644)
}

// A recipe that was no recipe, and a history that is another's, are told; names that look like patterns are none.
func TestStrangeRuns(t *testing.T) {
	root, r := t.TempDir(), recipe(train.Text)
	r.Name = "a[1]*"
	run, _ := kept(t, root, r, nil)
	if got := found(t, root, r, nil); got != run.Dir {
		t.Errorf("found %q, want %q", got, run.Dir)
	}
	if got := found(t, filepath.Join(root, "nowhere"), r, nil); got != "" {
		t.Errorf("found %q where there is no folder", got)
	}
	for _, spoilt := range [][2]string{{"metrics.jsonl", `{"epoch":1}`}, {"recipe.json", "null"}} {
		file, text := spoilt[0], spoilt[1]
		if err := os.WriteFile(run.Path(file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := train.OpenRun(run.Dir)
		if err == nil {
			_, err = again.History()
		}
		if err == nil || !strings.Contains(err.Error(), run.Path(file)) {
			t.Errorf("%s: err = %v", text, err)
		}
	}
}

// A folder that is no run is an error that names the file that was looked for.
func TestOpenRunOfSomethingElse(t *testing.T) {
	dir := t.TempDir()
	if _, err := train.OpenRun(dir); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "recipe.json")) {
		t.Errorf("err = %v", err)
	}
}
