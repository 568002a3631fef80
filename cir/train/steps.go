package train

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// Steps makes the steps of a training, one batch at a time: the compiled loss, gradients and optimizer of a recipe,
// and the weights that they move. Train drives it over a data set; tests and benchmarks may drive it themselves.
type Steps struct {
	stepper stepper
	state   *state
	seed    uint64
}

// NewSteps prepares the steps of recipe r for model m, on its devices, which must divide the recipe's batch. The model's
// weights are not changed in place, and those that are not trained are not looked at. The precision is the recipe's.
//
// Dropout follows the model's sizes: with Text.Dropout and Combiner.Dropout at 0 the steps are those of evaluation mode.
func NewSteps(m *cir.Model, r Recipe) (*Steps, error) {
	if err := errors.Join(m.Devices.Divide("BatchSize", r.BatchSize), m.Devices.Divide("TileRows", r.TileRows),
		m.Devices.Divide("BatchSize / LengthGroups", r.BatchSize/max(1, r.LengthGroups))); err != nil {
		return nil, err
	}
	t, err := newTask(r, m.Config)
	if err != nil {
		return nil, err
	}
	trained, _ := t.specs()
	kept := cir.Weights{}
	for _, spec := range trained {
		if m.Weights[spec.Name] == nil {
			return nil, fmt.Errorf("recipe %s trains %s, which the model does not hold", r.Name, spec.Name)
		}
		// A copy, since each step frees the weights that it replaces.
		if kept[spec.Name], err = m.Weights[spec.Name].OnDeviceClone(m.Backend, 0); err != nil {
			return nil, fmt.Errorf("copying %s: %w", spec.Name, err)
		}
	}
	s := &Steps{seed: r.Seed}
	if s.state, err = newState(m, trained, kept); err != nil {
		return nil, err
	}
	s.stepper, err = newStepper(m, r, t)
	return s, err
}

func newTask(r Recipe, c cir.Config) (task, error) {
	switch r.Stage {
	case Text:
		return newTextTask(r, c), nil
	case Combiner:
		return combinerTask{recipe: r, config: c}, nil
	case Contrastive:
		return contrastiveTask{newTextTask(r, c)}, nil
	}
	return nil, fmt.Errorf("recipe %s: stage %q is none of text, combiner, contrastive", r.Name, r.Stage)
}

func newStepper(m *cir.Model, r Recipe, t task) (stepper, error) {
	pairs, ok := t.(combinerTask)
	if ok && r.TileRows > 0 && r.TileRows < r.BatchSize && r.BackwardWeight != 0 {
		return newTiledStep(m, r.Optimizer(), pairs)
	}
	return newWholeStep(m.Devices, r, t)
}

// Step makes one step with the learning rates of the two groups. batch is as the stage wants it:
//
//	text:        raw embeddings of references and targets [B, E] each, or pictures [2B, 3, S, S] with TrainImage;
//	             then Recipe.Tokens: ids and mask [2B, N] int32, forward texts first ([B, N] without a backward loss)
//	combiner:    raw embeddings of references, targets, forward and backward texts, [B, E] each
//	contrastive: pictures [B, 3, S, S], ids and mask [B, N] int32, which belong together [B, B]
//
// Where the loss or a new weight is not a finite number the step is not made and a *NotFiniteError is returned.
func (s *Steps) Step(rates [2]float64, batch ...*tensors.Tensor) (Losses, error) {
	out, err := s.stepper.step(s.state, rates, s.seed, batch)
	if err != nil {
		return Losses{}, err
	}
	n := 3 * len(s.state.specs)
	losses, sound := lossesOf(out[n:])
	if !losses.finite() || !sound {
		return losses, errors.Join(&NotFiniteError{Step: s.state.steps + 1, Losses: losses}, s.state.devices.Free(out...))
	}
	return losses, errors.Join(s.state.advance(out[:n]), s.state.devices.Free(out[n:]...))
}

// Finalize frees the compiled programs, the weights and the optimizer's state.
func (s *Steps) Finalize() error {
	s.stepper.finalize()
	return s.state.finalize()
}

// Made is the number of steps made so far.
func (s *Steps) Made() int { return s.state.steps }

// Trained lists the weights that the steps move.
func (s *Steps) Trained() []tensor.Spec { return slices.Clone(s.state.specs) }

// Weights are the trained weights as they stand. A later Step frees them.
func (s *Steps) Weights() cir.Weights { return s.state.weights }

// A NotFiniteError stops a training whose loss is NaN or infinite, or whose weights would become so, before the step that
// would spoil the weights.
type NotFiniteError struct {
	Step     int // from 1
	Losses   Losses
	Triplets []string // IDs of the batch's triplets, where the training knows them
}

// Error says which step, which losses and which triplets.
func (e *NotFiniteError) Error() string {
	what := fmt.Sprintf("the loss is %v (forward %v, backward %v)", e.Losses.Loss, e.Losses.Forward, e.Losses.Backward)
	if e.Losses.finite() {
		what = fmt.Sprintf("the loss is %v, but its gradients are not finite", e.Losses.Loss)
	}
	return fmt.Sprintf("step %d: %s on triplets %v: the weights are those before the step; try a lower LearningRate", e.Step, what, e.Triplets)
}
