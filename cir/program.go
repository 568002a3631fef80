package cir

import (
	"fmt"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Weights are a model's weights on a backend, by their names in the original checkpoints.
type Weights map[string]*tensors.Tensor

// A Program is a graph that takes weights and inputs. It is compiled for each combination of input shapes that it meets,
// and keeps what was compiled: callers pad to few shapes. It may be called by several goroutines.
type Program struct {
	name  string
	names []string
	exec  *Exec
}

// NewProgram prepares a graph: build is called with the named weights and the inputs, and may panic.
func NewProgram(backend compute.Backend, name string, weights []string, build func(p Params, in []*Node) []*Node) (*Program, error) {
	exec, err := NewExec(backend, func(in []*Node) []*Node {
		return build(NewParams(weights, in[:len(weights)]), in[len(weights):])
	})
	if err != nil {
		return nil, fmt.Errorf("preparing %s: %w", name, err)
	}
	return &Program{name: name, names: weights, exec: exec.WithName(name).SetMaxCache(-1)}, nil
}

// Call runs the program.
func (p *Program) Call(weights Weights, in ...*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := make([]any, 0, len(p.names)+len(in))
	for _, name := range p.names {
		weight := weights[name]
		if weight == nil {
			return nil, fmt.Errorf("%s: weight %s is not loaded", p.name, name)
		}
		args = append(args, weight)
	}
	for _, tensor := range in {
		args = append(args, tensor)
	}
	out, err := p.exec.Call(args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return out, nil
}

// Finalize frees the compiled graphs.
func (p *Program) Finalize() { p.exec.Finalize() }
