package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/embed"
	"gocir/cir/tokenize"
	"gocir/cir/train"
	"gocir/models"
)

// works are the pieces of work that run on a backend, and those of plain.go that don't.
var works = map[string]func(*setting) (*work, error){
	"gemm":          gemm,
	"images":        images,
	"texts":         texts,
	"text-step":     textStep,
	"backward-loss": backwardLoss,
	"combiner-step": combinerStep,
	"recalls":       recalls,
	"search":        search,
	"pictures":      pictures,
	"read":          read,
}

// weights uploads the weights of specs.
func (s *setting) weights(specs []tensor.Spec) (cir.Weights, error) {
	file, err := safetensors.Open(s.folder.path("weights.safetensors"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	have := make(map[string]tensor.Tensor, len(specs))
	for _, spec := range specs {
		have[spec.Name], _ = file.Tensor(spec.Name)
	}
	return cir.Upload(s.backend, have, specs)
}

func (s *setting) model(specs []tensor.Spec) (*cir.Model, error) {
	weights, err := s.weights(specs)
	if err != nil {
		return nil, err
	}
	m, err := cir.NewModel(s.backend, s.Config(), weights)
	if err != nil {
		return nil, err
	}
	return m.On(m.Devices, s.Precision)
}

// gemm is the machine's rate: a product of the sizes that the image encoder is made of.
func gemm(s *setting) (*work, error) {
	rows := s.Pictures * s.Image.Tokens()
	a := tensors.FromFlatDataAndDimensions(s.floats("a"), rows, s.Image.Width)
	b := tensors.FromFlatDataAndDimensions(s.floats("b"), s.Image.Width, s.Image.Hidden)
	return s.program(func(in []*Node) []*Node { return []*Node{Dot(in[0], in[1]).Product()} }, 1, a, b)
}

// program is work that is a graph of its inputs. Its check is the first count numbers of the first output.
func (s *setting) program(build func(in []*Node) []*Node, count int, in ...*tensors.Tensor) (*work, error) {
	program, err := cir.NewProgram(s.backend, s.name, nil, func(_ cir.Params, in []*Node) []*Node { return build(in) })
	if err != nil {
		return nil, err
	}
	call := func(read func(i int, t *tensors.Tensor) error) error {
		out, err := program.Call(nil, in...)
		if err != nil {
			return err
		}
		for i, t := range out {
			if err := read(i, t); err != nil {
				return err
			}
			if err := t.FinalizeAll(); err != nil {
				return err
			}
		}
		return nil
	}
	return &work{
		run: func() error {
			return call(func(_ int, t *tensors.Tensor) error { _, err := t.OnDeviceClone(s.backend, 0); return err })
		},
		check: func() (values []float64, err error) {
			err = call(func(i int, t *tensors.Tensor) error {
				all, err := tensors.CopyFlatData[float32](t)
				values = append(values, doubles(all[:min(count, len(all))])...)
				return err
			})
			return values, err
		},
	}, nil
}

func doubles(values []float32) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

func images(s *setting) (*work, error) {
	m, err := s.model(s.Config().ImageSpecs())
	if err != nil {
		return nil, err
	}
	pixels := s.floats("pixels")
	return s.encoder(func() ([]float32, error) { return m.EncodeImages(pixels, s.Pictures) }), nil
}

// texts goes the way of every evaluation: tokens, batches of like length, embeddings.
func texts(s *setting) (*work, error) {
	m, err := s.model(s.Config().TextSpecs())
	if err != nil {
		return nil, err
	}
	captions := s.texts("text")
	embedder := embed.Texts{Encode: m.EncodeTexts, Width: s.EmbedDim, Tokenizer: tokenize.Default(), BatchSize: s.TextBatch}
	return s.encoder(func() ([]float32, error) {
		all, err := embedder.Embed(context.Background(), captions)
		if err != nil {
			return nil, err
		}
		return all.Data, nil
	}), nil
}

// encoder is work whose check is the first four embeddings.
func (s *setting) encoder(encode func() ([]float32, error)) *work {
	run := func() error { _, err := encode(); return err }
	return &work{warm: true, run: run, check: func() ([]float64, error) {
		rows, err := encode()
		if err != nil {
			return nil, err
		}
		return doubles(rows[:min(4*s.EmbedDim, len(rows))]), nil
	}}
}

// textStep is a step of stage I on cached embeddings.
func textStep(s *setting) (*work, error) {
	r := models.TextFashionIQ.But("bench", func(r *train.Recipe) {
		r.BatchSize, r.Precision = s.n, s.Precision
	})
	in := []*tensors.Tensor{s.rows("references"), s.rows("targets")}
	texts := slices.Concat(s.texts("forward_text"), s.texts("backward_text"))
	return s.step(r, s.Config().TextSpecs(), append(in, r.Tokens(tokenize.Default(), texts)...)...)
}

// combinerStep is a step of stage II. Batches whose pairs fit into memory at once are not cut into tiles.
func combinerStep(s *setting) (*work, error) {
	r := models.CombinerFashionIQ.But("bench", func(r *train.Recipe) {
		r.BatchSize, r.Precision = s.n, s.Precision
		if s.n <= wholeBatch {
			r.TileRows = 0
		}
	})
	return s.step(r, s.Config().CombinerSpecs(),
		s.rows("references"), s.rows("targets"), s.rows("forward_texts"), s.rows("backward_texts"))
}

// wholeBatch is the largest batch of stage II whose pairs are computed at once.
const wholeBatch = 64

// step is work that is a training step. Its check is the loss of a step without dropout.
func (s *setting) step(r train.Recipe, specs []tensor.Spec, in ...*tensors.Tensor) (*work, error) {
	prepare := func(c cir.Config) (*train.Steps, error) {
		weights, err := s.weights(specs)
		if err != nil {
			return nil, err
		}
		m, err := cir.NewModel(s.backend, c, weights)
		if err != nil {
			return nil, err
		}
		steps, err := train.NewSteps(m, r)
		if err != nil {
			return nil, err
		}
		for name, weight := range weights { // the steps have copies
			if err := weight.FinalizeAll(); err != nil {
				return nil, fmt.Errorf("freeing %s: %w", name, err)
			}
		}
		return steps, nil
	}
	var steps *train.Steps
	w := &work{run: func() (err error) {
		if steps == nil {
			if steps, err = prepare(s.Config()); err != nil {
				return err
			}
		}
		_, err = steps.Step(r.Rates(0), in...)
		return err
	}}
	w.check = func() ([]float64, error) {
		still := s.Config()
		still.Text.Dropout, still.Combiner.Dropout = 0, 0
		steps, err := prepare(still)
		if err != nil {
			return nil, err
		}
		losses, err := steps.Step(r.Rates(0), in...)
		return []float64{losses.Loss}, errors.Join(err, steps.Finalize())
	}
	return w, nil
}

// backwardLoss is stage I's backward loss alone, value and gradient.
func backwardLoss(s *setting) (*work, error) {
	w, err := s.program(func(in []*Node) []*Node {
		loss := cir.InBatchLoss(cir.SumBackwardLogits(in[0], in[1], in[2], cir.LogitScale))
		return append([]*Node{loss}, Gradient(loss, in...)...)
	}, s.n*s.EmbedDim, s.rows("references"), s.rows("targets"), s.rows("texts"))
	if err != nil {
		return nil, err
	}
	all := w.check
	w.check = func() ([]float64, error) { // the loss, and the norm of each gradient
		values, err := all()
		if err != nil {
			return nil, err
		}
		out := values[:1:1]
		for part := range slices.Chunk(values[1:], s.n*s.EmbedDim) {
			out = append(out, norm(part))
		}
		return out, nil
	}
	return w, nil
}
