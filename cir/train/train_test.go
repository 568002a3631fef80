package train_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/eval"
	"gocir/cir/train"
)

// recalls validates with given average recalls, one after the other.
func recalls(values ...float64) func(context.Context, cir.Weights) (eval.Result, error) {
	return func(context.Context, cir.Weights) (eval.Result, error) {
		value := values[0]
		values = values[1:]
		return eval.Result{Dataset: "fashioniq", Split: "val", Protocol: eval.FashionIQ, Queries: 1, Metrics: []eval.Metric{
			{Name: "R@10", Value: value}, {Name: "R@50", Value: value}, {Name: "average recall", Value: value},
		}}, nil
	}
}

// training is a training of the tiny model, with a run folder.
func training(t *testing.T, r train.Recipe, validate func(context.Context, cir.Weights) (eval.Result, error)) train.Training {
	t.Helper()
	run, err := train.NewRun(t.TempDir(), r, map[string]string{"backend": "test"})
	if err != nil {
		t.Fatal(err)
	}
	return train.Training{Recipe: r, Model: cirtest.TinyModel(t), Data: tinyData(t, r), Validate: validate, Run: run}
}

// records reads metrics.jsonl.
func records(t *testing.T, run *train.Run) (all []train.EpochRecord) {
	t.Helper()
	f, err := os.Open(run.Path("metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var record train.EpochRecord
		if err := json.Unmarshal(lines.Bytes(), &record); err != nil {
			t.Fatal(err)
		}
		all = append(all, record)
	}
	return all
}

func table(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// stored are the weights of a checkpoint, with their kind and metadata.
func stored(t *testing.T, path string) (kind checkpoints.Kind, weights map[string][]float32, metadata map[string]string) {
	t.Helper()
	c, err := checkpoints.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	read := c.Text
	switch c.Kind() {
	case checkpoints.Combiner:
		read = c.Combiner
	case checkpoints.Pretrained:
		read = c.Pretrained
	}
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	weights = map[string][]float32{}
	for name, each := range all {
		if weights[name], err = each.Float32s(); err != nil {
			t.Fatal(err)
		}
	}
	return c.Kind(), weights, c.Metadata()
}

// A run keeps the recipe, the machine, a line per epoch, the two tables, the last checkpoint and the best one.
func TestRunFolder(t *testing.T) {
	for _, stage := range []train.Stage{train.Text, train.Combiner} {
		r := recipe(stage)
		r.Epochs = 3
		job := training(t, r, recalls(20, 50, 30))
		result, err := train.Train(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"recipe.json", "training_hyperparameters.json"} {
			text, err := os.ReadFile(job.Run.Path(name))
			if err != nil {
				t.Fatal(err)
			}
			var back train.Recipe
			if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, r) {
				t.Errorf("%s holds %+v, %v", name, back, err)
			}
		}
		if text, err := os.ReadFile(job.Run.Path("machine.json")); err != nil || !strings.Contains(string(text), `"backend": "test"`) {
			t.Errorf("machine.json: %s, %v", text, err)
		}
		history := records(t, job.Run)
		if !reflect.DeepEqual(history, result.History) || len(history) != 3 || history[2].Steps != 9 {
			t.Errorf("metrics.jsonl holds %+v", history)
		}
		checkTables(t, job.Run, history)
		checkKept(t, job, result)
	}
}

func checkTables(t *testing.T, run *train.Run, history []train.EpochRecord) {
	t.Helper()
	losses := table(t, run.Path("train_metrics.csv"))
	if len(losses) != 4 || !slices.Equal(losses[0], []string{"epoch", "train_epoch_loss"}) || losses[3][0] != "2" {
		t.Errorf("train_metrics.csv holds %q", losses)
	}
	var loss float64
	if err := json.Unmarshal([]byte(losses[3][1]), &loss); err != nil || loss != history[2].Train.Loss {
		t.Errorf("train_metrics.csv ends with %q, the last loss is %v", losses[3], history[2].Train.Loss)
	}
	if validation := table(t, run.Path("validation_metrics.csv")); len(validation) != 4 || validation[0][0] != "epoch" {
		t.Errorf("validation_metrics.csv holds %q", validation)
	}
}

// checkKept opens the last checkpoint, which has the weights after the last step, and the best one, which is of epoch 1.
func checkKept(t *testing.T, job train.Training, result *train.Result) {
	t.Helper()
	kind, last, metadata := stored(t, job.Run.Last(job.Recipe))
	if metadata["epoch"] != "2" || metadata["gocir.recipe"] != "test" || metadata["steps"] != "9" {
		t.Errorf("the last checkpoint says %v", metadata)
	}
	if string(kind) != string(job.Recipe.Stage) {
		t.Errorf("the last checkpoint is of kind %q", kind)
	}
	for name, weight := range result.Weights {
		host, err := cir.Weights{name: weight}.Download(only(name, weight.Shape().Dimensions))
		if err != nil {
			t.Fatal(err)
		}
		want, err := host[name].Float32s()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(last[name], want) {
			t.Errorf("%s in the last checkpoint is not the one after the last step", name)
		}
	}
	if job.Run.Best(job.Recipe) == job.Run.Last(job.Recipe) {
		t.Error("the best checkpoint is the last one")
	}
	if _, best, metadata := stored(t, job.Run.Best(job.Recipe)); metadata["epoch"] != "1" || reflect.DeepEqual(best, last) {
		t.Errorf("the best checkpoint says %v", metadata)
	}
	if kept, err := filepath.Glob(job.Run.Path("last", "training-*.safetensors")); err != nil || len(kept) != 1 {
		t.Errorf("checkpoints to resume from: %q, %v", kept, err)
	}
}

// Without SaveBest, SaveTraining and validation a run keeps the last checkpoint alone, and the best one is that.
func TestRunFolderWithoutValidation(t *testing.T) {
	r := recipe(train.Combiner)
	r.SaveBest, r.SaveTraining = false, false
	job := training(t, r, nil)
	if _, err := train.Train(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	files := list(t, job.Run.Dir)
	want := []string{
		"inputs.json", "last/combiner_last.safetensors", "log.txt", "machine.json", "metrics.jsonl", "recipe.json", "run.lock", "state.json",
		"train_metrics.csv", "training_hyperparameters.json",
	}
	if !slices.Equal(files, want) {
		t.Errorf("the run holds %q", files)
	}
	if job.Run.Best(r) != job.Run.Last(r) {
		t.Errorf("the best checkpoint is %s", job.Run.Best(r))
	}
}

// list are the files below a folder.
func list(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A training that is stopped between two steps leaves what earlier epochs wrote, whole, and no other file.
func TestCancelledTrainingLeavesWholeFiles(t *testing.T) {
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	job := training(t, recipe(train.Combiner), recalls(10, 20))
	job.Progress = func(p train.Progress) {
		if p.Epoch == 1 && p.Step == 2 {
			cancel(stop)
		}
	}
	if _, err := train.Train(ctx, job); !errors.Is(err, stop) {
		t.Errorf("err = %v", err)
	}
	for _, name := range list(t, job.Run.Dir) {
		if strings.Contains(name, "tmp") {
			t.Errorf("left behind: %s", name)
		}
	}
	if history := records(t, job.Run); len(history) != 1 {
		t.Errorf("metrics.jsonl has %d epochs", len(history))
	}
	if _, _, metadata := stored(t, job.Run.Last(job.Recipe)); metadata["epoch"] != "0" {
		t.Errorf("the last checkpoint says %v", metadata)
	}
}

// The error for a loss that is no number says on which triplets, and earlier checkpoints stay.
func TestNotFiniteLossNamesTriplets(t *testing.T) {
	job := training(t, recipe(train.Combiner), nil)
	job.Data.Images.Data[0] = float32(math.NaN()) // p0, which t0 and t8 start from
	_, err := train.Train(t.Context(), job)
	bad := new(train.NotFiniteError)
	if !errors.As(err, &bad) || len(bad.Triplets) != 4 || !strings.Contains(err.Error(), "LearningRate") {
		t.Errorf("err = %v", err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %v", err)
	}
}
