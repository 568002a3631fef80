package verify

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// checkImageEncoder compares the tiny ViT's inner results and embeddings.
func checkImageEncoder(s *Set, r *recorder) error {
	c, err := s.tinyConfig()
	if err != nil {
		return err
	}
	g, err := s.tensors("tiny_blip/vision.safetensors")
	if err != nil {
		return err
	}
	build := func(observe func(string, *Node)) builder {
		encoder := cir.ImageEncoder{Config: c.Image, EmbedDim: c.EmbedDim, Observe: observe}
		return func(p cir.Params, in []*Node) *Node { return encoder.Embed(p, in[0]) }
	}
	return s.encode(r, g, c.ImageSpecs(), build, 1e-4, 5e-5, "images")
}

// checkTextEncoder compares the tiny BERT's inner results and embeddings, padding included.
func checkTextEncoder(s *Set, r *recorder) error {
	c, err := s.tinyConfig()
	if err != nil {
		return err
	}
	g, err := s.tensors("tiny_blip/text.safetensors")
	if err != nil {
		return err
	}
	build := func(observe func(string, *Node)) builder {
		encoder := cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim, Observe: observe}
		return func(p cir.Params, in []*Node) *Node { return encoder.Embed(p, in[0], in[1], nil) }
	}
	return s.encode(r, g, c.TextSpecs(), build, 5e-5, 5e-5, "input_ids", "attention_mask")
}

type builder = func(p cir.Params, in []*Node) *Node

// encode runs an encoder of the tiny BLIP and compares every result that it shows (tolerance inner) and its
// embeddings, called features in the golden files. Every golden tensor must have been met.
func (s *Set) encode(r *recorder, g golden, specs []tensor.Spec, build func(observe func(string, *Node)) builder, inner, outer float64, inputs ...string) error {
	model, err := s.tensors("tiny_blip/model.safetensors")
	if err != nil {
		return err
	}
	weights, err := cir.Upload(s.Backend, model.all, specs)
	if err != nil {
		return err
	}
	in, err := g.upload(inputs...)
	if err != nil {
		return err
	}
	names, out, err := s.observed(specs, weights, build, in)
	if err != nil {
		return err
	}
	met := map[string]bool{}
	for i, name := range names {
		if _, ok := g.all[name]; !ok {
			continue
		}
		met[name] = true
		tolerance := inner
		if name == "features" {
			tolerance = outer
		}
		if err := r.compare(g, name, out[i], tolerance); err != nil {
			return err
		}
	}
	for name := range g.all {
		if !met[name] && !slices.Contains(inputs, name) {
			r.miss(g.file+" "+name, "nothing was computed for it")
		}
	}
	return nil
}

// observed runs an encoder and returns all that it shows by name; its embeddings are the last, "features".
func (s *Set) observed(specs []tensor.Spec, weights cir.Weights, build func(observe func(string, *Node)) builder, in []*tensors.Tensor) (names []string, out []*tensors.Tensor, err error) {
	program, err := cir.NewProgram(s.Backend, "golden encoder", cir.Names(specs), func(p cir.Params, in []*Node) []*Node {
		names = nil
		var seen []*Node
		embeddings := build(func(name string, x *Node) {
			names, seen = append(names, name), append(seen, x)
		})(p, in)
		names = append(names, "features")
		return append(seen, embeddings)
	})
	if err != nil {
		return nil, nil, err
	}
	defer program.Finalize()
	out, err = program.Call(weights, in...)
	return names, out, err
}
