package models

import "gocir/cir/train"

// Pretrain trains the tiny BLIP of the generated data set on pictures and descriptions, by BLIP's image–text
// contrastive loss. It stands where real data has model_base.pth.
var Pretrain = common.But("pretrain-tiny", func(r *train.Recipe) {
	r.Stage, r.Dataset, r.Preset = train.Contrastive, "fashioniq", "tiny"
	r.Epochs, r.BatchSize, r.LearningRate, r.MaxEpoch, r.ClampCosine = 5, 64, 1.5e-3, 5, true
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
	r.Preset, r.ImageBatch, r.TextBatch, r.TileRows, r.MaxLength = "tiny", 64, 64, 0, 40
	r.BatchSize, r.MaxEpoch, r.ValidationFrequency, r.LengthGroups = 64, 0, 1, 0
	switch {
	case r.Stage == train.Combiner:
		r.Epochs, r.LearningRate, r.MaxEpoch, r.CombinerDropout = 10, 2e-3, 12, 0.2
	case r.Dataset == "cirr": // has about a third of the triplets
		r.Epochs, r.LearningRate, r.ProjectionRate = 4, 1e-3, 1
	default:
		r.Epochs, r.LearningRate, r.ProjectionRate = 1, 5e-4, 1
	}
}
