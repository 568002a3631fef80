package train

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// state is all that a training changes: the trained weights, their moments, and how many steps were made.
type state struct {
	specs         []tensor.Spec // trained
	weights       cir.Weights   // trained and frozen
	means, square cir.Weights
	steps         int
	backend       compute.Backend
	devices       *cir.Devices
}

func newState(m *cir.Model, specs []tensor.Spec, weights cir.Weights) (*state, error) {
	s := &state{backend: m.Backend, devices: m.Devices, specs: specs, weights: maps.Clone(weights), means: cir.Weights{}, square: cir.Weights{}}
	for _, spec := range specs {
		for _, moments := range []cir.Weights{s.means, s.square} {
			zero, err := zeros(m.Backend, spec.Shape)
			if err != nil {
				return nil, fmt.Errorf("preparing the optimizer's state of %s: %w", spec.Name, err)
			}
			moments[spec.Name] = zero
		}
	}
	return s, nil
}

func zeros(backend compute.Backend, dims []int) (*tensors.Tensor, error) {
	shape := shapes.Make(dtypes.Float32, dims...)
	return tensors.FromRaw(backend, 0, shape, make([]byte, shape.ByteSize()))
}

// moments are the optimizer's inputs of a step, in the order of specs.
func (s *state) moments() (in []*tensors.Tensor) {
	for _, moments := range []cir.Weights{s.means, s.square} {
		for _, spec := range s.specs {
			in = append(in, moments[spec.Name])
		}
	}
	return in
}

// advance takes over what a step computed: weights, then means, then squares. The old tensors are freed.
func (s *state) advance(out []*tensors.Tensor) error {
	s.steps++
	for i, to := range []cir.Weights{s.weights, s.means, s.square} {
		for j, spec := range s.specs {
			old := to[spec.Name]
			to[spec.Name] = out[i*len(s.specs)+j]
			if err := s.devices.Free(old); err != nil {
				return fmt.Errorf("freeing %s: %w", spec.Name, err)
			}
		}
	}
	return nil
}

// finalize frees the trained weights and their moments.
func (s *state) finalize() error {
	for _, from := range []cir.Weights{s.weights, s.means, s.square} {
		for _, spec := range s.specs {
			if err := s.devices.Free(from[spec.Name]); err != nil {
				return fmt.Errorf("freeing %s: %w", spec.Name, err)
			}
		}
	}
	return nil
}

// Losses are a step's loss and its two parts.
type Losses struct {
	Loss     float64 `json:"loss"`
	Forward  float64 `json:"forward"`
	Backward float64 `json:"backward"` // 0 where the backward weight is 0
}

func (l Losses) finite() bool {
	return !math.IsNaN(l.Loss) && !math.IsInf(l.Loss, 0)
}

// group is a weight's parameter group: UPSTREAM: every name with text_proj in it is 1, all others are 0.
func group(name string) int {
	if strings.Contains(name, "text_proj.") {
		return 1
	}
	return 0
}

// randomState is the random state for one use in one step: a function of its arguments alone, so that a resumed
// training draws what an unbroken one draws.
func randomState(seed uint64, step int, use uint64) *tensors.Tensor {
	r := rand.New(rand.NewPCG(seed, uint64(step)<<32|use))
	return tensors.FromFlatDataAndDimensions([]uint64{r.Uint64(), r.Uint64(), r.Uint64()}, RNGStateShape.Dimensions...)
}

// updates applies the optimizer to every trained weight. moments are as state.moments has them; the result is as
// state.advance wants it.
func updates(o Optimizer, specs []tensor.Spec, p cir.Params, gradients, moments []*Node, factors *Node) []*Node {
	n := len(specs)
	out := make([]*Node, 3*n)
	for i, spec := range specs {
		weight := p.Get(spec.Name, spec.Shape...)
		out[i], out[n+i], out[2*n+i] = o.update(weight, gradients[i], moments[i], moments[n+i], factors, group(spec.Name))
	}
	return out
}

// nodes are the named weights of p.
func nodes(p cir.Params, specs []tensor.Spec) []*Node {
	list := make([]*Node, len(specs))
	for i, spec := range specs {
		list[i] = p.Get(spec.Name, spec.Shape...)
	}
	return list
}

// withGradient leaves out what the loss does not reach: the cross-attention, which text mode skips. UPSTREAM: such a
// weight neither moves nor decays.
func withGradient(specs []tensor.Spec) []tensor.Spec {
	return slices.DeleteFunc(slices.Clone(specs), func(s tensor.Spec) bool {
		return strings.Contains(s.Name, ".crossattention.")
	})
}
