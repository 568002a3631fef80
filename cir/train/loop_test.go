package train_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/eval"
	"gocir/cir/train"
)

func only(name string, shape []int) []tensor.Spec { return []tensor.Spec{{Name: name, Shape: shape}} }

// trained runs a training without a folder.
func trained(t *testing.T, r train.Recipe) *train.Result {
	t.Helper()
	result, err := train.Train(t.Context(), train.Training{Recipe: r, Model: cirtest.TinyModel(t), Data: tinyData(t, r)})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// The same recipe on the same data gives the same losses, bit for bit.
func TestTrainingIsDeterministic(t *testing.T) {
	for _, r := range []train.Recipe{recipe(train.Text), everyRecipe()[5]} {
		first, again := trained(t, r).History, trained(t, r).History
		if !reflect.DeepEqual(first, again) {
			t.Errorf("%s: %+v, then %+v", r.Name, first, again)
		}
	}
}

// 14 triplets in batches of four are three steps an epoch; the last, smaller batch is a fourth one with KeepLast.
func TestNumberOfSteps(t *testing.T) {
	for _, c := range []struct {
		change func(*train.Recipe)
		epochs int
		steps  int
	}{
		{func(*train.Recipe) {}, 2, 6},
		{func(r *train.Recipe) { r.KeepLast = true }, 2, 8},
		{func(r *train.Recipe) { r.KeepLast, r.TileRows = true, 3 }, 2, 8},
		{func(r *train.Recipe) { r.MaxSteps = 2 }, 1, 2},
		{func(r *train.Recipe) { r.MaxSteps = 4 }, 2, 4},
		{func(r *train.Recipe) { r.Epochs, r.MaxSteps = 1, 100 }, 1, 3},
	} {
		history := trained(t, recipe(train.Combiner).But("test", c.change)).History
		if len(history) != c.epochs || history[len(history)-1].Steps != c.steps {
			t.Errorf("%d epochs and %d steps, want %d and %d", len(history), history[len(history)-1].Steps, c.epochs, c.steps)
		}
	}
}

// With backward weight 0 the loss is the forward loss; else the weighted sum.
func TestLossesOfTheHistory(t *testing.T) {
	for _, r := range everyRecipe()[:3] {
		for _, record := range trained(t, r).History {
			want := record.Train.Forward + r.BackwardWeight*record.Train.Backward
			cirtest.AllClose(t, []float32{float32(record.Train.Loss)}, []float32{float32(want)}, 1e-4*want)
			if (record.Train.Backward == 0) != (r.BackwardWeight == 0) {
				t.Errorf("%s: backward loss %v", r.Name, record.Train.Backward)
			}
		}
	}
}

// Training learns: on so few triplets the loss falls by half.
func TestTrainingLearns(t *testing.T) {
	for _, r := range []train.Recipe{recipe(train.Text), recipe(train.Combiner)} {
		r.Epochs, r.CombinerDropout = 30, 0
		history := trained(t, r).History
		first, last := history[0].Train.Loss, history[len(history)-1].Train.Loss
		if last > first/2 {
			t.Errorf("%s: the loss goes from %v to %v", r.Stage, first, last)
		}
	}
}

// TrainImage moves the image encoder too, and the checkpoint holds both.
func TestTrainImage(t *testing.T) {
	r := everyRecipe()[2]
	job := training(t, r, nil)
	result, err := train.Train(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	kind, weights, _ := stored(t, job.Run.Last(r))
	if kind != "pretrained" {
		t.Errorf("the checkpoint is of kind %q", kind)
	}
	c := cirtest.TinyConfig()
	before := cirtest.State(cirtest.AllSpecs(c), 1)
	for _, spec := range append(c.ImageSpecs(), c.TextSpecs()...) {
		was, err := before[spec.Name].Float32s()
		if err != nil {
			t.Fatal(err)
		}
		resting := strings.Contains(spec.Name, "crossattention")
		if moved := !slices.Equal(weights[spec.Name], was); moved == resting {
			t.Errorf("%s moved: %v", spec.Name, moved)
		}
		if (result.Weights[spec.Name] == nil) != resting {
			t.Errorf("%s is among the trained weights: %v", spec.Name, !resting)
		}
	}
}

// Progress counts epochs and steps, and shows each validation.
func TestProgress(t *testing.T) {
	job := training(t, recipe(train.Combiner), recalls(10, 20))
	var seen []train.Progress
	job.Progress = func(p train.Progress) { seen = append(seen, p) }
	if _, err := train.Train(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 8 {
		t.Fatalf("told %d times", len(seen))
	}
	for i, p := range seen {
		if p.Epoch != i/4 || p.Epochs != 2 || p.Steps != 3 || p.Step != min(i%4+1, 3) || (p.Validation != nil) != (i%4 == 3) {
			t.Errorf("%d: %+v", i, p)
		}
	}
}

// What can't be trained on is an error that names it, before or in the step.
func TestTrainRefuses(t *testing.T) {
	for want, change := range map[string]func(*train.Training){
		"Epochs 0":                   func(j *train.Training) { j.Recipe.Epochs = 0 },
		"don't fill one batch":       func(j *train.Training) { j.Data.Feed.BatchSize = 15 },
		`no embedding of "p1"`:       func(j *train.Training) { j.Data.Images.Names[1] = "other" },
		"preparing picture p":        func(j *train.Training) { j.Recipe.TrainImage, j.Data.Pixels = true, noPixels },
		"validating: no gallery":     func(j *train.Training) { j.Validate = noGallery },
		`no metric "average recall"`: func(j *train.Training) { j.Validate = nothing },
	} {
		job := training(t, recipe(train.Text), nil)
		change(&job)
		_, err := train.Train(t.Context(), job)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %s, got %v", want, err)
		}
	}
}

func noPixels(string, []float32) error { return errors.New("cut short") }

func noGallery(context.Context, cir.Weights) (eval.Result, error) {
	return eval.Result{}, errors.New("no gallery")
}

func nothing(context.Context, cir.Weights) (eval.Result, error) { return eval.Result{}, nil }
