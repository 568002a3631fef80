package models

import (
	"strings"

	"gocir/cir/train"
)

// Pretrain trains the tiny BLIP of the generated data set on pictures and descriptions, by BLIP's image–text
// contrastive loss. It stands where real data has model_base.pth.
var Pretrain = common.But("pretrain-tiny", func(r *train.Recipe) {
	r.Stage, r.Dataset, r.Preset = train.Contrastive, "fashioniq", "tiny"
	r.Epochs, r.BatchSize, r.LearningRate, r.MaxEpoch, r.ClampCosine = 12, 64, 1e-3, 12, true
	r.WeightDecay, r.SaveTraining, r.MaxLength = 0.02, false, 40
})

// tinyRecipes are the recipes for the tiny model: the same experiments at rates, sizes and numbers of epochs that fit
// two cores.
func tinyRecipes() []train.Recipe {
	recipes := []train.Recipe{Pretrain}
	for _, paper := range []train.Recipe{
		TextFashionIQ, TextFashionIQForward, TextCIRR, TextCIRRForward,
		CombinerFashionIQ, CombinerFashionIQForward, CombinerCIRR, CombinerCIRRForward,
	} {
		recipes = append(recipes, paper.But(paper.Name+"-tiny", tiny))
	}
	return recipes
}

func tiny(r *train.Recipe) {
	r.Preset, r.ImageBatch, r.TextBatch, r.TileRows = "tiny", 64, 64, 0
	r.BatchSize, r.ValidationFrequency, r.MaxLength = 64, 2, 40
	if strings.HasPrefix(r.Name, "text-") {
		r.Epochs, r.MaxEpoch, r.LearningRate, r.ProjectionRate = 10, 10, 5e-4, 1
		return
	}
	r.Epochs, r.LearningRate = 20, 5e-4
}
