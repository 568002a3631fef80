package train_test

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir/train"
)

func TestRecipeValidate(t *testing.T) {
	for _, stage := range []train.Stage{train.Text, train.Combiner, train.Contrastive} {
		if err := recipe(stage).Validate(); err != nil {
			t.Error(err)
		}
	}
	for want, change := range map[string]func(*train.Recipe){
		`Name ""`:             func(r *train.Recipe) { r.Name = "" },
		`Name "../x"`:         func(r *train.Recipe) { r.Name = "../x" },
		`Name "a/b"`:          func(r *train.Recipe) { r.Name = "a/b" },
		`Name "a\x00b"`:       func(r *train.Recipe) { r.Name = "a\x00b" },
		`Name "a\xffb"`:       func(r *train.Recipe) { r.Name = "a\xffb" },
		`200 at most`:         func(r *train.Recipe) { r.Name = strings.Repeat("a", 201) },
		`Stage "polish"`:      func(r *train.Recipe) { r.Stage = "polish" },
		`Dataset "coco"`:      func(r *train.Recipe) { r.Dataset = "coco" },
		"Epochs 0":            func(r *train.Recipe) { r.Epochs = 0 },
		"BatchSize 0":         func(r *train.Recipe) { r.BatchSize = 0 },
		"LearningRate 0":      func(r *train.Recipe) { r.LearningRate = 0 },
		"LearningRate NaN":    func(r *train.Recipe) { r.LearningRate = math.NaN() },
		"LearningRate +Inf":   func(r *train.Recipe) { r.LearningRate = math.Inf(1) },
		"MinLearningRate 1":   func(r *train.Recipe) { r.MinLearningRate = 1 },
		"MaxEpoch -1":         func(r *train.Recipe) { r.MaxEpoch = -1 },
		"ProjectionRate NaN":  func(r *train.Recipe) { r.ProjectionRate = math.NaN() },
		"WeightDecay -1":      func(r *train.Recipe) { r.WeightDecay = -1 },
		"Beta1 1":             func(r *train.Recipe) { r.Beta1 = 1 },
		"Beta2 -0.5":          func(r *train.Recipe) { r.Beta2 = -0.5 },
		"Epsilon -1":          func(r *train.Recipe) { r.Epsilon = -1 },
		"BackwardWeight +Inf": func(r *train.Recipe) { r.BackwardWeight = math.Inf(1) },
		"CombinerDropout 1":   func(r *train.Recipe) { r.CombinerDropout = 1 },
		"TileRows -1":         func(r *train.Recipe) { r.TileRows = -1 },
		"MaxSteps -1":         func(r *train.Recipe) { r.MaxSteps = -1 },
		"Projection -1":       func(r *train.Recipe) { r.Projection = -1 },
		"Hidden -1":           func(r *train.Recipe) { r.Hidden = -1 },
		"ImageBatch 0":        func(r *train.Recipe) { r.ImageBatch = 0 },
		"TextBatch 0":         func(r *train.Recipe) { r.TextBatch = 0 },
		"MaxLength 2":         func(r *train.Recipe) { r.MaxLength = 2 },
		"InputSize -1":        func(r *train.Recipe) { r.InputSize = -1 },
		"ValidationFrequency": func(r *train.Recipe) { r.ValidationFrequency = 0 },
		"TrainImage":          func(r *train.Recipe) { r.TrainImage = true },
		`transform "stretch"`: func(r *train.Recipe) { r.Transform = "stretch" },
		"target ratio 0.5":    func(r *train.Recipe) { r.Target = 0.5 },
		`pair dropout "none"`: func(r *train.Recipe) { r.PairDropout = "none" },
	} {
		err := recipe(train.Combiner).But("changed", change).Validate()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %s, got %v", want, err)
		}
	}
}

// All problems are reported, not the first alone.
func TestRecipeValidateListsAll(t *testing.T) {
	err := train.Recipe{}.Validate()
	for _, want := range []string{"Name", "Stage", "Dataset", "Epochs", "BatchSize", "LearningRate", "ImageBatch", "MaxLength", "transform"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not in %v", want, err)
		}
	}
}

// A variant leaves its model as it was.
func TestBut(t *testing.T) {
	r := recipe(train.Text)
	variant := r.But("variant", func(r *train.Recipe) { r.Epochs = 9 })
	if r.Name != "test" || r.Epochs != 2 || variant.Name != "variant" || variant.Epochs != 9 || variant.Seed != r.Seed {
		t.Errorf("%+v and %+v", r, variant)
	}
}

// No two uses of random numbers share a state, also where a batch has more than 256 tiles.
func TestRandomStatesAreApart(t *testing.T) {
	seen := map[[3]uint64][2]int{}
	for step := range 4 {
		for use := range 1000 {
			state := [3]uint64(tensors.MustCopyFlatData[uint64](train.RandomState(1, step, uint64(use))))
			if at, ok := seen[state]; ok {
				t.Fatalf("step %d use %d has the state of step %d use %d", step, use, at[0], at[1])
			}
			seen[state] = [2]int{step, use}
		}
	}
}
