package cir

import (
	"sync"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// A Compiled is a program that was built and compiled for one combination of input shapes.
type Compiled struct {
	Program string
	Inputs  []shapes.Shape // without its weights
	Took    time.Duration  // to build the graph and to compile it
}

// OnCompile has done told of every compilation of the programs that are prepared for b from now on. done may be called by
// several goroutines at once.
func OnCompile(b compute.Backend, done func(Compiled)) { watchers.Store(b, done) }

var watchers sync.Map // of func(Compiled), by compute.Backend

// A stopwatch times a program's compilations: from the moment when its graph is begun until it is first executed. A nil
// stopwatch times nothing.
type stopwatch struct {
	name    string
	weights int
	done    func(Compiled)
	begun   sync.Map // of begun, by *Graph
}

type begun struct {
	inputs []shapes.Shape
	at     time.Time
}

// newStopwatch is nil where nobody wants to know.
func newStopwatch(backend compute.Backend, name string, weights int) *stopwatch {
	done, ok := watchers.Load(backend)
	if !ok {
		return nil
	}
	return &stopwatch{name: name, weights: weights, done: done.(func(Compiled))}
}

// watch has exec timed.
func (w *stopwatch) watch(exec *Exec) {
	if w != nil {
		exec.SetSideParamsHook(w.end)
	}
}

// begin is called as a graph is begun, with its weights and inputs.
func (w *stopwatch) begin(in []*Node) {
	if w == nil {
		return
	}
	b := begun{at: time.Now()}
	for _, node := range in[w.weights:] {
		b.inputs = append(b.inputs, node.Shape())
	}
	w.begun.Store(in[0].Graph(), b)
}

// end is called before each execution of a graph; before the first one it is just compiled.
func (w *stopwatch) end(g *Graph, _ []compute.Buffer, _ []bool) error {
	if b, first := w.begun.LoadAndDelete(g); first {
		b := b.(begun)
		w.done(Compiled{Program: w.name, Inputs: b.inputs, Took: time.Since(b.at)})
	}
	return nil
}
