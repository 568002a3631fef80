package cir

import (
	"fmt"
	"maps"
	"slices"

	"gocir/checkpoints/tensor"
)

// ImageSpecs lists the image encoder's weights, visual_encoder.* and vision_proj.*.
func (c Config) ImageSpecs() []tensor.Spec {
	var s specs
	v := c.Image
	s.add("visual_encoder.cls_token", 1, 1, v.Width)
	s.add("visual_encoder.pos_embed", 1, v.Tokens(), v.Width)
	s.add("visual_encoder.patch_embed.proj.weight", v.Width, 3, v.PatchSize, v.PatchSize)
	s.add("visual_encoder.patch_embed.proj.bias", v.Width)
	for i := range v.Depth {
		block := fmt.Sprintf("visual_encoder.blocks.%d.", i)
		s.norm(block+"norm1", v.Width)
		s.linear(block+"attn.qkv", 3*v.Width, v.Width)
		s.linear(block+"attn.proj", v.Width, v.Width)
		s.norm(block+"norm2", v.Width)
		s.linear(block+"mlp.fc1", v.Hidden, v.Width)
		s.linear(block+"mlp.fc2", v.Width, v.Hidden)
	}
	s.norm("visual_encoder.norm", v.Width)
	s.linear("vision_proj", c.EmbedDim, v.Width)
	return s
}

// TextSpecs lists the text encoder's weights, text_encoder.* and text_proj.*, the unused cross-attention included.
func (c Config) TextSpecs() []tensor.Spec {
	var s specs
	t := c.Text
	s.add("text_encoder.embeddings.word_embeddings.weight", t.Vocabulary, t.Width)
	s.add("text_encoder.embeddings.position_embeddings.weight", t.Positions, t.Width)
	s.norm("text_encoder.embeddings.LayerNorm", t.Width)
	for i := range t.Depth {
		layer := fmt.Sprintf("text_encoder.encoder.layer.%d.", i)
		s.attention(layer+"attention", t.Width, t.Width)
		s.attention(layer+"crossattention", t.Width, t.CrossWidth)
		s.linear(layer+"intermediate.dense", t.Hidden, t.Width)
		s.linear(layer+"output.dense", t.Width, t.Hidden)
		s.norm(layer+"output.LayerNorm", t.Width)
	}
	s.linear("text_proj", c.EmbedDim, t.Width)
	return s
}

// CombinerSpecs lists the Combiner's weights.
func (c Config) CombinerSpecs() []tensor.Spec {
	var s specs
	projection, hidden := c.Combiner.Projection, c.Combiner.Hidden
	s.linear("text_projection_layer", projection, c.EmbedDim)
	s.linear("image_projection_layer", projection, c.EmbedDim)
	s.linear("combiner_layer", hidden, 2*projection)
	s.linear("output_layer", c.EmbedDim, hidden)
	s.linear("dynamic_scalar.0", hidden, 2*projection)
	s.linear("dynamic_scalar.3", 1, hidden)
	return s
}

// NumParams counts the numbers in the weights of specs.
func NumParams(list []tensor.Spec) int {
	total := 0
	for _, spec := range list {
		total += tensor.Tensor{Shape: spec.Shape}.Len()
	}
	return total
}

type specs []tensor.Spec

func (s *specs) add(name string, shape ...int) {
	*s = append(*s, tensor.Spec{Name: name, Shape: shape})
}

func (s *specs) linear(name string, out, in int) {
	s.add(name+".weight", out, in)
	s.add(name+".bias", out)
}

func (s *specs) norm(name string, width int) {
	s.add(name+".weight", width)
	s.add(name+".bias", width)
}

// attention is BERT's: queries of width, keys and values of another.
func (s *specs) attention(name string, width, from int) {
	s.linear(name+".self.query", width, width)
	s.linear(name+".self.key", width, from)
	s.linear(name+".self.value", width, from)
	s.linear(name+".output.dense", width, width)
	s.norm(name+".output.LayerNorm", width)
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
