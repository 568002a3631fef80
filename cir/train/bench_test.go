package train_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir/train"
	"gocir/models"
)

// One step of stage I on the model of the generated data set: 64 triplets, so 128 texts of 40 tokens.
func BenchmarkTextStep(b *testing.B) {
	const batch, length = 64, 40
	r, c := recipe(train.Text), models.Tiny
	steps, err := train.NewSteps(model(b, c, c.TextSpecs()), r)
	if err != nil {
		b.Fatal(err)
	}
	ids, mask := make([]int32, 2*batch*length), make([]int32, 2*batch*length)
	for i := range ids {
		ids[i], mask[i] = int32(i*7%500)+1, 1
	}
	in := []*tensors.Tensor{
		normal(batch, c.EmbedDim, 1), normal(batch, c.EmbedDim, 2),
		tensors.FromFlatDataAndDimensions(ids, 2*batch, length), tensors.FromFlatDataAndDimensions(mask, 2*batch, length),
	}
	step := func() {
		if _, err := steps.Step(r.Rates(0), in...); err != nil {
			b.Fatal(err)
		}
	}
	step() // compiles
	for b.Loop() {
		step()
	}
}

// One step of stage II on the same model: 64 triplets, all pairs at once and in tiles of 16 rows.
func BenchmarkCombinerStep(b *testing.B) {
	for name, tile := range map[string]int{"whole": 0, "tiles": 16} {
		b.Run(name, func(b *testing.B) {
			r, c := recipe(train.Combiner), models.Tiny
			r.BatchSize, r.TileRows = 64, tile
			steps, err := train.NewSteps(model(b, c, c.CombinerSpecs()), r)
			if err != nil {
				b.Fatal(err)
			}
			in := []*tensors.Tensor{normal(64, c.EmbedDim, 1), normal(64, c.EmbedDim, 2), normal(64, c.EmbedDim, 3), normal(64, c.EmbedDim, 4)}
			step := func() {
				if _, err := steps.Step(r.Rates(0), in...); err != nil {
					b.Fatal(err)
				}
			}
			step() // compiles
			for b.Loop() {
				step()
			}
		})
	}
}
