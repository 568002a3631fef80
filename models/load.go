package models

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/gomlx/compute"

	"gocir/checkpoints"
	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// ConfigKey is the metadata field in which our checkpoints carry the sizes of their model, as JSON.
const ConfigKey = "gocir.config"

// Files are the checkpoints that make a model. Empty ones are left out, and what needs them is an error.
type Files struct {
	Pretrained string `json:"pretrained"`         // both encoders: BLIP's model_base.pth or ours
	Text       string `json:"text,omitempty"`     // a fine-tuned text encoder, in place of the pretrained one
	Combiner   string `json:"combiner,omitempty"` // of stage II
}

// Load reads checkpoints into a model. The sizes are config's, but for what a checkpoint of ours says itself; a
// position embedding of another picture size is resized to config.Image.ImageSize. Weights fit as a whole or nothing
// is loaded (*checkpoints.MismatchError).
func Load(backend compute.Backend, config cir.Config, files Files) (*cir.Model, error) {
	weights := cir.Weights{}
	for _, part := range []struct {
		path string
		load func(*checkpoints.Checkpoint, *cir.Config) (map[string]tensor.Tensor, []tensor.Spec, error)
	}{{files.Pretrained, pretrained}, {files.Text, text}, {files.Combiner, combiner}} {
		if part.path == "" {
			continue
		}
		loaded, err := loadPart(backend, part.path, &config, part.load)
		if err != nil {
			return nil, err
		}
		maps.Copy(weights, loaded)
	}
	return cir.NewModel(backend, config, weights)
}

// Sizes are those of the model in a checkpoint of ours at path, else those of the preset.
func Sizes(preset, path string) (cir.Config, error) {
	config, err := Preset(preset)
	if err != nil || path == "" {
		return config, err
	}
	metadata, err := safetensors.Metadata(path)
	if err != nil {
		return config, nil // not ours: Load will read it, or say what is wrong with it
	}
	if err := adopt(metadata, &config); err != nil {
		return config, fmt.Errorf("loading %s: %w", path, err)
	}
	return config, nil
}

func loadPart(backend compute.Backend, path string, config *cir.Config, load func(*checkpoints.Checkpoint, *cir.Config) (map[string]tensor.Tensor, []tensor.Spec, error)) (cir.Weights, error) {
	c, err := checkpoints.Open(path)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	have, want, err := load(c, config)
	if err != nil {
		return nil, err
	}
	if err := checkpoints.Match(have, want); err != nil {
		return nil, fmt.Errorf("loading %s: %w", path, err)
	}
	return cir.Upload(backend, have, want)
}

func pretrained(c *checkpoints.Checkpoint, config *cir.Config) (map[string]tensor.Tensor, []tensor.Spec, error) {
	size := config.Image.ImageSize
	if err := adopt(c.Metadata(), config); err != nil {
		return nil, nil, fmt.Errorf("loading %s: %w", c.Path(), err)
	}
	have, err := c.Pretrained()
	if err != nil {
		return nil, nil, err
	}
	ours := c.Metadata()[ConfigKey] != ""
	if ours && (size <= 0 || size == config.Image.ImageSize) {
		return have, append(config.ImageSpecs(), config.TextSpecs()...), nil // for its own picture size it fits as it is
	}
	if ours {
		config.Image.ImageSize = size
	}
	if have, err = resized(have, *config); err != nil {
		return nil, nil, fmt.Errorf("loading %s: %w", c.Path(), err)
	}
	return have, append(config.ImageSpecs(), config.TextSpecs()...), nil
}

func text(c *checkpoints.Checkpoint, config *cir.Config) (map[string]tensor.Tensor, []tensor.Spec, error) {
	have, err := c.Text()
	return have, config.TextSpecs(), err
}

