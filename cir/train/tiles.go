package train

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// tiledStep is stage II with the B×B pairs walked in tiles of rows, so that memory is bounded by a tile. Rows are
// independent under cross-entropy, so the result is that of the whole:
//
//	halves: texts and targets to their halves of the joint layers, once
//	tile:   loss of some rows; gradients of those rows' halves, and gradients of all that rows share, summed up
//	update: forward loss, backward pass through the halves, optimizer
//
// With independent masks nothing factorises: there are no halves, and every weight is shared by the rows.
type tiledStep struct {
	task      combinerTask
	optimizer Optimizer
	backend   compute.Backend
	devices   *cir.Devices
	rows      int

	halves, tile, update *cir.Program
}

func newTiledStep(m *cir.Model, o Optimizer, t combinerTask) (*tiledStep, error) {
	s := &tiledStep{task: t, optimizer: o, backend: m.Backend, devices: m.Devices, rows: t.recipe.TileRows}
	names := cir.Names(t.config.CombinerSpecs())
	var err error
	if s.halves, err = m.Devices.Program("halves of the pairs", names, 2, s.buildHalves); err != nil {
		return nil, err
	}
	if s.tile, err = m.Devices.Program("tile of pairs", names, 1, s.buildTile); err != nil {
		return nil, err
	}
	s.update, err = m.Devices.Program("Combiner update", names, 4, s.buildUpdate)
	return s, err
}

func (s *tiledStep) finalize() {
	for _, program := range []*cir.Program{s.halves, s.tile, s.update} {
		program.Finalize()
	}
}

func (s *tiledStep) independent() bool {
	return s.task.recipe.PairDropout == cir.PairDropoutIndependent
}

func (s *tiledStep) combiner(p cir.Params) cir.Combiner {
	return cir.Combiner{Config: s.task.config.Combiner, Params: p.At(s.task.recipe.Precision)}
}

// shared are the weights whose gradients the tiles sum up.
func (s *tiledStep) shared() []tensor.Spec {
	specs := s.task.config.CombinerSpecs()
	if s.independent() {
		return specs
	}
	var last []tensor.Spec
	for _, spec := range specs {
		switch spec.Name {
		case "output_layer.weight", "output_layer.bias", "dynamic_scalar.3.weight", "dynamic_scalar.3.bias":
			last = append(last, spec)
		}
	}
	return last
}

func (s *tiledStep) step(st *state, rates [2]float64, seed uint64, in []*tensors.Tensor) ([]*tensors.Tensor, error) {
	draw := func(use uint64) *tensors.Tensor { return randomState(seed, st.steps, use) }
	halves, err := s.callHalves(st, in, draw(useHalves))
	if err != nil {
		return nil, err
	}
	sums, rows, err := s.callTiles(st, in, halves, draw)
	if err != nil {
		return nil, err
	}
	args := append(slices.Clone(in), st.moments()...)
	args = append(args, s.optimizer.factors(rates, st.steps+1), draw(useForward), draw(useHalves))
	args = append(append(args, sums...), rows...)
	out, err := s.update.Call(st.weights, args...)
	if err != nil {
		return nil, fmt.Errorf("step %d: %w", st.steps+1, err)
	}
	return out, s.devices.Free(slices.Concat(halves, sums, rows)...)
}

func (s *tiledStep) callHalves(st *state, in []*tensors.Tensor, noise *tensors.Tensor) ([]*tensors.Tensor, error) {
	if s.independent() {
		return nil, nil
	}
	return s.halves.Call(st.weights, in[1], in[3], noise)
}

// callTiles returns the sums over all tiles (loss; gradients of the image half; gradients of the shared weights) and
// each tile's gradients of its rows' text half.
func (s *tiledStep) callTiles(st *state, in, halves []*tensors.Tensor, draw func(uint64) *tensors.Tensor) (sums, rows []*tensors.Tensor, err error) {
	if sums, err = s.noSums(halves); err != nil {
		return nil, nil, err
	}
	batch := in[0].Shape().Dim(0)
	for first := 0; first < batch; first += s.rows {
		noise := draw(useRows + uint64(first/s.rows))
		args := []*tensors.Tensor{numbers(first, min(first+s.rows, batch)), noise, draw(useColumns), in[0], in[1], in[3]}
		out, err := s.tile.Call(st.weights, append(append(args, halves...), sums...)...)
		if err != nil {
			return nil, nil, err
		}
		if err := s.devices.Free(sums...); err != nil {
			return nil, nil, err
		}
		n := len(sums)
		sums, rows = out[:n], append(rows, out[n:]...)
	}
	return sums, rows, nil
}

// numbers are the rows of a tile, from up to but without to. The last tile may be a smaller one.
func numbers(from, to int) *tensors.Tensor {
	var list []int32
	for i := from; i < to; i++ {
		list = append(list, int32(i))
	}
	return tensors.FromValue(list)
}

// noSums are the sums before the first tile.
func (s *tiledStep) noSums(halves []*tensors.Tensor) (sums []*tensors.Tensor, err error) {
	dims := [][]int{{}}
	if len(halves) > 0 {
		dims = append(dims, halves[2].Shape().Dimensions, halves[3].Shape().Dimensions)
	}
	for _, spec := range s.shared() {
		dims = append(dims, spec.Shape)
	}
	for _, d := range dims {
		zero, err := zeros(s.backend, d)
		if err != nil {
			return nil, fmt.Errorf("preparing a tile's sums: %w", err)
		}
		sums = append(sums, zero)
	}
	return sums, nil
}
