package train

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// A task is what differs between trainings.
type task interface {
	// specs are the weights that the optimizer moves, and those that the graph only reads.
	specs() (trained, frozen []tensor.Spec)

	// batch is the number of a batch's tensors.
	batch() int

	// losses builds the loss, a scalar, and its two parts from a batch's tensors.
	losses(p cir.Params, in []*Node, noise *cir.Noise) (loss, forward, backward *Node)
}

// A stepper makes one step of training: it returns what stepResults lists.
type stepper interface {
	step(s *state, rates [2]float64, seed uint64, in []*tensors.Tensor) ([]*tensors.Tensor, error)

	// finalize frees what was compiled.
	finalize()
}

// wholeStep computes loss, gradients and update of any task in one program.
type wholeStep struct {
	optimizer Optimizer
	program   *cir.Program
}

func newWholeStep(devices *cir.Devices, r Recipe, t task) (*wholeStep, error) {
	o := r.Optimizer()
	trained, frozen := t.specs()
	names := append(cir.Names(trained), cir.Names(frozen)...)
	program, err := devices.Program("training step", names, t.batch(), func(p cir.Params, in []*Node) []*Node {
		n, batch, rest := len(trained), in[:t.batch()], in[t.batch():]
		moments, factors, noise := rest[:2*n], rest[2*n], cir.NewNoise(rest[2*n+1])
		loss, forward, backward := t.losses(p.At(r.Precision), batch, noise)
		out := updates(o, trained, p, Gradient(loss, nodes(p, trained)...), moments, factors)
		return stepResults(out, loss, forward, backward)
	})
	return &wholeStep{optimizer: o, program: program}, err
}

func (w *wholeStep) step(s *state, rates [2]float64, seed uint64, in []*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := append(slices.Clone(in), s.moments()...)
	args = append(args, w.optimizer.factors(rates, s.steps+1), randomState(seed, s.steps, useWhole))
	out, err := w.program.Call(s.weights, args...)
	if err != nil {
		return nil, fmt.Errorf("step %d: %w", s.steps+1, err)
	}
	return out, nil
}

// stepResults are what a step's last program computes: the updates (as state.advance wants them), the losses before them,
// and a number that is 0, or NaN if any of the new weights or moments is not finite. A gradient that is not finite shows in
// its second moment.
func stepResults(updates []*Node, loss, forward, backward *Node) []*Node {
	flaw := ZerosLike(loss)
	for _, x := range updates {
		flaw = Add(flaw, ConvertDType(ReduceAllSum(MulScalar(x, 0)), loss.DType()))
	}
	return append(slices.Clone(updates), loss, forward, backward, flaw)
}

func (w *wholeStep) finalize() { w.program.Finalize() }

// The uses of random numbers in a step, each with a state of its own.
const (
	useWhole uint64 = iota
	useForward
	useHalves
	useColumns
	useRows // and one more for each tile
)

// lossesOf reads what follows the updates among a step's results.
func lossesOf(out []*tensors.Tensor) (l Losses, sound bool) {
	value := func(i int) float64 { return float64(tensors.ToScalar[float32](out[i])) }
	return Losses{Loss: value(0), Forward: value(1), Backward: value(2)}, value(3) == 0
}