// combiner takes the Combiner's widths from the file: they are options of a training, not of a preset.
func combiner(c *checkpoints.Checkpoint, config *cir.Config) (map[string]tensor.Tensor, []tensor.Spec, error) {
	have, err := c.Combiner()
	if t := have["combiner_layer.weight"]; err == nil && len(t.Shape) == 2 && t.Shape[1]%2 == 0 && t.Shape[1] > 0 && t.Shape[0] > 0 {
		config.Combiner.Hidden, config.Combiner.Projection = t.Shape[0], t.Shape[1]/2
	}
	return have, config.CombinerSpecs(), err
}

// adopt takes over the sizes that a checkpoint of ours carries.
func adopt(metadata map[string]string, config *cir.Config) error {
	text := metadata[ConfigKey]
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), config); err != nil {
		return fmt.Errorf("reading a checkpoint's sizes: its field %s is no model configuration: %w", ConfigKey, err)
	}
	return config.Validate()
}

// resized is have with the position embedding of the model's picture size.
func resized(have map[string]tensor.Tensor, config cir.Config) (map[string]tensor.Tensor, error) {
	const name = "visual_encoder.pos_embed"
	positions, ok := have[name]
	if !ok || len(positions.Shape) != 3 || positions.Shape[1] == config.Image.Tokens() || positions.Shape[2] != config.Image.Width {
		return have, nil // it fits, or Match tells why not
	}
	fitted, err := checkpoints.ResizePositions(positions, config.Image.Grid())
	if err != nil {
		return nil, err
	}
	have = maps.Clone(have)
	have[name] = fitted
	return have, nil
}

// Metadata is what a checkpoint of a model of these sizes carries.
func Metadata(config cir.Config) map[string]string {
	text, err := json.Marshal(config)
	if err != nil {
		panic(err) // a struct of numbers
	}
	return map[string]string{ConfigKey: string(text)}
}

// Random makes weights to start a training from, on a backend; Draw has their values.
func Random(backend compute.Backend, specs []tensor.Spec, seed uint64) (cir.Weights, error) {
	return cir.Upload(backend, Draw(specs, seed), specs)
}

// Draw makes the values of weights to start a training from. The encoders': matrices normal with deviation 1/√in (a tiny
// width needs more than BERT's 0.02), embeddings with 0.02, norms 1, biases 0. The Combiner's: uniform in ±1/√in, as
// PyTorch begins its linear layers.
func Draw(specs []tensor.Spec, seed uint64) map[string]tensor.Tensor {
	r := rand.New(rand.NewPCG(seed, 0))
	made := make(map[string]tensor.Tensor, len(specs))
	for i, spec := range specs {
		values := make([]float32, tensor.Tensor{Shape: spec.Shape}.Len())
		draw := initial(specs, i, r)
		for j := range values {
			values[j] = draw()
		}
		made[spec.Name] = tensor.FromFloat32s(values, spec.Shape...)
	}
	return made
}

func initial(specs []tensor.Spec, i int, r *rand.Rand) func() float32 {
	name, shape := specs[i].Name, specs[i].Shape
	encoder := strings.Contains(name, "_encoder.") || strings.Contains(name, "_proj.")
	switch {
	case !encoder: // a Combiner's bias follows its weight, whose inputs bound both
		weight := specs[i]
		if strings.HasSuffix(name, ".bias") {
			weight = specs[i-1]
		}
		bound := 1 / math.Sqrt(float64(inputs(weight.Shape)))
		return func() float32 { return float32((2*r.Float64() - 1) * bound) }
	case strings.HasSuffix(name, "bias"):
		return func() float32 { return 0 }
	case strings.Contains(name, "norm") || strings.Contains(name, "Norm"):
		return func() float32 { return 1 }
	case strings.Contains(name, "embeddings.") || strings.HasSuffix(name, "pos_embed") || strings.HasSuffix(name, "cls_token"):
		return func() float32 { return float32(r.NormFloat64() * 0.02) }
	}
	deviation := 1 / math.Sqrt(float64(inputs(shape)))
	return func() float32 { return float32(r.NormFloat64() * deviation) }
}

// inputs is the number of inputs of each output of a weight [out, in…].
func inputs(shape []int) int { return tensor.Tensor{Shape: shape[1:]}.Len() }
