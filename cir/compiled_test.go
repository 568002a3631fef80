package cir_test

import (
	"cmp"
	"slices"
	"sync"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/backend"
)

// A program that is called many times, at once and with two shapes, is told of twice: once for each shape of its inputs.
func TestOnCompile(t *testing.T) {
	b, _, err := backend.Open(cmp.Or(backend.Asked(""), "go")) // one of its own: other tests' programs are not watched
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var told []cir.Compiled
	cir.OnCompile(b, func(c cir.Compiled) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, c)
	})
	program, err := cir.NewProgram(b, "shift", []string{"w"}, func(p cir.Params, in []*Node) []*Node {
		return []*Node{Add(in[0], p.Get("w", 1))}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer program.Finalize()
	var all sync.WaitGroup
	weights := cir.Weights{"w": tensors.FromFlatDataAndDimensions([]float32{2}, 1)}
	if err := weights["w"].ToDevice(b, 0); err != nil { // as Upload does: GoMLX moves a tensor for one goroutine at a time
		t.Fatal(err)
	}
	for i := range 8 {
		all.Go(func() {
			n := 2 + i%2
			out, err := program.Call(weights, tensors.FromFlatDataAndDimensions(slices.Repeat([]float32{1}, n), n))
			if err != nil {
				t.Error(err)
			} else if got := out[0].Value().([]float32); got[n-1] != 3 {
				t.Errorf("1 + 2 = %v", got)
			}
		})
	}
	all.Wait()
	var sizes []int
	for _, c := range told {
		if c.Program != "shift" || len(c.Inputs) != 1 || c.Took <= 0 {
			t.Errorf("told of %+v", c)
			continue
		}
		sizes = append(sizes, c.Inputs[0].Size())
	}
	if slices.Sort(sizes); !slices.Equal(sizes, []int{2, 3}) {
		t.Errorf("told of inputs of sizes %v, want 2 and 3", sizes)
	}
}
