package models

import (
	"fmt"

	"gocir/cir"
	"gocir/cir/train"
)

// common are the fields that both stages and both data sets share.
var common = train.Recipe{
	Preset: "base", BackwardWeight: 0, ProjectionRate: 1, CombinerDropout: 0.5, PairDropout: cir.PairDropoutShared,
	ImageBatch: 32, TextBatch: 32, MaxLength: 77, Transform: "targetpad", Target: 1.25,
	SaveTraining: true, SaveBest: true, ValidationFrequency: 1,
}

// TextFashionIQ is stage I on FashionIQ, as the published command runs it (rate 5e-5 and batch 128; the script's own
// defaults are 1e-5 and 512).
var TextFashionIQ = common.But("text-fashioniq", func(r *train.Recipe) {
	r.Stage, r.Dataset = train.Text, "fashioniq"
	r.Epochs, r.BatchSize, r.LearningRate, r.MaxEpoch, r.ProjectionRate = 20, 128, 5e-5, 10, 100
	r.WeightDecay, r.BackwardWeight, r.LengthGroups = 0.05, 0.4, 4
})

// TextFashionIQForward is its ablation: the same run without the backward loss (BLIP4CIR).
var TextFashionIQForward = TextFashionIQ.But("text-fashioniq-forward", forward)

// TextCIRR is stage I on CIRR.
var TextCIRR = TextFashionIQ.But("text-cirr", func(r *train.Recipe) { r.Dataset, r.BackwardWeight = "cirr", 0.1 })

// TextCIRRForward is TextCIRR without the backward loss.
var TextCIRRForward = TextCIRR.But("text-cirr-forward", forward)

// CombinerFashionIQ is stage II on FashionIQ, as the published command runs it (batch 512; the script's own default is
// 1024). Its pairs of texts and targets share dropout masks by row and column, and are walked 16 rows at a time.
var CombinerFashionIQ = common.But("combiner-fashioniq", func(r *train.Recipe) {
	r.Stage, r.Dataset = train.Combiner, "fashioniq"
	r.Epochs, r.BatchSize, r.LearningRate = 300, 512, 2e-5
	r.BackwardWeight, r.TileRows, r.ValidationFrequency = 0.5, 16, 3
})

// CombinerFashionIQForward is its ablation: the same run without the backward loss.
var CombinerFashionIQForward = CombinerFashionIQ.But("combiner-fashioniq-forward", forward)

// CombinerFashionIQPairs draws the dropout masks of each pair apart, as the original does, at its cost.
var CombinerFashionIQPairs = CombinerFashionIQ.But("combiner-fashioniq-pairs", func(r *train.Recipe) {
	r.PairDropout = cir.PairDropoutIndependent
})

// CombinerCIRR is stage II on CIRR.
var CombinerCIRR = CombinerFashionIQ.But("combiner-cirr", func(r *train.Recipe) { r.Dataset, r.BackwardWeight = "cirr", 0.1 })

// CombinerCIRRForward is CombinerCIRR without the backward loss.
var CombinerCIRRForward = CombinerCIRR.But("combiner-cirr-forward", forward)

func forward(r *train.Recipe) { r.BackwardWeight = 0 }

// Recipes are all named recipes, those of the paper and their tiny counterparts for the generated data set.
var Recipes = append([]train.Recipe{
	TextFashionIQ, TextFashionIQForward, TextCIRR, TextCIRRForward,
	CombinerFashionIQ, CombinerFashionIQForward, CombinerFashionIQPairs, CombinerCIRR, CombinerCIRRForward,
}, tinyRecipes()...)

// Recipe returns the recipe of that name; the error for an unknown one lists the near names, or all.
func Recipe(name string) (train.Recipe, error) {
	var names []string
	for _, r := range Recipes {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return train.Recipe{}, fmt.Errorf("no recipe %.60q%s", name, suggest(name, names))
}
