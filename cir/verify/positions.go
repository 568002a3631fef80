package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
)

// checkPositions resizes position embeddings to other grids.
func checkPositions(s *Set, r *recorder) error {
	const file, tolerance = "tiny_blip/pos_embed.safetensors", 3e-5
	g, err := s.tensors(file)
	if err != nil {
		return err
	}
	for name, in := range g.all {
		if base, ok := strings.CutSuffix(name, ".in"); ok {
			s.checkResized(r, g, in, base+".out", tolerance)
		}
	}
	other, err := checkpoints.Open(s.path("tiny_blip/model_pos_other.pth"))
	if err != nil {
		r.exact("model_pos_other.pth", false, err.Error())
		return nil
	}
	defer other.Close()
	weights, err := other.Pretrained()
	if err != nil {
		r.exact("model_pos_other.pth", false, err.Error())
		return nil
	}
	embedding := weights["visual_encoder.pos_embed"]
	r.exact("model_pos_other.pth", sameBytes(embedding, g.all["checkpoint_pos_embed"]), "its embedding differs from checkpoint_pos_embed")
	s.checkResized(r, g, embedding, "interpolated", tolerance)
	return nil
}

// checkResized resizes in to the grid of the golden tensor name.
func (s *Set) checkResized(r *recorder, g golden, in tensor.Tensor, name string, tolerance float64) {
	want, err := g.floats(name)
	if err != nil || len(g.all[name].Shape) != 3 {
		r.exact(name, false, fmt.Sprint("no such embedding: ", err))
		return
	}
	grid := int(math.Sqrt(float64(g.all[name].Shape[1] - 1)))
	out, err := checkpoints.ResizePositions(in, grid)
	if err != nil {
		r.exact(name, false, err.Error())
		return
	}
	got, err := out.Float32s()
	if err != nil || !slices.Equal(out.Shape, g.all[name].Shape) {
		r.exact(name, false, fmt.Sprintf("shape %v, want %v", out.Shape, g.all[name].Shape))
		return
	}
	r.within(name, largestDifference(got, want), tolerance)
}
