package verify

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/train"
)

// checkSchedule compares the learning rates of both groups, epoch by epoch.
func checkSchedule(s *Set, r *recorder) error {
	var file struct {
		Schedules []struct {
			Initial  float64   `json:"init_lr"`
			Minimum  float64   `json:"min_lr"`
			MaxEpoch int       `json:"max_epoch"`
			Rates    []float64 `json:"group0_lr_by_epoch"`
		} `json:"schedules"`
	}
	if err := s.json("optim/lr_schedule.json", &file); err != nil {
		return err
	}
	for i, schedule := range file.Schedules {
		recipe := train.Recipe{
			LearningRate: schedule.Initial, MinLearningRate: schedule.Minimum, MaxEpoch: schedule.MaxEpoch, ProjectionRate: 100,
		}
		for epoch, want := range schedule.Rates {
			name := fmt.Sprintf("schedule %d epoch %d", i, epoch)
			got := recipe.Rates(epoch)
			r.within(name, math.Abs(got[0]-want), 1e-15)
			r.within(name+" text_proj", math.Abs(got[1]-100*schedule.Initial), 1e-15)
		}
	}
	return nil
}

// trajectory is a golden file of optimizer steps.
type trajectory struct {
	Weight      float64    `json:"loss_r_weight"`
	WeightDecay float64    `json:"weight_decay"`
	Betas       [2]float64 `json:"betas"`
	Epsilon     float64    `json:"eps"`
	Steps       []struct {
		Step  int     `json:"step"`
		Rate  float64 `json:"lr"`
		Rate0 float64 `json:"lr_group0"`
		Rate1 float64 `json:"lr_group1"`
		parts
	} `json:"steps"`
}

func (t trajectory) recipe(stage train.Stage) train.Recipe {
	return train.Recipe{
		Name: "golden", Stage: stage, BackwardWeight: t.Weight, WeightDecay: t.WeightDecay,
		Beta1: t.Betas[0], Beta2: t.Betas[1], Epsilon: t.Epsilon, PairDropout: cir.PairDropoutShared,
	}
}

// checkAdamW follows stage I's optimizer over five steps of the tiny text encoder.
func checkAdamW(s *Set, r *recorder) error {
	c, err := s.tinyConfig()
	if err != nil {
		return err
	}
	weights, err := s.tinyWeights(c)
	if err != nil {
		return err
	}
	return s.follow(r, "optim/adamw", train.Text, func(*train.Recipe) {}, c, weights, func(g golden, step string) ([]*tensors.Tensor, error) {
		images, err := g.upload(step+".reference_features", step+".target_features")
		if err != nil {
			return nil, err
		}
		texts, err := g.stacked(step+".input_ids", step+".negated_input_ids", step+".attention_mask", step+".negated_attention_mask")
		return append(images, texts...), err
	})
}

// checkAdam follows stage II's optimizer over five steps of the Combiner, all pairs at once and in tiles of rows.
func checkAdam(s *Set, r *recorder) error {
	c, err := s.combinerConfig()
	if err != nil {
		return err
	}
	weights, err := s.combinerWeights(c)
	if err != nil {
		return err
	}
	for _, rows := range []int{0, 4} {
		tiled := func(r *train.Recipe) { r.TileRows, r.BatchSize = rows, 1<<20 }
		err := s.follow(r, "optim/adam_combiner", train.Combiner, tiled, c, weights, func(g golden, step string) ([]*tensors.Tensor, error) {
			return g.upload(step+".reference_features", step+".target_features", step+".caption_features", step+".negated_caption_features")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// follow makes the golden file's steps and compares losses before, and weights after them.
func (s *Set) follow(r *recorder, file string, stage train.Stage, change func(*train.Recipe), c cir.Config, weights cir.Weights, batch func(g golden, step string) ([]*tensors.Tensor, error)) error {
	var t trajectory
	g, err := s.pair(file, &t)
	if err != nil {
		return err
	}
	m, err := cir.NewModel(s.Backend, c, weights)
	if err != nil {
		return err
	}
	steps, err := train.NewSteps(m, t.recipe(stage).But(file, change))
	if err != nil {
		return err
	}
	for _, want := range t.Steps {
		in, err := batch(g, fmt.Sprintf("step%d", want.Step))
		if err != nil {
			return err
		}
		losses, err := steps.Step([2]float64{max(want.Rate, want.Rate0), want.Rate1}, in...)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s.json step %d", file, want.Step)
		r.within(name+" loss_f", math.Abs(losses.Forward-want.Forward), 1e-3)
		r.within(name+" loss_r", math.Abs(losses.Backward-want.Backward), 1e-3)
		r.within(name+" loss", math.Abs(losses.Loss-want.Loss), 1e-3)
		if err := r.weightsAfter(g, want.Step, weights, steps.Weights()); err != nil {
			return err
		}
	}
	return nil
}

// weightsAfter compares the weights of the golden file after a step: at least 99.9 % of a tensor within 5e-6 and all
// within 1e-4, since Adam's first steps amplify the noise of gradients that nearly vanish. A weight that is not
// trained must be as it was.
func (r *recorder) weightsAfter(g golden, step int, before, after cir.Weights) error {
	for name := range g.below(fmt.Sprintf("after%d.", step)) {
		if strings.HasSuffix(name, "self.key.bias") {
			continue
		}
		want, err := g.floats(fmt.Sprintf("after%d.%s", step, name))
		if err != nil {
			return err
		}
		weight := after[name]
		if weight == nil {
			weight = before[name]
		}
		if weight == nil {
			return fmt.Errorf("golden file %s: the model has no weight %s", g.file, name)
		}
		got, err := tensors.CopyFlatData[float32](weight)
		if err != nil {
			return err
		}
		label := fmt.Sprintf("%s after%d.%s", g.file, step, name)
		r.within(label, largestDifference(got, want), 1e-4)
		r.within(label+" share beyond 5e-6", shareBeyond(got, want, 5e-6), 1e-3)
	}
	return nil
}

// shareBeyond is the share of values that differ by more than tolerance.
func shareBeyond(got, want []float32, tolerance float64) float64 {
	if len(got) != len(want) {
		return math.NaN()
	}
	beyond := 0
	for i := range got {
		if !(math.Abs(float64(got[i])-float64(want[i])) <= tolerance) {
			beyond++
		}
	}
	return float64(beyond) / float64(len(got))
}

// stacked puts the rows of ids a and b below each other, and those of their masks, padded to the longer of the two.
func (g golden) stacked(idsA, idsB, maskA, maskB string) ([]*tensors.Tensor, error) {
	var out []*tensors.Tensor
	for _, pair := range [][2]string{{idsA, idsB}, {maskA, maskB}} {
		length, rows := 0, 0
		for _, name := range pair {
			t, ok := g.all[name]
			if !ok || len(t.Shape) != 2 {
				return nil, fmt.Errorf("golden file %s has no matrix %s", g.file, name)
			}
			length, rows = max(length, t.Shape[1]), rows+t.Shape[0]
		}
		flat := make([]int32, 0, rows*length)
		for _, name := range pair {
			values, err := g.all[name].Int64s()
			if err != nil {
				return nil, err
			}
			width := g.all[name].Shape[1]
			for i := 0; i < len(values); i += width {
				row := make([]int32, length)
				for j, v := range values[i : i+width] {
					row[j] = int32(v)
				}
				flat = append(flat, row...)
			}
		}
		out = append(out, tensors.FromFlatDataAndDimensions(flat, rows, length))
	}
	return out, nil
}
