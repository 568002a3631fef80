package cir

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
)

// Model is a set of weights and its compiled functions, in evaluation mode. Its methods take and return plain
// row-major slices; what panics below them leaves as an error. A Model may be used by several goroutines.
type Model struct {
	Config    Config
	Backend   compute.Backend
	Weights   Weights
	Precision Precision // of products; On chooses it
	Devices   *Devices  // which share batches of pictures and texts; queries are composed on one; On chooses them

	images, texts, sum, combine *Program
}

// NewModel prepares a model. Functions whose weights are not among weights return errors; the others work.
func NewModel(backend compute.Backend, config Config, weights Weights) (*Model, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("building a model: %w", err)
	}
	m := &Model{Config: config, Backend: backend, Weights: weights, Devices: OneDevice(backend)}
	return m, m.prepare()
}

// On is a model of the same weights whose functions run on other devices of the backend, or multiply matrices in another
// precision: m itself if neither differs.
func (m *Model) On(devices *Devices, precision Precision) (*Model, error) {
	if err := precision.Validate(); err != nil {
		return nil, err
	}
	if precision.narrow() == m.Precision.narrow() && devices.count == m.Devices.count {
		return m, nil
	}
	other := &Model{Config: m.Config, Backend: m.Backend, Weights: m.Weights, Precision: precision, Devices: devices}
	return other, other.prepare()
}

// prepare makes the functions.
func (m *Model) prepare() error {
	var errs [4]error
	one := OneDevice(m.Backend)
	m.images, errs[0] = m.program(m.Devices, "image encoder", m.Config.ImageSpecs(), 1, m.buildImages)
	m.texts, errs[1] = m.program(m.Devices, "text encoder", m.Config.TextSpecs(), 2, m.buildTexts)
	m.sum, errs[2] = m.program(one, "sum", nil, 2, m.buildSum)
	m.combine, errs[3] = m.program(one, "Combiner", m.Config.CombinerSpecs(), 2, m.buildCombine)
	return errors.Join(errs[:]...)
}

func (m *Model) program(d *Devices, name string, specs []tensor.Spec, batch int, build func(p Params, in []*Node) []*Node) (*Program, error) {
	return d.Program(name, Names(specs), batch, func(p Params, in []*Node) []*Node { return build(p.At(m.Precision), in) })
}

// Finalize frees the compiled functions. The weights stay.
func (m *Model) Finalize() {
	for _, program := range []*Program{m.images, m.texts, m.sum, m.combine} {
		program.Finalize()
	}
}

// ImageEncoder is the graph of the image encoder.
func (m *Model) ImageEncoder() ImageEncoder {
	return ImageEncoder{Config: m.Config.Image, EmbedDim: m.Config.EmbedDim}
}

// TextEncoder is the graph of the text encoder.
func (m *Model) TextEncoder() TextEncoder {
	return TextEncoder{Config: m.Config.Text, EmbedDim: m.Config.EmbedDim}
}

func (m *Model) buildImages(p Params, in []*Node) []*Node {
	return []*Node{m.ImageEncoder().Embed(p, in[0])}
}

func (m *Model) buildTexts(p Params, in []*Node) []*Node {
	return []*Node{m.TextEncoder().Embed(p, in[0], in[1], nil)}
}

func (m *Model) buildSum(_ Params, in []*Node) []*Node { return []*Node{Sum(in[0], in[1])} }

func (m *Model) buildCombine(p Params, in []*Node) []*Node {
	composed, lambda := Combiner{Config: m.Config.Combiner, Params: p}.Compose(in[0], in[1], nil)
	return []*Node{composed, lambda}
}

// EncodeImages maps n normalised pictures [n, 3, S, S] to embeddings [n, E], not normalised.
func (m *Model) EncodeImages(pixels []float32, n int) ([]float32, error) {
	in, err := m.imageInputs(pixels, n)
	if err != nil {
		return nil, fmt.Errorf("encoding images: %w", err)
	}
	return m.call1(m.images, in...)
}

func (m *Model) imageInputs(pixels []float32, n int) ([]*tensors.Tensor, error) {
	size := m.Config.Image.ImageSize
	if n < 1 || len(pixels) != n*3*size*size {
		return nil, fmt.Errorf("%d numbers are not %d pictures of 3×%d×%d", len(pixels), n, size, size)
	}
	return []*tensors.Tensor{tensors.FromFlatDataAndDimensions(pixels, n, 3, size, size)}, nil
}

// EncodeTexts maps rows of token ids and their mask [rows, length] to embeddings [rows, E], not normalised. The mask is 1
// for tokens and 0 for padding.
func (m *Model) EncodeTexts(ids, mask []int32, rows, length int) ([]float32, error) {
	in, err := m.textInputs(ids, mask, rows, length)
	if err != nil {
		return nil, fmt.Errorf("encoding texts: %w", err)
	}
	return m.call1(m.texts, in...)
}

func (m *Model) textInputs(ids, mask []int32, rows, length int) ([]*tensors.Tensor, error) {
	if err := m.checkTexts(ids, mask, rows, length); err != nil {
		return nil, err
	}
	return []*tensors.Tensor{tensors.FromFlatDataAndDimensions(ids, rows, length), tensors.FromFlatDataAndDimensions(mask, rows, length)}, nil
}

