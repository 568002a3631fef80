package train_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/embed"
	"gocir/cir/feed"
	"gocir/cir/train"
	"gocir/datasets"
)

// recipe is a small recipe of a stage. Its large epsilon keeps Adam from magnifying the noise of gradients that nearly
// vanish, so that two ways to compute a step can be compared.
func recipe(stage train.Stage) train.Recipe {
	return train.Recipe{
		Name: "test", Stage: stage, Dataset: "fashioniq", Preset: "tiny",
		Epochs: 2, BatchSize: 4, LearningRate: 1e-2, WeightDecay: 0.05, Epsilon: 1e-2,
		BackwardWeight: 0.5, CombinerDropout: 0.5, PairDropout: cir.PairDropoutShared,
		ImageBatch: 4, TextBatch: 4, MaxLength: 24, Transform: "targetpad", Target: 1.25,
		SaveTraining: true, SaveBest: true, ValidationFrequency: 1, Seed: 3,
	}
}

func normal(rows, width int, seed uint64) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(cirtest.Normal(rows*width, seed), rows, width)
}

// batch is a batch of random tensors, as Steps.Step wants it for a recipe.
func batch(r train.Recipe, rows int, seed uint64) []*tensors.Tensor {
	const width = 12
	if r.Stage == train.Combiner {
		return []*tensors.Tensor{
			normal(rows, width, seed), normal(rows, width, seed+1), normal(rows, width, seed+2), normal(rows, width, seed+3),
		}
	}
	texts, length := 2*rows, 6
	if r.BackwardWeight == 0 || r.Stage == train.Contrastive {
		texts = rows
	}
	ids, mask := make([]int32, texts*length), make([]int32, texts*length)
	for i := range ids {
		ids[i], mask[i] = int32((i*7+int(seed))%60)+1, 1
	}
	tokens := []*tensors.Tensor{
		tensors.FromFlatDataAndDimensions(ids, texts, length), tensors.FromFlatDataAndDimensions(mask, texts, length),
	}
	switch {
	case r.Stage == train.Contrastive:
		same := make([]float32, rows*rows)
		for i := range rows {
			same[i*rows+i] = 1
		}
		return append(append([]*tensors.Tensor{pictures(rows, seed)}, tokens...), tensors.FromFlatDataAndDimensions(same, rows, rows))
	case r.TrainImage:
		return append([]*tensors.Tensor{pictures(2*rows, seed)}, tokens...)
	}
	return append([]*tensors.Tensor{normal(rows, width, seed), normal(rows, width, seed+1)}, tokens...)
}

func pictures(n int, seed uint64) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(cirtest.Normal(n*3*16*16, seed), n, 3, 16, 16)
}

// model is a model of random weights.
func model(t testing.TB, c cir.Config, specs []tensor.Spec) *cir.Model {
	t.Helper()
	m, err := cir.NewModel(cirtest.Backend(t), c, cirtest.Weights(t, specs, 1))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// newSteps prepares steps of the tiny model. Without dropout they are those of evaluation mode.
func newSteps(t *testing.T, r train.Recipe, dropout bool) *train.Steps {
	t.Helper()
	return stepsOn(t, cir.OneDevice(cirtest.Backend(t)), r, dropout)
}

// stepsOn is newSteps on devices.
func stepsOn(t *testing.T, devices *cir.Devices, r train.Recipe, dropout bool) *train.Steps {
	t.Helper()
	c := cirtest.TinyConfig()
	if !dropout {
		c.Text.Dropout, c.Combiner.Dropout = 0, 0
	}
	m, err := model(t, c, cirtest.AllSpecs(c)).On(devices, "")
	if err != nil {
		t.Fatal(err)
	}
	steps, err := train.NewSteps(m, r)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// walk makes steps and returns their losses, and all trained weights after them.
func walk(t *testing.T, steps *train.Steps, r train.Recipe, rows, n int) (losses []train.Losses, weights map[string][]float32) {
	t.Helper()
	for i := range n {
		l, err := steps.Step(r.Rates(0), batch(r, rows, uint64(100*i))...)
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, l)
	}
	return losses, numbers(t, steps)
}

func numbers(t *testing.T, steps *train.Steps) map[string][]float32 {
	t.Helper()
	host, err := steps.Weights().Download(steps.Trained())
	if err != nil {
		t.Fatal(err)
	}
	weights := map[string][]float32{}
	for name, each := range host {
		if weights[name], err = each.Float32s(); err != nil {
			t.Fatal(err)
		}
	}
	return weights
}

// tinyData are 14 triplets over 8 pictures, with random embeddings.
func tinyData(t *testing.T, r train.Recipe) train.Data {
	t.Helper()
	f := feed.Feed{BatchSize: r.BatchSize, Seed: r.Seed, KeepLast: r.KeepLast, NoMarks: r.NoMarks}
	for i := range 14 {
		f.Triplets = append(f.Triplets, datasets.Triplet{
			ID: fmt.Sprintf("t%d", i), Reference: fmt.Sprintf("p%d", i%8), Target: fmt.Sprintf("p%d", (3*i+1)%8),
			Captions: []string{strings.Repeat("red ", i%3) + "is", "blue " + string(rune('a'+i))},
		})
	}
	var names []string
	for i := range 8 {
		names = append(names, fmt.Sprintf("p%d", i))
	}
	texts, err := f.Texts()
	if err != nil {
		t.Fatal(err)
	}
	return train.Data{
		Feed: f, Tokenizer: cirtest.TinyTokenizer(t), ImageSize: 16,
		Images: &embed.Embeddings{Names: names, Width: 12, Data: cirtest.Normal(8*12, 1)},
		Texts:  &embed.Embeddings{Names: texts, Width: 12, Data: cirtest.Normal(len(texts)*12, 2)},
		Pixels: func(name string, dst []float32) error {
			copy(dst, cirtest.Normal(len(dst), uint64(name[1])))
			return nil
		},
	}
}
