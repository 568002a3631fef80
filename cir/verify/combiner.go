package verify

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/models"
)

// combinerConfig reads the Combiner's sizes. Golden cases are in evaluation mode: no dropout.
func (s *Set) combinerConfig() (cir.Config, error) {
	var c struct {
		EmbedDim   int `json:"feature_dim"`
		Projection int `json:"projection_dim"`
		Hidden     int `json:"hidden_dim"`
	}
	err := s.json("combiner/config.json", &c)
	config := models.BLIPBase384 // of its encoders no case asks anything
	config.EmbedDim, config.Combiner = c.EmbedDim, cir.CombinerConfig{Projection: c.Projection, Hidden: c.Hidden}
	return config, err
}

func (s *Set) combinerWeights(c cir.Config) (cir.Weights, error) {
	g, err := s.tensors("combiner/combiner.safetensors")
	if err != nil {
		return nil, err
	}
	return cir.Upload(s.Backend, g.all, c.CombinerSpecs())
}

// checkCombiner compares the Combiner and stage II's loss, once factorised and once pair by pair.
func checkCombiner(s *Set, r *recorder) error {
	c, err := s.combinerConfig()
	if err != nil {
		return err
	}
	weights, err := s.combinerWeights(c)
	if err != nil {
		return err
	}
	var cases struct {
		Cases map[string]map[string]parts `json:"cases"`
	}
	g, err := s.pair("combiner/case", &cases)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(cases.Cases)) {
		for _, weight := range slices.Sorted(maps.Keys(cases.Cases[name])) {
			for _, way := range []cir.PairDropout{cir.PairDropoutShared, cir.PairDropoutIndependent} {
				k := combinerCase{set: s, config: c, weights: weights, g: g, name: name, weight: weight, way: way}
				if err := k.check(r, cases.Cases[name][weight]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

type combinerCase struct {
	set          *Set
	config       cir.Config
	weights      cir.Weights
	g            golden
	name, weight string
	way          cir.PairDropout // shared: factorised; independent: pair by pair
}

func (k combinerCase) check(r *recorder, want parts) error {
	w, err := strconv.ParseFloat(strings.TrimPrefix(k.weight, "w"), 64)
	if err != nil {
		return fmt.Errorf("combiner/case.json, case %s: %q is no weight: %w", k.name, k.weight, err)
	}
	out, err := k.run(w)
	if err != nil {
		return err
	}
	r.losses(fmt.Sprintf("combiner/case.json %s.%s %s", k.name, k.weight, k.way), out[4:7], want, 1e-4)
	for i, each := range []struct {
		name      string
		tolerance float64
	}{{"combined", 1e-5}, {"dynamic_scalar", 1e-5}, {"logits", 1e-3}, {"logits_r", 1e-3}} {
		if err := r.compare(k.g, k.name+"."+each.name, out[i], each.tolerance); err != nil {
			return err
		}
	}
	return k.gradients(r, out[7:])
}

// gradients compares those that the file has: it lacks them for some cases.
func (k combinerCase) gradients(r *recorder, out []*tensors.Tensor) error {
	for i, spec := range k.config.CombinerSpecs() {
		name := fmt.Sprintf("%s.%s.grad.%s", k.name, k.weight, spec.Name)
		if _, ok := k.g.all[name]; !ok {
			continue
		}
		want, err := k.g.floats(name)
		if err != nil {
			return err
		}
		if err := r.compare(k.g, name, out[i], 2e-4*largest(want)); err != nil {
			return err
		}
	}
	return nil
}

// run returns composed queries, λ, both logits, three losses and the gradients of all weights.
func (k combinerCase) run(w float64) ([]*tensors.Tensor, error) {
	in, err := k.g.upload(k.name+".reference_features", k.name+".target_features", k.name+".caption_features", k.name+".negated_caption_features")
	if err != nil {
		return nil, err
	}
	specs := k.config.CombinerSpecs()
	program, err := cir.NewProgram(k.set.Backend, "golden Combiner", cir.Names(specs), func(p cir.Params, in []*Node) []*Node {
		combiner := cir.Combiner{Config: k.config.Combiner, Params: p}
		composed, lambda := combiner.Compose(in[0], in[2], nil)
		forward := cir.ForwardLogits(composed, cir.Normalize(in[1]), cir.LogitScale)
		backward := k.backward(combiner, in[0], in[1], in[3])
		loss, forwardLoss, backwardLoss := cir.BidirectionalLoss(forward, backward, w)
		var weights []*Node
		for _, spec := range specs {
			weights = append(weights, p.Get(spec.Name, spec.Shape...))
		}
		out := []*Node{composed, lambda, forward, backward, forwardLoss, backwardLoss, loss}
		return append(out, Gradient(loss, weights...)...)
	})
	if err != nil {
		return nil, err
	}
	defer program.Finalize()
	return program.Call(k.weights, in...)
}

func (k combinerCase) backward(combiner cir.Combiner, references, targets, texts *Node) *Node {
	if k.way == cir.PairDropoutIndependent {
		return combiner.CombinerPairwiseLogits(texts, references, targets, nil)
	}
	return combiner.CombinerBackwardLogits(combiner.Text(texts, nil), texts, references, combiner.Image(targets, nil), targets, nil, nil)
}
