package cir

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
)

// ObserveImages is EncodeImages for looking inside: every inner result by the name that ImageEncoder.Observe gives it,
// and the embeddings [n, E] as "output". It compiles its graph at each call and holds all results at once, so it is slow
// and takes much memory: give it a few pictures.
func (m *Model) ObserveImages(pixels []float32, n int) (map[string]tensor.Tensor, error) {
	in, err := m.imageInputs(pixels, n)
	if err != nil {
		return nil, fmt.Errorf("observing images: %w", err)
	}
	return m.observed("observed image encoder", m.Config.ImageSpecs(), func(p Params, in []*Node, observe func(string, *Node)) *Node {
		encoder := m.ImageEncoder()
		encoder.Observe = observe
		return encoder.Embed(p, in[0])
	}, in)
}

// ObserveTexts is EncodeTexts for looking inside: every inner result by the name that TextEncoder.Observe gives it, and
// the embeddings [rows, E] as "output". Like ObserveImages it is slow and takes much memory.
func (m *Model) ObserveTexts(ids, mask []int32, rows, length int) (map[string]tensor.Tensor, error) {
	in, err := m.textInputs(ids, mask, rows, length)
	if err != nil {
		return nil, fmt.Errorf("observing texts: %w", err)
	}
	return m.observed("observed text encoder", m.Config.TextSpecs(), func(p Params, in []*Node, observe func(string, *Node)) *Node {
		encoder := m.TextEncoder()
		encoder.Observe = observe
		return encoder.Embed(p, in[0], in[1], nil)
	}, in)
}

// observed runs an encoder once and copies all that it shows to the host.
func (m *Model) observed(name string, specs []tensor.Spec, embed func(p Params, in []*Node, observe func(string, *Node)) *Node, in []*tensors.Tensor) (map[string]tensor.Tensor, error) {
	var names []string
	program, err := m.program(OneDevice(m.Backend), name, specs, 0, func(p Params, in []*Node) []*Node {
		names = nil
		var seen []*Node
		output := embed(p, in, func(name string, x *Node) {
			names, seen = append(names, name), append(seen, x)
		})
		names = append(names, "output")
		return append(seen, output)
	})
	if err != nil {
		return nil, err
	}
	defer program.Finalize()
	out, err := program.Call(m.Weights, in...)
	if err != nil {
		return nil, err
	}
	results := make(map[string]tensor.Tensor, len(out))
	for i, result := range out {
		dims := result.Shape().Dimensions
		values, err := m.flat(result)
		if err != nil {
			return nil, err
		}
		results[names[i]] = tensor.FromFloat32s(values, dims...)
	}
	return results, nil
}
