package models

import (
	"fmt"
	"maps"
	"slices"

	"gocir/cir"
)

// BLIP's text encoder, and the Combiner of the paper.
var (
	bertBase = cir.TextConfig{
		Vocabulary: 30524, Positions: 512, Width: 768, Depth: 12, Heads: 12, Hidden: 3072, CrossWidth: 768, Dropout: 0.1,
	}
	paperCombiner = cir.CombinerConfig{Projection: 2560, Hidden: 5120, Dropout: 0.5}
)

// BLIPBase384 is the paper's model: BLIP base, ViT-B/16 at 384 pixels (224 M weights in both encoders).
var BLIPBase384 = cir.Config{
	Image:    cir.ImageConfig{ImageSize: 384, PatchSize: 16, Width: 768, Depth: 12, Heads: 12, Hidden: 3072},
	Text:     bertBase,
	Combiner: paperCombiner,
	EmbedDim: 256,
}

// BLIPLarge384 is BLIP's other size, ViT-L/16 at 384 pixels. Its text encoder is the same but for the width of the
// cross-attention's keys and values, which is the image encoder's.
var BLIPLarge384 = large()

func large() cir.Config {
	c := BLIPBase384
	c.Image = cir.ImageConfig{ImageSize: 384, PatchSize: 16, Width: 1024, Depth: 24, Heads: 16, Hidden: 4096}
	c.Text.CrossWidth = 1024
	return c
}

// Tiny is the model of the generated data set: it trains on two cores in minutes. Its vocabulary is set from the data
// set's own.
var Tiny = cir.Config{
	Image: cir.ImageConfig{ImageSize: 48, PatchSize: 12, Width: 64, Depth: 2, Heads: 2, Hidden: 128},
	Text: cir.TextConfig{
		Vocabulary: 512, Positions: 80, Width: 64, Depth: 1, Heads: 2, Hidden: 128, CrossWidth: 64, Dropout: 0.1,
	},
	Combiner: cir.CombinerConfig{Projection: 256, Hidden: 128, Dropout: 0.5},
	EmbedDim: 64,
}

// Presets are all named sizes.
var Presets = map[string]cir.Config{"base": BLIPBase384, "large": BLIPLarge384, "tiny": Tiny}

// Preset returns the sizes of that name: base, large or tiny.
func Preset(name string) (cir.Config, error) {
	config, ok := Presets[name]
	if !ok {
		return cir.Config{}, fmt.Errorf("no preset %.60q%s", name, suggest(name, slices.Sorted(maps.Keys(Presets))))
	}
	return config, nil
}
