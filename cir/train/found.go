package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"gocir/checkpoints"
)

// OpenRun opens the folder of an earlier training, to read what it kept.
func OpenRun(dir string) (*Run, error) {
	r := &Run{Dir: dir}
	if _, err := r.Recipe(); err != nil {
		return nil, err
	}
	return r, nil
}

// Recipe is the recipe that made the run.
func (r *Run) Recipe() (Recipe, error) {
	var recipe Recipe
	return recipe, r.readJSON("recipe.json", &recipe)
}

// About is what machine.json says of where and with what the training ran.
func (r *Run) About() (map[string]string, error) {
	var about map[string]string
	return about, r.readJSON("machine.json", &about)
}

// History is metrics.jsonl: a record per epoch, none before the first one ends.
func (r *Run) History() ([]EpochRecord, error) {
	data, err := os.ReadFile(r.Path("metrics.jsonl"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("opening a run: %w", err)
	}
	var history []EpochRecord
	for lines := json.NewDecoder(bytes.NewReader(data)); lines.More(); {
		var record EpochRecord
		if err := lines.Decode(&record); err != nil {
			return nil, fmt.Errorf("opening a run: %s, record %d: %w", r.Path("metrics.jsonl"), len(history)+1, err)
		}
		history = append(history, record)
	}
	return history, nil
}

// Finished tells whether the training made all its epochs, or MaxSteps, and kept the weights that it ended with.
func (r *Run) Finished() (bool, error) {
	recipe, err := r.Recipe()
	if err != nil {
		return false, err
	}
	history, err := r.History()
	if err != nil || len(history) == 0 {
		return false, err
	}
	end := history[len(history)-1]
	if end.Epoch != recipe.Epochs-1 && (recipe.MaxSteps == 0 || end.Steps < recipe.MaxSteps) {
		return false, nil
	}
	last, err := checkpoints.Open(r.Last(recipe)) // it is written after the history
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return last.Metadata()["steps"] == fmt.Sprint(end.Steps), last.Close()
}

// FindRun is the latest finished run of exactly this recipe in the folder root whose machine.json has all of about; nil
// where there is none. Folders that hold no such run are passed over, whatever is wrong with them.
func FindRun(root string, recipe Recipe, about map[string]string) (*Run, error) {
	dirs, err := filepath.Glob(filepath.Join(root, recipe.Name+"-*"))
	if err != nil {
		return nil, fmt.Errorf("looking for runs of %s: %w", recipe.Name, err)
	}
	slices.Sort(dirs) // by their time
	for _, dir := range slices.Backward(dirs) {
		run, err := OpenRun(dir)
		if err != nil {
			continue
		}
		if !run.is(recipe, about) {
			continue
		}
		if finished, err := run.Finished(); err == nil && finished { // reads its weights, so it is asked last
			return run, nil
		}
	}
	return nil, nil
}

func (r *Run) is(recipe Recipe, about map[string]string) bool {
	made, err := r.Recipe()
	if err != nil || !reflect.DeepEqual(made, recipe) {
		return false
	}
	noted, err := r.About()
	for key, value := range about {
		if err != nil || noted[key] != value {
			return false
		}
	}
	return true
}

func (r *Run) readJSON(name string, value any) error {
	data, err := os.ReadFile(r.Path(name))
	if err != nil {
		return fmt.Errorf("opening a run: %w", err)
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("opening a run: %s: %w", r.Path(name), err)
	}
	return nil
}
