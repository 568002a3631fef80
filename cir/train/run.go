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
//	inputs.json                    digests of all that it read
//	metrics.jsonl                  one line per epoch
//	train_metrics.csv              UPSTREAM: the original's two tables
//	validation_metrics.csv
//	best/…  last/…                 checkpoints, named as the original names them; last/training-… to resume from
//	log.txt  state.json            what happened, a line per event; where the run stands
//	run.lock                       held by the process that trains
//
// Every file is whole at any time: it is written under another name first. log.txt only grows.
type Run struct {
	Dir      string
	Metadata map[string]string // goes into each checkpoint

	id       string
	lock     *atomicfile.Locked // nil: opened to be read
	resumed  bool
	previous bool // a damaged checkpoint may be replaced by the one before it
}

const lockFile = "run.lock"

// NewRun makes the folder <root>/<recipe>-<yyyymmdd-hhmmss>, with a number behind it if that exists, locks it, and writes
// what is known before the first step. about is added to machine.json (the backend, say). The caller closes the run.
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
	run := &Run{Dir: dir, Metadata: map[string]string{}, id: filepath.Base(dir)}
	if err := run.open(r, about); err != nil {
		return nil, errors.Join(err, run.Close(), os.RemoveAll(dir))
	}
	return run, nil
}

// open locks a new run and writes its first files, the recipe last: a folder without one is no run.
func (r *Run) open(recipe Recipe, about map[string]string) (err error) {
	if r.lock, err = atomicfile.Lock(r.Path(lockFile)); err != nil {
		return fmt.Errorf("making a run folder: %w", err)
	}
	noted := machine(about)
	noted[runKey] = r.id
	return errors.Join(r.writeJSON("machine.json", noted), r.writeJSON("training_hyperparameters.json", recipe), r.writeJSON("recipe.json", recipe))
}

// runKey is the field of machine.json that holds a run's id: the name that its folder was made with.
const runKey = "run"

// ErrFinished is why a run is not resumed that has ended by itself.
var ErrFinished = errors.New("the training is finished: all its epochs are made")

// ResumeRun opens and locks the folder of a training that was stopped, so that Train goes on with it. previous allows it to
// take the checkpoint before the newest one, if that is damaged. The caller closes the run. It is an error if another
// process trains in the folder (*atomicfile.HeldError) or if the training is finished (ErrFinished).
func ResumeRun(dir string, previous bool) (*Run, error) {
	r, err := OpenRun(dir)
	if err != nil {
		return nil, err
	}
	about, err := r.About()
	if err != nil {
		return nil, err
	}
	r.id, r.Metadata, r.resumed, r.previous = about[runKey], map[string]string{}, true, previous
	if r.id == "" {
		r.id = filepath.Base(dir)
	}
	if r.lock, err = atomicfile.Lock(r.Path(lockFile)); err != nil {
		return nil, fmt.Errorf("resuming %s: %w", dir, err)
	}
	if r.Ended() {
		return nil, errors.Join(fmt.Errorf("resuming %s: %w", dir, ErrFinished), r.Close())
	}
	for _, folder := range []string{".", "best", "last"} { // what a killed process was writing
		if err := atomicfile.Clean(r.Path(folder), 0); err != nil {
			return nil, errors.Join(fmt.Errorf("resuming %s: %w", dir, err), r.Close())
		}
	}
	return r, nil
}

// Ended tells whether nothing is left to do: the weights are kept, and, where the run keeps a state, so is the last word. One
// that was killed between the two is resumed to tidy up.
func (r *Run) Ended() bool {
	finished, err := r.Finished()
	if err != nil || !finished {
		return false
	}
	var s Status
	err = r.readJSON("state.json", &s)
	return errors.Is(err, os.ErrNotExist) || err == nil && s.State == Finished
}

// Close gives up the run's lock. It may be called again.
func (r *Run) Close() error {
	if r.lock == nil {
		return nil
	}
	return r.lock.Close()
}

// check is an error if the folder is no longer the one that was opened: else what is written now would be lost in another.
func (r *Run) check() error {
	if r.lock == nil {
		return fmt.Errorf("the run %s was opened to be read", r.Dir)
	}
	if err := r.lock.Check(); err != nil {
		return fmt.Errorf("the run folder %s was moved or removed during the training: resume it where it is now: %w", r.Dir, err)
	}
	return nil
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

// keep writes what an epoch changed: the history, and checkpoints of weights.
func (r *Run) keep(l *loop) error {
	if err := r.writeHistory(l.at.History); err != nil {
		return err
	}
	now := l.at.History[len(l.at.History)-1]
	if now.Validation == nil {
		return nil
	}
	if l.Recipe.SaveBest {
		if err := r.keepBest(l, *now.Validation); err != nil {
			return err
		}
	}
	if l.Recipe.SaveTraining && !l.ended() {
		return r.keepLast(l)
	}
	return nil
}

// keepLast saves the weights after the last epoch so far.
func (r *Run) keepLast(l *loop) error {
	return l.write(r.Last(l.Recipe))
}

// keepBest saves under each of the data set's names whose metric is the best so far.
func (r *Run) keepBest(l *loop, validation eval.Result) error {
	for _, b := range bests(l.Recipe) {
		value, ok := validation.Metric(b.metric)
		if !ok {
			return fmt.Errorf("keeping the best checkpoint: the validation has no metric %q", b.metric)
		}
		if before, ok := l.at.Best[b.file]; ok && value <= before {
			continue
		}
		if err := l.write(r.Path("best", b.file+".safetensors")); err != nil {
			return err
		}
		l.at.Best[b.file] = value
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

// write writes the trained part of the model, with the weights that rest beside those that move.
func (l *loop) write(path string) error {
	kind, specs := l.saved()
	weights := make(cir.Weights, len(specs))
	for _, spec := range specs {
		if weights[spec.Name] = l.steps.Weights()[spec.Name]; weights[spec.Name] == nil {
			weights[spec.Name] = l.Model.Weights[spec.Name]
		}
	}
	state, err := weights.Download(specs)
	if err != nil {
		return err
	}
	return checkpoints.Write(path, kind, state, l.Run.metadata(l.Recipe, l.at.History[len(l.at.History)-1]))
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
