package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute/shapes"

	"gocir/cir"
)

// compiled counts the programs that were compiled, and the time that took. It may be used by several goroutines.
type compiled struct {
	mu    sync.Mutex
	count int
	took  time.Duration
}

// watch writes a line for each.
func (c *compiled) watch(a *app) func(cir.Compiled) {
	return func(p cir.Compiled) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.count++
		c.took += p.Took
		a.logf("compiled %s in %.3f s for %s", p.Program, p.Took.Seconds(), inputs(p.Inputs))
	}
}

// sum is the line about all of them; empty where there are none.
func (c *compiled) sum() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == 0 {
		return ""
	}
	programs := "programs"
	if c.count == 1 {
		programs = "program"
	}
	return fmt.Sprintf("compiled %d %s in %.2f s", c.count, programs, c.took.Seconds())
}

// most is how many inputs are shown: a training step has hundreds, the optimizer's state first and the batch last.
const most = 3

func inputs(all []shapes.Shape) string {
	from := max(0, len(all)-most)
	var words []string
	for _, shape := range all[from:] {
		words = append(words, fmt.Sprintf("%s%v", strings.ToLower(shape.DType.String()), shape.Dimensions))
	}
	line := strings.Join(words, ", ")
	if from > 0 {
		line += fmt.Sprintf(", and %d more inputs", from)
	}
	return line
}
