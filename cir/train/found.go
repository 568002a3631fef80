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
	"strings"

	"gocir/atomicfile"
	"gocir/checkpoints"
)

// OpenRun opens the folder of an earlier training, to read what it kept.
func OpenRun(dir string) (*Run, error) {
	r := &Run{Dir: dir}
	recipe, err := r.Recipe()
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is no run folder", err, dir)
	}
	if err != nil {
		return nil, err
	}
	if err := recipe.Validate(); err != nil {
		return nil, fmt.Errorf("opening a run: %s: %w", r.Path("recipe.json"), err)
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
	data, err := atomicfile.ReadFile(r.Path("metrics.jsonl"), maxRunFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("opening a run: %w", err)
	}
	var history []EpochRecord
	for lines := json.NewDecoder(bytes.NewReader(data)); lines.More(); {
		var record EpochRecord
		if err := lines.Decode(&record); err != nil {
			return nil, fmt.Errorf("opening a run: %s, record %d: %w", r.Path("metrics.jsonl"), len(history)+1, err)
		}
		if record.Epoch != len(history) {
			return nil, fmt.Errorf("opening a run: %s, record %d: it is of epoch %d, counted from 0", r.Path("metrics.jsonl"), len(history)+1, record.Epoch)
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
	last, err := checkpoints.Open(r.Last(recipe)) // it is written last of all
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
	return latest(root, recipe, about, func(r *Run) bool {
		finished, err := r.Finished()
		return err == nil && finished
	})
}

// FindStopped is FindRun for a run that can be resumed: it was interrupted or killed, or it failed, and no process is at work
// in it.
func FindStopped(root string, recipe Recipe, about map[string]string) (*Run, error) {
	return latest(root, recipe, about, func(r *Run) bool {
		status, err := r.Status()
		return err == nil && (status.State == Interrupted || status.State == Killed || status.State == Failed)
	})
}

func latest(root string, recipe Recipe, about map[string]string, wanted func(*Run) bool) (*Run, error) {
	entries, err := os.ReadDir(root) // by name, and so by time
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("looking for runs of %s: %w", recipe.Name, err)
	}
	for _, entry := range slices.Backward(entries) {
		if !strings.HasPrefix(entry.Name(), recipe.Name+"-") {
			continue
		}
		run, err := OpenRun(filepath.Join(root, entry.Name()))
		if err == nil && run.is(recipe, about) && wanted(run) { // which may read its weights, so it is asked last
			return run, nil
		}
	}
	return nil, nil
}

// A Listed is a run as Runs found it.
type Listed struct {
	Folder  string        `json:"folder"` // its name
	Recipe  Recipe        `json:"recipe"`
	Status  Status        `json:"status"`
	History []EpochRecord `json:"history"`
}

// Runs lists the run folders in a folder, the oldest first. A file of a run that can't be read is an error; folders that are
// no runs are passed over.
func Runs(root string) ([]Listed, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	var runs []Listed
	for _, entry := range entries {
		r := &Run{Dir: filepath.Join(root, entry.Name())}
		if _, err := os.Stat(r.Path("recipe.json")); err != nil {
			continue
		}
		listed, err := r.listed()
		if err != nil {
			return nil, fmt.Errorf("listing runs: %w", err)
		}
		runs = append(runs, listed)
	}
	return runs, nil
}

func (r *Run) listed() (l Listed, err error) {
	l.Folder = filepath.Base(r.Dir)
	if l.Recipe, err = r.Recipe(); err != nil {
		return l, err
	}
	if l.History, err = r.History(); err != nil {
		return l, err
	}
	l.Status, err = r.Status()
	if errors.Is(err, os.ErrNotExist) { // killed before its first step, or made before runs kept their state
		l.Status, err = r.guessed(l.History)
	}
	return l, err
}

// guessed is the status of a run that has written none.
func (r *Run) guessed(history []EpochRecord) (Status, error) {
	s := Status{Run: filepath.Base(r.Dir), State: Killed, Epochs: len(history)}
	if len(history) > 0 {
		s.Steps = history[len(history)-1].Steps
	}
	finished, err := r.Finished()
	if finished {
		s.State = Finished
	}
	return s, err
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

// maxRunFile is the most that is read of a file that a run keeps: a training of 20,000 epochs writes less.
const maxRunFile = 64 << 20

func (r *Run) readJSON(name string, value any) error {
	data, err := atomicfile.ReadFile(r.Path(name), maxRunFile)
	if err != nil {
		return fmt.Errorf("opening a run: %w", err)
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("opening a run: %s: %w", r.Path(name), err)
	}
	return nil
}
