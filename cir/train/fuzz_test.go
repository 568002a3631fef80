package train_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/cir/train"
	"gocir/torture"
)

// Whatever the files of a run folder hold, it is a run whose recipe is sound, or an error that names a file.
func FuzzOpenRun(f *testing.F) {
	good, err := json.Marshal(recipe(train.Text))
	if err != nil {
		f.Fatal(err)
	}
	const history = `{"epoch":0,"steps":3,"learning_rates":[1,2],"train":{},"seconds":1,"validation":{"metrics":[{"name":"R@1","value":3}],"categories":[{}]}}` + "\n" + `{"epoch":1}`
	f.Add(good, []byte(history), []byte(`{"inputs":"abc"}`))
	for _, bad := range []string{"", "null", "{}", "[]", `{"epoch":-1}`, `{"epoch":1e99}`, `{"validation":{"categories":[` + strings.Repeat(`{"categories":[`, 99), `{"name":"../x"}`, "\xff"} {
		f.Add([]byte(bad), []byte(history), []byte("{}"))
		f.Add(good, []byte(bad), []byte(bad))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, recipe, history, machine []byte) {
		for file, data := range map[string][]byte{"recipe.json": recipe, "metrics.jsonl": history, "machine.json": machine} {
			if err := os.WriteFile(filepath.Join(dir, file), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := torture.Within(uint64(1<<20+500*(len(recipe)+len(history)+len(machine))), 5*time.Second, func() { openFuzzed(t, dir) }); err != nil {
			t.Error(err)
		}
	})
}

func openFuzzed(t *testing.T, dir string) {
	named := func(err error, file string) bool {
		if err != nil && !strings.Contains(err.Error(), filepath.Join(dir, file)) {
			t.Errorf("the error %q does not name %s", err, file)
		}
		return err == nil
	}
	run, err := train.OpenRun(dir)
	if !named(err, "recipe.json") {
		return
	}
	recipe, err := run.Recipe()
	if named(err, "recipe.json") && recipe.Validate() != nil {
		t.Errorf("a run of the recipe %+v", recipe)
	}
	_, err = run.About()
	named(err, "machine.json")
	history, err := run.History()
	if !named(err, "metrics.jsonl") {
		return
	}
	for i, record := range history {
		if record.Epoch != i {
			t.Errorf("record %d is of epoch %d", i, record.Epoch)
		}
		if record.Validation != nil {
			record.Validation.Original()
		}
	}
	if finished, err := run.Finished(); finished || err != nil {
		t.Errorf("finished without weights: %v, %v", finished, err)
	}
}
