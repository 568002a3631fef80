package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/atomicfile"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/eval"
	"gocir/cir/train"
)

// steady validates with a recall that depends on the weights alone.
func steady(_ context.Context, weights cir.Weights) (eval.Result, error) {
	sum := 0.0
	for _, name := range []string{"text_proj.bias", "output_layer.bias", "vision_proj.bias"} {
		if w := weights[name]; w != nil {
			if err := w.ConstBytes(func(data []byte) {
				for _, b := range data {
					sum += float64(b)
				}
			}); err != nil {
				return eval.Result{}, err
			}
		}
	}
	value := math.Mod(sum, 100)
	return eval.Result{Dataset: "fashioniq", Split: "val", Protocol: eval.FashionIQ, Queries: 1, Metrics: []eval.Metric{
		{Name: "R@10", Value: value}, {Name: "R@50", Value: value}, {Name: "average recall", Value: value},
	}}, nil
}

// whole runs a training that is not stopped, and returns its folder.
func whole(t *testing.T, r train.Recipe) string {
	t.Helper()
	job := training(t, r, steady)
	ended(t, job)
	return job.Run.Dir
}

func closed(t *testing.T, run *train.Run) {
	t.Helper()
	if err := run.Close(); err != nil {
		t.Error(err)
	}
}

// resumed opens a run that was stopped, with what it needs to go on.
func resumed(t *testing.T, r train.Recipe, dir string, previous bool) train.Training {
	t.Helper()
	run, err := train.ResumeRun(dir, previous)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, run) })
	return train.Training{Recipe: r, Model: cirtest.TinyModel(t), Data: tinyData(t, r), Validate: steady, Run: run}
}

// stopAfter runs a job until it has told of so many steps and validations.
func stopAfter(t *testing.T, job train.Training, told int) {
	t.Helper()
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	job.Progress = func(train.Progress) {
		if told--; told == 0 {
			cancel(stop)
		}
	}
	if _, err := train.Train(ctx, job); !errors.Is(err, stop) {
		t.Fatalf("err = %v", err)
	}
	closed(t, job.Run)
}

