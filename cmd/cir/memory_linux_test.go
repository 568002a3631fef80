package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gocir/torture"
)

// A training that needs much more memory than the program itself: pairs with masks of their own.
var hungry = with(stages["combiner"], "-batch-size", "32", "-hidden-dim", "8", "-projection-dim", "2048", "-set", "PairDropout=independent", "-epochs", "2")

// limited runs a command in so many MiB of address space.
func (v *victim) limited(limit int, c *exec.Cmd) outcome {
	return finish(v.t, inShell(c, fmt.Sprintf(`ulimit -v %d; exec "$0" "$@"`, limit<<10)))
}

// resumptions counts how often the victim's training has begun to go on.
func (v *victim) resumptions() int {
	log, err := os.ReadFile(filepath.Join(onlyRun(v.t, v.dir), "log.txt"))
	if err != nil {
		v.t.Fatal(err)
	}
	return strings.Count(string(log), " resumed ")
}

func TestTortureMemory(t *testing.T) {
	stages["hungry"] = hungry
	defer delete(stages, "hungry")
	v := newVictim(t, "hungry")
	tally := torture.Begin(t, "out of memory (address space limited by ulimit)", "an error that names the fields that save memory, the last checkpoint is whole: resumed with enough memory, the trainings left the same bits")
	r := rand.New(rand.NewPCG(11, 12))
	least := 700 // MiB
	for v.limited(least, command(v.dir, "runs")).exit != 0 {
		least += 50
	}
	// From what the program itself hardly starts with to what is enough, until it was too little often enough.
	for hit, limit := 0, least+80; hit < torture.Times(1, 10); limit += 20 {
		v.killed(r, tally)
		before := v.resumptions()
		o := v.limited(limit, v.next())
		if o.exit == 0 {
			v.ended(tally)
			limit = least
			continue
		}
		if v.resumptions() == before || strings.Contains(o.stderr, unwatched) {
			continue // there is no room for the program, or none for the one that watches it, as is said
		}
		hit++
		tally.Tried()
		if !strings.Contains(o.stderr, "TileRows") || !strings.Contains(o.stderr, "cir train -resume ") {
			tally.Lost("limit of %d MiB, exit %d:\n%s", limit, o.exit, o.stderr)
		}
		v.finishIt(tally)
	}
}
