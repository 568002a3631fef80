package bench

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/models"
)

// A folder holds what all sides of a comparison read: the settings, weights drawn at random, and for each piece of work
// the file of its inputs.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// prepare writes settings and weights.
func (f folder) prepare(s Size) error {
	if err := s.write(string(f)); err != nil {
		return err
	}
	c := s.Config()
	weights := models.Draw(append(append(c.ImageSpecs(), c.TextSpecs()...), c.CombinerSpecs()...), 1)
	if err := safetensors.Write(f.path("weights.safetensors"), weights, nil); err != nil {
		return err
	}
	text := map[string]tensor.Tensor{}
	for _, spec := range c.TextSpecs() {
		if !strings.Contains(spec.Name, "crossattention") { // as BERT's own files, of 436 MB
			text[spec.Name] = weights[spec.Name]
		}
	}
	return safetensors.Write(f.path(s.Read["safetensors"]), text, models.Metadata(c))
}

// write writes the inputs of a piece of work, drawn from a seed. It is a no-op for one that has none, or has them already
// from another: a gallery of searches is a gigabyte.
func (f folder) write(s Size, name string) error {
	kind, size := parse(name)
	drawn := inputs[kind]
	if drawn == nil {
		return nil
	}
	if _, err := os.Stat(f.inputs(name)); err == nil {
		return nil
	}
	d := draws{rand.New(rand.NewPCG(uint64(size), uint64(len(kind))))}
	return safetensors.Write(f.inputs(name), drawn(s, size, d), nil)
}

// inputs is the file of a piece of work's inputs. One gallery serves all searches.
func (f folder) inputs(name string) string {
	if kind, _ := parse(name); kind == "search" {
		name = kind
	}
	return f.path(name + ".safetensors")
}

var inputs = map[string]func(s Size, n int, d draws) map[string]tensor.Tensor{
	"gemm": func(s Size, n int, d draws) map[string]tensor.Tensor {
		rows := s.Pictures * s.Image.Tokens()
		return map[string]tensor.Tensor{"a": d.normal(rows, s.Image.Width), "b": d.normal(s.Image.Width, s.Image.Hidden)}
	},
	"images": func(s Size, n int, d draws) map[string]tensor.Tensor {
		return map[string]tensor.Tensor{"pixels": d.normal(s.Pictures, 3, s.Image.ImageSize, s.Image.ImageSize)}
	},
	"texts": func(s Size, n int, d draws) map[string]tensor.Tensor {
		return tokens("", d.captions(s.Captions, 0))
	},
	"text-step": func(s Size, n int, d draws) map[string]tensor.Tensor {
		all := tokens("forward_", d.captions(n, 0.5))
		maps.Copy(all, tokens("backward_", d.captions(n, 0.5)))
		all["references"], all["targets"] = d.normal(n, s.EmbedDim), d.normal(n, s.EmbedDim)
		return all
	},
	"backward-loss": func(s Size, n int, d draws) map[string]tensor.Tensor {
		return map[string]tensor.Tensor{
			"references": d.normal(n, s.EmbedDim), "targets": d.normal(n, s.EmbedDim), "texts": d.normal(n, s.EmbedDim),
		}
	},
	"combiner-step": func(s Size, n int, d draws) map[string]tensor.Tensor {
		return map[string]tensor.Tensor{
			"references": d.normal(n, s.EmbedDim), "targets": d.normal(n, s.EmbedDim),
			"forward_texts": d.normal(n, s.EmbedDim), "backward_texts": d.normal(n, s.EmbedDim),
		}
	},
	"recalls": func(s Size, n int, d draws) map[string]tensor.Tensor {
		return d.evaluation(s)
	},
	"search": func(s Size, n int, d draws) map[string]tensor.Tensor {
		return map[string]tensor.Tensor{"gallery": d.unit(s.Searched, s.EmbedDim), "queries": d.unit(s.Searches, s.EmbedDim)}
	},
	"pictures": func(s Size, n int, d draws) map[string]tensor.Tensor {
		all := map[string]tensor.Tensor{}
		for i := range s.Files {
			data := d.photograph(800, 600)
			all[fmt.Sprintf("picture%02d", i)] = tensor.Tensor{DType: tensor.U8, Shape: []int{len(data)}, Data: data}
		}
		return all
	},
}
