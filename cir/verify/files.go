package verify

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/atomicfile"
	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// path is a file of the set.
func (s *Set) path(name string) string { return filepath.Join(s.Dir, filepath.FromSlash(name)) }

// has reports whether the set holds that file.
func (s *Set) has(name string) bool {
	_, err := os.Stat(s.path(name))
	return err == nil
}

// read reads a file of the set.
func (s *Set) read(name string) ([]byte, error) {
	data, err := atomicfile.ReadFile(s.path(name), 1<<30)
	if err != nil {
		return nil, fmt.Errorf("reading golden case: %w", err)
	}
	return data, nil
}

// json reads a JSON file of the set into value.
func (s *Set) json(name string, value any) error {
	data, err := s.read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("reading golden case %s: %w", name, err)
	}
	return nil
}

// golden are the tensors of one file of the set.
type golden struct {
	file string
	all  map[string]tensor.Tensor
}

func (s *Set) tensors(name string) (golden, error) {
	all, _, err := safetensors.Read(s.path(name))
	if err != nil {
		return golden{}, fmt.Errorf("reading golden case: %w", err)
	}
	return golden{file: name, all: all}, nil
}

// pair reads a case that is two files, stem.json into value and the tensors of stem.safetensors.
func (s *Set) pair(stem string, value any) (golden, error) {
	if err := s.json(stem+".json", value); err != nil {
		return golden{}, err
	}
	return s.tensors(stem + ".safetensors")
}

// below are the tensors whose names begin with prefix, without it.
func (g golden) below(prefix string) map[string]tensor.Tensor {
	out := map[string]tensor.Tensor{}
	for name, t := range g.all {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out[rest] = t
		}
	}
	return out
}

// floats are a tensor's values. A missing tensor is an error.
func (g golden) floats(name string) ([]float32, error) {
	t, ok := g.all[name]
	if !ok {
		return nil, fmt.Errorf("golden file %s has no tensor %s", g.file, name)
	}
	return t.Float32s()
}

// upload puts tensors on the backend: integers as int32, all others as float32.
func (g golden) upload(names ...string) ([]*tensors.Tensor, error) {
	var out []*tensors.Tensor
	for _, name := range names {
		t, ok := g.all[name]
		if !ok {
			return nil, fmt.Errorf("golden file %s has no tensor %s", g.file, name)
		}
		uploaded, err := upload(t)
		if err != nil {
			return nil, fmt.Errorf("golden file %s, %s: %w", g.file, name, err)
		}
		out = append(out, uploaded)
	}
	return out, nil
}

func upload(t tensor.Tensor) (*tensors.Tensor, error) {
	if t.DType == tensor.I64 {
		values, err := t.Int64s()
		if err != nil {
			return nil, err
		}
		narrow := make([]int32, len(values))
		for i, v := range values {
			narrow[i] = int32(v)
		}
		return tensors.FromFlatDataAndDimensions(narrow, t.Shape...), nil
	}
	values, err := t.Float32s()
	if err != nil {
		return nil, err
	}
	return tensors.FromRaw(nil, 0, shapes.Make(dtypes.Float32, t.Shape...), tensor.FromFloat32s(values, t.Shape...).Data)
}

// compare counts one case: got, a result of the backend, against the golden tensor name.
func (r *recorder) compare(g golden, name string, got *tensors.Tensor, tolerance float64) error {
	want, err := g.floats(name)
	if err != nil {
		return err
	}
	values, err := tensors.CopyFlatData[float32](got)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.within(g.file+" "+name, largestDifference(values, want), tolerance)
	return nil
}

// largestDifference is NaN, which passes no tolerance, where the two have different lengths or a NaN.
func largestDifference(got, want []float32) float64 {
	if len(got) != len(want) {
		return math.NaN()
	}
	worst := 0.0
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			return d
		}
		worst = max(worst, d)
	}
	return worst
}

func largest(values []float32) float64 {
	worst := 0.0
	for _, v := range values {
		worst = max(worst, math.Abs(float64(v)))
	}
	return worst
}

// tinyConfig reads the sizes of the tiny BLIP.
func (s *Set) tinyConfig() (cir.Config, error) {
	var c struct {
		Vision struct {
			ImageSize int `json:"image_size"`
			PatchSize int `json:"patch_size"`
			Width     int `json:"width"`
			Depth     int `json:"depth"`
			Heads     int `json:"heads"`
			Hidden    int `json:"mlp_hidden"`
		} `json:"vision"`
		Text struct {
			Width      int `json:"hidden_size"`
			Depth      int `json:"layers"`
			Heads      int `json:"heads"`
			Hidden     int `json:"intermediate_size"`
			Vocabulary int `json:"vocab_size"`
			Positions  int `json:"max_position_embeddings"`
			CrossWidth int `json:"encoder_width"`
		} `json:"text"`
		EmbedDim int `json:"embed_dim"`
	}
	if err := s.json("tiny_blip/config.json", &c); err != nil {
		return cir.Config{}, err
	}
	return cir.Config{
		EmbedDim: c.EmbedDim,
		Image:    cir.ImageConfig(c.Vision),
		Text: cir.TextConfig{
			Vocabulary: c.Text.Vocabulary, Positions: c.Text.Positions, Width: c.Text.Width, Depth: c.Text.Depth,
			Heads: c.Text.Heads, Hidden: c.Text.Hidden, CrossWidth: c.Text.CrossWidth,
		},
		Combiner: cir.CombinerConfig{Projection: 1, Hidden: 1},
	}, nil
}

// tinyWeights uploads the tiny BLIP's weights for both encoders.
func (s *Set) tinyWeights(c cir.Config) (cir.Weights, error) {
	g, err := s.tensors("tiny_blip/model.safetensors")
	if err != nil {
		return nil, err
	}
	return cir.Upload(s.Backend, g.all, append(c.ImageSpecs(), c.TextSpecs()...))
}
