package verify

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// parts are the losses of one case at one backward weight, as the JSON files have them.
type parts struct {
	Forward  float64 `json:"loss_f"`
	Backward float64 `json:"loss_r"`
	Loss     float64 `json:"loss"`
}

// checkStage1Loss compares stage I's logits, losses and gradients on given embeddings.
func checkStage1Loss(s *Set, r *recorder) error {
	var cases struct {
		Cases map[string]map[string]parts `json:"cases"`
	}
	g, err := s.pair("losses/stage1", &cases)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(cases.Cases)) {
		for _, weight := range slices.Sorted(maps.Keys(cases.Cases[name])) {
			if err := s.stage1Case(r, g, name, weight, cases.Cases[name][weight]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Set) stage1Case(r *recorder, g golden, name, weight string, want parts) error {
	w, err := strconv.ParseFloat(strings.TrimPrefix(weight, "w"), 64)
	if err != nil {
		return fmt.Errorf("losses/stage1.json, case %s: %q is no weight: %w", name, weight, err)
	}
	in, err := g.upload(name+".reference_features", name+".target_features", name+".caption_features", name+".negated_caption_features")
	if err != nil {
		return err
	}
	out, err := ExecOnceN(s.Backend, func(in []*Node) []*Node {
		references, targets, texts, backwardTexts := in[0], in[1], in[2], in[3]
		forward := cir.ForwardLogits(cir.Sum(references, texts), cir.Normalize(targets), cir.LogitScale)
		backward := cir.SumBackwardLogits(references, targets, backwardTexts, cir.LogitScale)
		loss, forwardLoss, backwardLoss := cir.BidirectionalLoss(forward, backward, w)
		gradients := Gradient(loss, texts, backwardTexts)
		return append([]*Node{forward, backward, forwardLoss, backwardLoss, loss}, gradients...)
	}, in)
	if err != nil {
		return err
	}
	r.losses(fmt.Sprintf("losses/stage1.json %s.%s", name, weight), out[2:5], want, 1e-4)
	for i, c := range []struct {
		name      string
		tolerance float64
	}{
		{name + ".logits", 5e-4},
		{name + ".logits_r", 5e-4},
		{name + "." + weight + ".grad.caption_features", 2e-5},
		{name + "." + weight + ".grad.negated_caption_features", 2e-5},
	} {
		at := i
		if i >= 2 {
			at += 3
		}
		if err := r.compare(g, c.name, out[at], c.tolerance); err != nil {
			return err
		}
	}
	return nil
}

// losses counts three cases: the forward loss, the backward loss, their weighted sum.
func (r *recorder) losses(name string, got []*tensors.Tensor, want parts, tolerance float64) {
	for i, each := range []struct {
		name string
		want float64
	}{{"loss_f", want.Forward}, {"loss_r", want.Backward}, {"loss", want.Loss}} {
		r.within(name+" "+each.name, math.Abs(float64(tensors.ToScalar[float32](got[i]))-each.want), tolerance)
	}
}

// checkStage1Gradients compares the gradient of stage I's loss for every weight of the tiny text encoder.
func checkStage1Gradients(s *Set, r *recorder) error {
	c, err := s.tinyConfig()
	if err != nil {
		return err
	}
	g, err := s.tensors("tiny_blip/stage1_grads.safetensors")
	if err != nil {
		return err
	}
	var info struct {
		Weight  float64  `json:"loss_r_weight"`
		Without []string `json:"parameters_without_gradient"`
	}
	if err := s.json("tiny_blip/stage1_grads.json", &info); err != nil {
		return err
	}
	weights, err := s.tinyWeights(c)
	if err != nil {
		return err
	}
	in, err := g.upload("reference_features", "target_features", "input_ids", "attention_mask", "negated_input_ids", "negated_attention_mask")
	if err != nil {
		return err
	}
	reached := slices.DeleteFunc(c.TextSpecs(), func(spec tensor.Spec) bool { return slices.Contains(info.Without, spec.Name) })
	out, err := s.stage1Gradients(c, weights, reached, info.Weight, in)
	if err != nil {
		return err
	}
	return r.gradients(g, out, reached)
}

// stage1Gradients returns both logits, the two losses and their sum, then the gradients of reached.
func (s *Set) stage1Gradients(c cir.Config, weights cir.Weights, reached []tensor.Spec, w float64, in []*tensors.Tensor) ([]*tensors.Tensor, error) {
	encoder := cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim}
	program, err := cir.NewProgram(s.Backend, "stage I gradients", cir.Names(c.TextSpecs()), func(p cir.Params, in []*Node) []*Node {
		texts, backwardTexts := encoder.Embed(p, in[2], in[3], nil), encoder.Embed(p, in[4], in[5], nil)
		forward := cir.ForwardLogits(cir.Sum(in[0], texts), cir.Normalize(in[1]), cir.LogitScale)
		backward := cir.SumBackwardLogits(in[0], in[1], backwardTexts, cir.LogitScale)
		loss, forwardLoss, backwardLoss := cir.BidirectionalLoss(forward, backward, w)
		var weights []*Node
		for _, spec := range reached {
			weights = append(weights, p.Get(spec.Name, spec.Shape...))
		}
		return append([]*Node{forward, backward, forwardLoss, backwardLoss, loss}, Gradient(loss, weights...)...)
	})
	if err != nil {
		return nil, err
	}
	defer program.Finalize()
	return program.Call(weights, in...)
}

// gradients compares each gradient to 1e-4 of its tensor's largest value. A key bias has none in exact arithmetic:
// there rounding noise is compared, to 1e-3 absolute.
func (r *recorder) gradients(g golden, out []*tensors.Tensor, reached []tensor.Spec) error {
	for i, each := range []struct {
		name      string
		tolerance float64
	}{{"logits", 1e-3}, {"logits_r", 1e-3}, {"loss_f", 1e-4}, {"loss_r", 1e-4}, {"loss", 1e-4}} {
		if err := r.compare(g, each.name, out[i], each.tolerance); err != nil {
			return err
		}
	}
	for i, spec := range reached {
		want, err := g.floats("grad." + spec.Name)
		if err != nil {
			return err
		}
		tolerance := 1e-4 * largest(want)
		if strings.HasSuffix(spec.Name, "self.key.bias") {
			tolerance = 1e-3
		}
		if err := r.compare(g, "grad."+spec.Name, out[5+i], tolerance); err != nil {
			return err
		}
	}
	return nil
}