// ended trains to the end.
func ended(t *testing.T, job train.Training) {
	t.Helper()
	if _, err := train.Train(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	closed(t, job.Run)
}

// results are the files of a run whose bits a stop must not change.
func results(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range list(t, dir) {
		switch filepath.Base(name) {
		case "log.txt", "state.json", "machine.json", "run.lock":
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

func sameResults(t *testing.T, got, want string) {
	t.Helper()
	a, b := results(t, got), results(t, want)
	for name := range b {
		if a[name] != b[name] {
			t.Errorf("%s differs: %d bytes, want %d", name, len(a[name]), len(b[name]))
		}
	}
	if len(a) != len(b) {
		t.Errorf("files %q, want %q", list(t, got), list(t, want))
	}
}

// A training that is stopped after any step, and again after its next one, ends with the bits of one that was not: weights,
// best checkpoints, history, and the checkpoint to resume from.
func TestResumedTrainingsEndAlike(t *testing.T) {
	for _, r := range []train.Recipe{recipe(train.Text), recipe(train.Combiner), everyRecipe()[2], everyRecipe()[5]} {
		r.Epochs = 3
		want := whole(t, r)
		for told := 1; told < 10; told += 2 {
			job := training(t, r, steady)
			stopAfter(t, job, told)
			stopAfter(t, resumed(t, r, job.Run.Dir, false), 1)
			ended(t, resumed(t, r, job.Run.Dir, false))
			sameResults(t, job.Run.Dir, want)
			if t.Failed() {
				t.Fatalf("%s, stopped after %d", r.Name, told)
			}
		}
	}
}

// What happened is in the log, a line for each event, with the run's id; the state says where the run stands.
func TestLogAndState(t *testing.T) {
	r := recipe(train.Combiner)
	job := training(t, r, steady)
	stopAfter(t, job, 6)
	status, err := job.Run.Status()
	if err != nil || status.State != train.Interrupted || status.Epochs != 1 || status.Steps != 5 || !strings.Contains(status.Why, "enough") {
		t.Errorf("state %+v, %v", status, err)
	}
	ended(t, resumed(t, r, job.Run.Dir, false))
	status, err = job.Run.Status()
	if err != nil || status.State != train.Finished || status.Epochs != 2 || status.Steps != 6 {
		t.Errorf("state %+v, %v", status, err)
	}
	log, err := os.ReadFile(job.Run.Path("log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	for i, want := range []string{"started", "epoch 1 of 2", "interrupted", "resumed in epoch 2 of 2, after 5 steps", "epoch 2 of 2", "finished"} {
		if i >= len(lines) || !strings.Contains(lines[i], status.Run+" "+want) {
			t.Fatalf("log:\n%s\nwant in line %d: %s", log, i+1, want)
		}
	}
}

// Another recipe, other data, other weights: refused, with what differs.
func TestResumeRefusesOthers(t *testing.T) {
	r := recipe(train.Combiner)
	job := training(t, r, steady)
	stopAfter(t, job, 2)
	for want, change := range map[string]func(*train.Training){
		"batch_size: 4 in the run, 7 now": func(j *train.Training) { j.Recipe.BatchSize, j.Data.Feed.BatchSize = 7, 7 },
		"triplets: 14":                    func(j *train.Training) { j.Data.Feed.Triplets[3].Captions[0] = "green" },
		"images: 8 embeddings":            func(j *train.Training) { j.Data.Images.Data[5]++ },
		"weights: SHA-256": func(j *train.Training) {
			j.Model = j.Model.With(cirtest.Weights(t, cirtest.TinyConfig().CombinerSpecs(), 9))
		},
		"val split: none in the run": func(j *train.Training) { j.Inputs = map[string]string{"val split": "5"} },
	} {
		again := resumed(t, r, job.Run.Dir, false)
		change(&again)
		if _, err := train.Train(t.Context(), again); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %q, got %v", want, err)
		}
		closed(t, again.Run)
		if status, err := again.Run.Status(); err != nil || status.State != train.Interrupted {
			t.Errorf("after the refusal the run is %+v, %v", status, err)
		}
	}
	ended(t, resumed(t, r, job.Run.Dir, false))
	if _, err := train.ResumeRun(job.Run.Dir, false); err == nil || !strings.Contains(err.Error(), "finished") {
		t.Errorf("a finished run is resumed: %v", err)
	}
}

// Two trainings in one folder: the second is refused, with the process that has it.
func TestRunFolderIsLocked(t *testing.T) {
	job := training(t, recipe(train.Combiner), nil)
	_, err := train.ResumeRun(job.Run.Dir, false)
	held := new(atomicfile.HeldError)
	if !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Errorf("err = %v", err)
	}
	status, err := job.Run.Status()
	if err == nil {
		t.Errorf("a run without a step has the state %+v", status)
	}
}

// A folder that is renamed during a training stops it: nothing is written where the folder was.
func TestRenamedRunFolder(t *testing.T) {
	r := recipe(train.Combiner)
	job := training(t, r, steady)
	moved := job.Run.Dir + "-moved"
	job.Progress = func(p train.Progress) {
		if p.Step == 2 && p.Epoch == 0 {
			if err := os.Rename(job.Run.Dir, moved); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := train.Train(t.Context(), job); err == nil || !strings.Contains(err.Error(), "was moved or removed during the training") {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(job.Run.Dir); err == nil {
		t.Errorf("written to the old place: %q", list(t, job.Run.Dir))
	}
	closed(t, job.Run)
	ended(t, resumed(t, r, moved, false))
	sameResults(t, moved, whole(t, r))
}

// A damaged checkpoint is an error that names the way out; the one before it is taken when that is asked for, and the
// training still ends with the same bits.
func TestDamagedCheckpointNeedsConsent(t *testing.T) {
	r := recipe(train.Combiner)
	r.Epochs = 3
	job := training(t, r, steady)
	stopAfter(t, job, 10)
	points, err := filepath.Glob(job.Run.Path("last", "training-*"))
	if err != nil || len(points) != 2 {
		t.Fatalf("checkpoints %q, %v", points, err)
	}
	data, err := os.ReadFile(points[1])
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Clone(data)
	data[len(data)-5] ^= 4
	if err := os.WriteFile(points[1], data, 0o644); err != nil {
		t.Fatal(err)
	}
	again := resumed(t, r, job.Run.Dir, false)
	if _, err := train.Train(t.Context(), again); err == nil || !strings.Contains(err.Error(), "-previous") {
		t.Errorf("err = %v", err)
	}
	closed(t, again.Run)
	ended(t, resumed(t, r, job.Run.Dir, true))
	if err := os.Remove(points[1] + ".damaged"); err != nil {
		t.Error(err)
	}
	sameResults(t, job.Run.Dir, whole(t, r))
}

// A step whose loss is no number is left out where that is allowed, counted and logged with its triplets.
func TestNotFiniteStepsAreSkipped(t *testing.T) {
	job := training(t, recipe(train.Combiner), steady)
	job.SkipNaN = true
	for i, text := range job.Data.Texts.Names { // t0's
		if strings.Contains(text, "blue a") {
			job.Data.Texts.Row(i)[3] = float32(math.Inf(1))
		}
	}
	result, err := train.Train(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	skipped := 0
	for _, record := range result.History {
		skipped += record.Skipped
	}
	steps := result.History[len(result.History)-1].Steps
	if skipped == 0 || steps == 0 || skipped+steps != 6 {
		t.Errorf("%d steps made, %d skipped", steps, skipped)
	}
	log, err := os.ReadFile(job.Run.Path("log.txt"))
	if err != nil || strings.Count(string(log), "skipped: step") != skipped || !strings.Contains(string(log), "t0") {
		t.Errorf("log: %s, %v", log, err)
	}
	all := training(t, recipe(train.Combiner), steady)
	all.SkipNaN = true
	for i := range all.Data.Images.Data {
		all.Data.Images.Data[i] = float32(math.NaN())
	}
	if _, err := train.Train(t.Context(), all); err == nil || !strings.Contains(err.Error(), "all 3 steps were left out") {
		t.Errorf("err = %v", err)
	}
}

// A finite loss can have gradients that are not: the step is not made.
func TestNotFiniteGradientsStopTheStep(t *testing.T) {
	for _, r := range []train.Recipe{recipe(train.Combiner), recipe(train.Combiner).But("tiled", func(r *train.Recipe) { r.TileRows = 3 })} {
		steps := newSteps(t, r, false)
		before := numbers(t, steps)
		_, err := steps.Step([2]float64{math.MaxFloat32, math.MaxFloat32}, batch(r, 4, 1)...)
		bad := new(train.NotFiniteError)
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), "gradients are not finite") {
			t.Errorf("%s: err = %v", r.Name, err)
		}
		if after := numbers(t, steps); fmt.Sprint(after) != fmt.Sprint(before) || steps.Made() != 0 {
			t.Errorf("%s: the step was made", r.Name)
		}
	}
}
