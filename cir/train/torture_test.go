package train_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/train"
	"gocir/torture"
)

// poisons put numbers that are none into what a training reads or computes.
var poisons = map[string]func(*testing.T, *train.Training, float32){
	"embeddings": func(_ *testing.T, j *train.Training, bad float32) {
		j.Data.Images.Data[3*12+1], j.Data.Texts.Data[5] = bad, bad
		pixels := j.Data.Pixels
		j.Data.Pixels = func(name string, dst []float32) error {
			err := pixels(name, dst)
			if name == "p3" {
				dst[7] = bad
			}
			return err
		}
	},
	"weights": func(t *testing.T, j *train.Training, bad float32) {
		specs := cirtest.AllSpecs(j.Model.Config)
		state := cirtest.State(specs, 1)
		for _, name := range []string{"text_proj.weight", "combiner_layer.weight"} {
			values, err := state[name].Float32s()
			if err != nil {
				t.Fatal(err)
			}
			values[4] = bad
			state[name] = tensor.FromFloat32s(values, state[name].Shape...)
		}
		poisoned, err := cir.Upload(j.Model.Backend, state, specs)
		if err != nil {
			t.Fatal(err)
		}
		j.Model = j.Model.With(poisoned)
	},
	"rate": func(_ *testing.T, j *train.Training, bad float32) { // the loss or the weights of a later step
		j.Recipe.LearningRate = math.MaxFloat32
	},
}

func TestTortureNaN(t *testing.T) {
	tally := torture.Begin(t, "NaN or Inf loss, embeddings or weights, at each stage", "the training stops at that step with the batch's triplet ids; the checkpoint has the weights before it, all finite; nothing else is written")
	for _, r := range everyRecipe() {
		for what, poison := range poisons {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				tally.Tried()
				if lost := poisoned(t, r, poison, float32(bad)); lost != "" {
					tally.Lost("%s (%s), %v in the %s: %s", r.Name, r.Stage, bad, what, lost)
				}
			}
		}
	}
}

// poisoned trains on poison and says what was lost.
func poisoned(t *testing.T, r train.Recipe, poison func(*testing.T, *train.Training, float32), bad float32) string {
	t.Helper()
	job := training(t, r, nil)
	defer closed(t, job.Run)
	poison(t, &job, bad)
	result, err := train.Train(t.Context(), job)
	stop := new(train.NotFiniteError)
	if !errors.As(err, &stop) || len(stop.Triplets) != r.BatchSize || !strings.Contains(err.Error(), fmt.Sprintf("step %d", stop.Step)) {
		return fmt.Sprintf("err = %v", err)
	}
	for _, record := range result.History {
		if loss := record.Train.Loss; math.IsNaN(loss) || math.IsInf(loss, 0) {
			return fmt.Sprintf("the history has the loss %v", loss)
		}
	}
	for _, name := range list(t, job.Run.Dir) {
		if !strings.HasSuffix(name, ".safetensors") {
			continue
		}
		all, _, err := safetensors.Read(job.Run.Path(name))
		if err != nil {
			return err.Error()
		}
		for of, each := range all {
			values, err := each.Float32s()
			if err != nil || slices.ContainsFunc(values, func(v float32) bool { return v-v != 0 }) {
				return fmt.Sprintf("%s holds a %s that is not finite, %v", name, of, err)
			}
		}
	}
	return ""
}
