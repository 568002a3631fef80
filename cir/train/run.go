package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"gocir/atomicfile"
	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/eval"
)

// A Run is the folder that keeps one training:
//
//	recipe.json                    the recipe, every field
//	training_hyperparameters.json  the same; UPSTREAM: the original's name for it
//	machine.json                   where and with what it ran
//	metrics.jsonl                  one line per epoch
//	train_metrics.csv              UPSTREAM: the original's two tables
//	validation_metrics.csv
//	best/…  last/…                 checkpoints, named as the original names them
//
// Every file is whole at any time: it is written under another name first.
type Run struct {
	Dir      string
	Metadata map[string]string // goes into each checkpoint

	best map[string]float64 // by the checkpoint's name
}

// NewRun makes the folder <root>/<recipe>-<yyyymmdd-hhmmss>, with a number behind it if that exists, and writes what
// is known before the first step. about is added to machine.json (the backend, say).
func NewRun(root string, r Recipe, about map[string]string) (*Run, error) {
	base := filepath.Join(root, fmt.Sprintf("%s-%s", r.Name, time.Now().Format("20060102-150405")))
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, fmt.Errorf("making a run folder: %w", err)
	}
	dir := base
	for i := 2; ; i++ {
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			break
		}
		if !os.IsExist(err) {
			return nil, fmt.Errorf("making a run folder: %w", err)
		}
		dir = fmt.Sprintf("%s-%d", base, i)
	}
	run := &Run{Dir: dir, Metadata: map[string]string{}, best: map[string]float64{}}
	for name, value := range map[string]any{"recipe.json": r, "training_hyperparameters.json": r, "machine.json": machine(about)} {
		if err := run.writeJSON(name, value); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	return run, nil
}

// machine is where a training ran.
func machine(about map[string]string) map[string]string {
	m := map[string]string{
		"go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH,
		"cores": fmt.Sprint(runtime.NumCPU()), "started": time.Now().UTC().Format(time.RFC3339),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" || setting.Key == "vcs.modified" || setting.Key == "GOEXPERIMENT" {
				m[setting.Key] = setting.Value
			}
		}
	}
	for key, value := range about {
		m[key] = value
	}
	return m
}

// Path is a file of the run.
func (r *Run) Path(parts ...string) string {
	return filepath.Join(append([]string{r.Dir}, parts...)...)
}

// Last is the checkpoint after the last epoch, and Best the best one by the metric that counts for the data set:
// FashionIQ's average recall, CIRR's mean(R@5, Rs@1). Best is Last where nothing was validated.
func (r *Run) Last(recipe Recipe) string { return r.Path("last", lastName(recipe)+".safetensors") }

// Best is described at Last.
func (r *Run) Best(recipe Recipe) string {
	for _, b := range bests(recipe) {
		path := r.Path("best", b.file+".safetensors")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return r.Last(recipe)
}

// keep writes what an epoch changed.
func (r *Run) keep(t Training, steps *Steps, history []EpochRecord) error {
	if err := r.writeHistory(history); err != nil {
		return err
	}
	now := history[len(history)-1]
	metadata := r.metadata(t.Recipe, now)
	if now.Validation != nil && t.Recipe.SaveBest {
		if err := r.keepBest(t, steps, *now.Validation, metadata); err != nil {
			return err
		}
	}
	last := now.Epoch == t.Recipe.Epochs-1 || t.done(steps)
	if !last && !(t.Recipe.SaveTraining && now.Validation != nil) {
		return nil
	}
	if err := t.save(r.Last(t.Recipe), steps, metadata); err != nil {
		return err
	}
	if !t.Recipe.SaveTraining {
		return nil
	}
	moments, err := steps.moments()
	if err != nil {
		return err
	}
	return checkpoints.Write(r.Path("last", "optimizer.safetensors"), "optimizer", moments, metadata)
}

// keepBest saves under each of the data set's names whose metric is the best so far.
func (r *Run) keepBest(t Training, steps *Steps, validation eval.Result, metadata map[string]string) error {
	for _, b := range bests(t.Recipe) {
		value, ok := validation.Metric(b.metric)
		if !ok {
			return fmt.Errorf("keeping the best checkpoint: the validation has no metric %q", b.metric)
		}
		if before, ok := r.best[b.file]; ok && value <= before {
			continue
		}
		if err := t.save(r.Path("best", b.file+".safetensors"), steps, metadata); err != nil {
			return err
		}
		r.best[b.file] = value
	}
	return nil
}

func (r *Run) metadata(recipe Recipe, now EpochRecord) map[string]string {
	m := map[string]string{"gocir.recipe": recipe.Name, "epoch": fmt.Sprint(now.Epoch), "steps": fmt.Sprint(now.Steps)}
	for key, value := range r.Metadata {
		m[key] = value
	}
	return m
}

// save writes the trained part of the model, with the weights that rest beside those that move.
func (t Training) save(path string, steps *Steps, metadata map[string]string) error {
	kind, specs := t.saved()
	weights := make(cir.Weights, len(specs))
	for _, spec := range specs {
		if weights[spec.Name] = steps.Weights()[spec.Name]; weights[spec.Name] == nil {
			weights[spec.Name] = t.Model.Weights[spec.Name]
		}
	}
	state, err := weights.Download(specs)
	if err != nil {
		return err
	}
	return checkpoints.Write(path, kind, state, metadata)
}

func (t Training) saved() (checkpoints.Kind, []tensor.Spec) {
	c := t.Model.Config
	switch {
	case t.Recipe.Stage == Combiner:
		return checkpoints.Combiner, c.CombinerSpecs()
	case t.Recipe.Stage == Text && !t.Recipe.TrainImage:
		return checkpoints.Text, c.TextSpecs()
	}
	return checkpoints.Pretrained, append(c.ImageSpecs(), c.TextSpecs()...)
}

func (r *Run) writeJSON(name string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", r.Path(name), err)
	}
	return atomicfile.WriteFile(r.Path(name), append(data, '\n'))
}
