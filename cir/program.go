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
	name    string
	names   []string
	batch   int // the first inputs, which are a batch's
	exec    *Exec
	devices *Devices
}

// NewProgram prepares a graph for one device: build is called with the named weights and the inputs, and may panic.
func NewProgram(backend compute.Backend, name string, weights []string, build func(p Params, in []*Node) []*Node) (*Program, error) {
	return OneDevice(backend).Program(name, weights, 0, build)
}

// Program prepares a graph: build is called with the named weights and the inputs, and may panic. The first inputs, as
// many as batch says, have a batch's rows, which the devices share; build sees all rows.
func (d *Devices) Program(name string, weights []string, batch int, build func(p Params, in []*Node) []*Node) (*Program, error) {
	stopwatch := newStopwatch(d.backend, name, len(weights))
	exec, err := NewExec(d.backend, func(in []*Node) []*Node {
		stopwatch.begin(in)
		return build(NewParams(weights, in[:len(weights)]), in[len(weights):])
	})
	if err == nil {
		err = d.shard(exec, len(weights), batch)
	}
	if err != nil {
		return nil, fmt.Errorf("preparing %s: %w", name, err)
	}
	stopwatch.watch(exec)
	return &Program{name: name, names: weights, batch: batch, exec: exec.WithName(name).SetMaxCache(-1), devices: d}, nil
}

// Call runs the program.
func (p *Program) Call(weights Weights, in ...*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := make([]*tensors.Tensor, 0, len(p.names)+len(in))
	for _, name := range p.names {
		weight := weights[name]
		if weight == nil {
			return nil, fmt.Errorf("%s: weight %s is not loaded", p.name, name)
		}
		args = append(args, weight)
	}
	out, err := p.devices.call(p.exec, append(args, in...), len(p.names), len(p.names)+p.batch)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return out, nil
}

// Finalize frees the compiled graphs.
func (p *Program) Finalize() { p.exec.Finalize() }
