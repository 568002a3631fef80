package cir

import (
	"errors"
	"fmt"
)

// ImageConfig are the sizes of the image encoder, a ViT.
type ImageConfig struct {
	ImageSize int `json:"image_size"` // side of the square picture, in pixels; a multiple of PatchSize
	PatchSize int `json:"patch_size"` // side of a patch, in pixels
	Width     int `json:"width"`      // D
	Depth     int `json:"depth"`      // blocks
	Heads     int `json:"heads"`      // H; divides Width
	Hidden    int `json:"hidden"`     // of the MLP; BLIP has 4 × Width
}

// Grid is the number of patches along one side.
func (c ImageConfig) Grid() int { return c.ImageSize / c.PatchSize }

// Tokens is the number of patches and the class token.
func (c ImageConfig) Tokens() int { return c.Grid()*c.Grid() + 1 }

// Validate reports every way in which c cannot be built.
func (c ImageConfig) Validate() error {
	errs := positive("image encoder", map[string]int{
		"image size": c.ImageSize, "patch size": c.PatchSize, "width": c.Width,
		"depth": c.Depth, "heads": c.Heads, "hidden": c.Hidden,
	})
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if c.ImageSize%c.PatchSize != 0 {
		errs = append(errs, fmt.Errorf("image size %d is not a multiple of patch size %d", c.ImageSize, c.PatchSize))
	}
	if c.Width%c.Heads != 0 {
		errs = append(errs, fmt.Errorf("image width %d does not split into %d heads", c.Width, c.Heads))
	}
	return errors.Join(errs...)
}

// TextConfig are the sizes of the text encoder, a BERT.
type TextConfig struct {
	Vocabulary int     `json:"vocabulary"`  // rows of the word embedding: word pieces, [DEC] and [ENC]
	Positions  int     `json:"positions"`   // longest text, in tokens
	Width      int     `json:"width"`       // D
	Depth      int     `json:"depth"`       // layers
	Heads      int     `json:"heads"`       // H; divides Width
	Hidden     int     `json:"hidden"`      // of the feed-forward half; BERT has 4 × Width
	CrossWidth int     `json:"cross_width"` // input width of the cross-attention that the checkpoint carries and text mode skips
	Dropout    float64 `json:"dropout"`     // in training, on hidden states and attention weights; BERT has 0.1
}

// Validate reports every way in which c cannot be built.
func (c TextConfig) Validate() error {
	errs := positive("text encoder", map[string]int{
		"vocabulary": c.Vocabulary, "positions": c.Positions, "width": c.Width,
		"depth": c.Depth, "heads": c.Heads, "hidden": c.Hidden, "cross width": c.CrossWidth,
	})
	if c.Heads > 0 && c.Width%c.Heads != 0 {
		errs = append(errs, fmt.Errorf("text width %d does not split into %d heads", c.Width, c.Heads))
	}
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		errs = append(errs, fmt.Errorf("text dropout %v is not in [0, 1)", c.Dropout))
	}
	return errors.Join(errs...)
}

// CombinerConfig are the sizes of the Combiner.
type CombinerConfig struct {
	Projection int     `json:"projection"` // width of each projected input; the paper has 2560
	Hidden     int     `json:"hidden"`     // the paper has 5120
	Dropout    float64 `json:"dropout"`    // in training, after each of the four ReLUs; the paper has 0.5
}

// Validate reports every way in which c cannot be built.
func (c CombinerConfig) Validate() error {
	errs := positive("Combiner", map[string]int{"projection": c.Projection, "hidden": c.Hidden})
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		errs = append(errs, fmt.Errorf("Combiner dropout %v is not in [0, 1)", c.Dropout))
	}
	return errors.Join(errs...)
}

// Config are all sizes of a model. models.Presets has those of the paper.
type Config struct {
	Image    ImageConfig    `json:"image"`
	Text     TextConfig     `json:"text"`
	Combiner CombinerConfig `json:"combiner"`
	EmbedDim int            `json:"embed_dim"` // E, the width that images and texts share; BLIP has 256
}

// Validate reports every way in which c cannot be built.
func (c Config) Validate() error {
	errs := positive("model", map[string]int{"embedding width": c.EmbedDim})
	return errors.Join(append(errs, c.Image.Validate(), c.Text.Validate(), c.Combiner.Validate())...)
}

// The largest sizes that are taken, far beyond any real model's. A checkpoint states its sizes, and lists as long as they
// say are made before its weights are compared with them.
const (
	maxSize  = 1 << 20
	maxDepth = 1 << 10
)

// positive reports the sizes of a part that are none.
func positive(part string, sizes map[string]int) (errs []error) {
	for _, name := range sortedKeys(sizes) {
		most := maxSize
		if name == "depth" {
			most = maxDepth
		}
		switch size := sizes[name]; {
		case size <= 0:
			errs = append(errs, fmt.Errorf("%s: %s %d is not positive", part, name, size))
		case size > most:
			errs = append(errs, fmt.Errorf("%s: %s %d is more than %d", part, name, size, most))
		}
	}
	return errs
}