func (m *Model) checkTexts(ids, mask []int32, rows, length int) error {
	if rows < 1 || length < 1 || len(ids) != rows*length || len(mask) != rows*length {
		return fmt.Errorf("%d ids and %d mask values are not %d texts of %d tokens", len(ids), len(mask), rows, length)
	}
	if positions := m.Config.Text.Positions; length > positions {
		return fmt.Errorf("a text has %d tokens, the encoder has %d positions: cut it to that", length, positions)
	}
	for i, id := range ids {
		if id < 0 || int(id) >= m.Config.Text.Vocabulary {
			return fmt.Errorf("token %d is outside the vocabulary of %d: the tokenizer's vocabulary is not the model's", id, m.Config.Text.Vocabulary)
		}
		if mask[i] != 0 && mask[i] != 1 {
			return fmt.Errorf("a mask value is %d, want 1 for a token or 0 for padding", mask[i])
		}
	}
	return nil
}

// Sum composes n queries [n, E] by the normalised sum of raw image and text embeddings.
func (m *Model) Sum(images, texts []float32, n int) ([]float32, error) {
	in, err := m.rows("composing by sum", images, texts, n)
	if err != nil {
		return nil, err
	}
	return m.call1(m.sum, in...)
}

// Combine composes n queries [n, E] by the Combiner, from raw embeddings; lambda [n] is each text's share.
func (m *Model) Combine(images, texts []float32, n int) (composed, lambda []float32, err error) {
	in, err := m.rows("composing by the Combiner", images, texts, n)
	if err != nil {
		return nil, nil, err
	}
	out, err := m.combine.Call(m.Weights, in...)
	if err != nil {
		return nil, nil, err
	}
	if composed, err = m.flat(out[0]); err != nil {
		return nil, nil, err
	}
	lambda, err = m.flat(out[1])
	return composed, lambda, err
}

func (m *Model) rows(doing string, images, texts []float32, n int) ([]*tensors.Tensor, error) {
	width := m.Config.EmbedDim
	if n < 1 || len(images) != n*width || len(texts) != n*width {
		return nil, fmt.Errorf("%s: %d and %d numbers are not %d embeddings of %d", doing, len(images), len(texts), n, width)
	}
	return []*tensors.Tensor{
		tensors.FromFlatDataAndDimensions(images, n, width), tensors.FromFlatDataAndDimensions(texts, n, width),
	}, nil
}

func (m *Model) call1(program *Program, in ...*tensors.Tensor) ([]float32, error) {
	out, err := program.Call(m.Weights, in...)
	if err != nil {
		return nil, err
	}
	return m.flat(out[0])
}

// flat copies a result to the host and frees it on the backend.
func (m *Model) flat(t *tensors.Tensor) ([]float32, error) {
	values, err := tensors.CopyFlatData[float32](t)
	if err != nil {
		return nil, fmt.Errorf("reading a result: %w", err)
	}
	return values, m.Devices.Free(t)
}

// Names are the names of specs, in order.
func Names(specs []tensor.Spec) []string {
	names := make([]string, len(specs))
	for i, spec := range specs {
		names[i] = spec.Name
	}
	return names
}

// Upload puts the tensors that specs name on the backend, as float32. Other tensors of have are left alone. Whether
// names and shapes fit is for checkpoints.Match to say beforehand; here a misfit is an error too.
func Upload(backend compute.Backend, have map[string]tensor.Tensor, specs []tensor.Spec) (Weights, error) {
	weights := make(Weights, len(specs))
	for _, spec := range specs {
		t, ok := have[spec.Name]
		if !ok || !slices.Equal(t.Shape, spec.Shape) {
			return nil, fmt.Errorf("loading %s: the model needs shape %v, found %v", spec.Name, spec.Shape, t.Shape)
		}
		if t.DType != tensor.F32 {
			values, err := t.Float32s()
			if err != nil {
				return nil, fmt.Errorf("loading %s: %w", spec.Name, err)
			}
			t = tensor.FromFloat32s(values, t.Shape...)
		}
		uploaded, err := tensors.FromRaw(backend, 0, shapes.Make(dtypes.Float32, spec.Shape...), t.Data)
		if err != nil {
			return nil, fmt.Errorf("loading %s: %w", spec.Name, err)
		}
		weights[spec.Name] = uploaded
	}
	return weights, nil
}

// Download copies the named weights to the host.
func (w Weights) Download(specs []tensor.Spec) (map[string]tensor.Tensor, error) {
	out := make(map[string]tensor.Tensor, len(specs))
	for _, spec := range specs {
		weight := w[spec.Name]
		if weight == nil {
			return nil, fmt.Errorf("saving %s: there is no such weight", spec.Name)
		}
		values, err := tensors.CopyFlatData[float32](weight)
		if err != nil {
			return nil, fmt.Errorf("saving %s: %w", spec.Name, err)
		}
		out[spec.Name] = tensor.FromFloat32s(values, spec.Shape...)
	}
	return out, nil
}
