package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// A position is where a training stands between two steps: with the weights, the optimizer's state, the recipe and the data
// it decides every number that follows. There is no random state: draws are functions of seed, epoch and step.
type position struct {
	Epoch   int                `json:"epoch"`   // of the next step
	Step    int                `json:"step"`    // of the epoch, the next one
	Made    int                `json:"made"`    // steps made in all epochs
	Skipped int                `json:"skipped"` // of the epoch's steps
	Sum     Losses             `json:"sum"`     // over the epoch's steps
	Best    map[string]float64 `json:"best"`    // the best metric so far, by its checkpoint's name
	History []EpochRecord      `json:"history"`
	Inputs  map[string]string  `json:"inputs"` // what the training reads, see Training.inputs
}

// next is the position before the epoch that follows.
func (p position) next(record EpochRecord) position {
	p.Epoch, p.Step, p.Skipped, p.Sum = p.Epoch+1, 0, 0, Losses{}
	p.History = append(p.History, record)
	return p
}

// positionKey is the metadata field of a training checkpoint that holds its position, as JSON.
const positionKey = "gocir.position"

// pointPattern names training checkpoints by epoch and step, so that their order is that of the names.
const pointPattern = "training-%06d-%08d.safetensors"

// points are the run's training checkpoints, the newest first.
func (r *Run) points() ([]string, error) {
	paths, err := filepath.Glob(r.Path("last", "training-*-*.safetensors"))
	slices.Sort(paths)
	slices.Reverse(paths)
	return paths, err
}

// save writes a checkpoint to resume from. The one before it is kept, in case the disk damages the newer.
func (l *loop) save() error {
	if l.Run == nil {
		return nil
	}
	state, err := l.steps.state.stored()
	if err != nil {
		return err
	}
	l.at.Made = l.steps.Made()
	text, err := json.Marshal(l.at)
	if err != nil {
		return fmt.Errorf("writing a checkpoint of %s: %w", l.Run.Dir, err)
	}
	metadata := maps.Clone(l.Run.Metadata)
	metadata[positionKey] = string(text)
	path := l.Run.Path("last", fmt.Sprintf(pointPattern, l.at.Epoch, l.at.Step))
	if err := errors.Join(l.Run.check(), checkpoints.Write(path, checkpoints.Training, state, metadata)); err != nil {
		return err
	}
	l.written = time.Now()
	return l.Run.prune(2)
}

// saveInTime saves if the last checkpoint is old.
func (l *loop) saveInTime() error {
	every := l.SaveEvery
	if every == 0 {
		every = 10 * time.Minute
	}
	if !l.Recipe.SaveTraining || time.Since(l.written) < every {
		return nil
	}
	return l.save()
}

// prune removes all training checkpoints but the newest ones.
func (r *Run) prune(keep int) error {
	paths, err := r.points()
	for _, path := range paths[min(keep, len(paths)):] {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return fmt.Errorf("removing old checkpoints: %w", err)
	}
	return nil
}

// restore takes up the run's newest training checkpoint. Where there is none, the training begins anew. A damaged one is an
// error; only where that is asked for, the one before it is taken.
func (l *loop) restore() error {
	paths, err := l.Run.points()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return l.log("resumed from the beginning: it was stopped before its first checkpoint")
	}
	err = l.load(paths[0])
	if damaged := (damagedError{}); errors.As(err, &damaged) {
		if !l.Run.previous {
			return fmt.Errorf("%w\n%s", err, l.Run.wayOut(paths))
		}
		if len(paths) == 1 {
			return fmt.Errorf("%w\nthere is none before it: remove the file, and the training begins anew", err)
		}
		if err := errors.Join(l.log("set aside: %v", err), os.Rename(paths[0], paths[0]+".damaged")); err != nil {
			return err
		}
		err = l.load(paths[1])
	}
	if err != nil {
		return err
	}
	l.written = time.Now()
	return l.log("resumed in epoch %d of %d, after %d steps", l.at.Epoch+1, l.Recipe.Epochs, l.at.Made)
}

// wayOut says what can be done about a damaged checkpoint.
func (r *Run) wayOut(paths []string) string {
	if len(paths) == 1 {
		return "there is none before it: remove the file, and the training begins anew"
	}
	return fmt.Sprintf("the one before it is kept (%s): resume from it with -previous", filepath.Base(paths[1]))
}

// A damagedError is about a training checkpoint that can't be read.
type damagedError struct{ error }

func (e damagedError) Unwrap() error { return e.error }

// load reads a training checkpoint whole, or changes nothing.
func (l *loop) load(path string) error {
	c, err := checkpoints.Open(path)
	if err != nil {
		return damagedError{err}
	}
	defer c.Close()
	state, err := c.Training()
	var at position
	if err == nil {
		err = json.Unmarshal([]byte(c.Metadata()[positionKey]), &at)
	}
	if err != nil {
		return damagedError{fmt.Errorf("reading the training checkpoint %s: %w", path, err)}
	}
	if err := differ("with other data or weights", at.Inputs, l.at.Inputs); err != nil {
		return fmt.Errorf("resuming from %s: %w", path, err)
	}
	if at.Best == nil || at.Epoch < 0 || at.Epoch > l.Recipe.Epochs || at.Step < 0 || at.Step > l.Data.Feed.Steps() || at.Made < 0 {
		return damagedError{fmt.Errorf("the training checkpoint %s stands at epoch %d, step %d, which the training does not have", path, at.Epoch, at.Step)}
	}
	if err := l.steps.state.restore(state, at.Made); err != nil {
		return damagedError{fmt.Errorf("the training checkpoint %s: %w", path, err)}
	}
	l.at = at
	return nil
}

// momentPrefixes are PyTorch's names of the optimizer's moments.
const (
	meanPrefix   = "exp_avg."
	squarePrefix = "exp_avg_sq."
)

// parts are what a training changes, by the prefix that it has in a training checkpoint.
func (s *state) parts() map[string]cir.Weights {
	return map[string]cir.Weights{"": s.weights, meanPrefix: s.means, squarePrefix: s.square}
}

// stored are the trained weights and their moments, on the host.
func (s *state) stored() (map[string]tensor.Tensor, error) {
	out := make(map[string]tensor.Tensor, 3*len(s.specs))
	for prefix, part := range s.parts() {
		host, err := part.Download(s.specs)
		if err != nil {
			return nil, err
		}
		for name, t := range host {
			out[prefix+name] = t
		}
	}
	return out, nil
}

// restore sets weights and moments to what stored has given.
func (s *state) restore(have map[string]tensor.Tensor, made int) error {
	var want []tensor.Spec
	for prefix := range s.parts() {
		want = append(want, prefixed(prefix, s.specs)...)
	}
	if err := checkpoints.Match(have, want); err != nil {
		return err
	}
	uploaded, err := cir.Upload(s.backend, have, want)
	if err != nil {
		return err
	}
	for prefix, part := range s.parts() {
		for _, spec := range s.specs {
			if err := s.devices.Free(part[spec.Name]); err != nil {
				return fmt.Errorf("freeing %s: %w", spec.Name, err)
			}
			part[spec.Name] = uploaded[prefix+spec.Name]
		}
	}
	s.steps = made
	return nil
}

func prefixed(prefix string, specs []tensor.Spec) []tensor.Spec {
	out := slices.Clone(specs)
	for i := range out {
		out[i].Name = prefix + out[i].Name
	}
	return out
}
