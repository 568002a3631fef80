//go:build failpoints

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gocir/torture"
)

// brief makes of a stage a training of two steps in two epochs, which writes at each of its places.
func brief(stage string) string {
	name := "brief " + stage
	stages[name] = with(stages[stage], "-epochs", "2", "-set", "MaxSteps=22", "-save-every", "10m")
	return name
}

// operations counts the file operations of a training that is left alone.
func (v *victim) operations() int {
	v.t.Helper()
	count := filepath.Join(v.t.TempDir(), "count")
	c := v.next()
	c.Env = append(c.Env, "GOCIR_FAILPOINT_COUNT="+count)
	finish(v.t, c).want(v.t, 0)
	text, err := os.ReadFile(count)
	if err != nil {
		v.t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || n < 20 {
		v.t.Fatalf("%d file operations, %v", n, err)
	}
	if err := os.RemoveAll(filepath.Join(v.dir, "runs")); err != nil {
		v.t.Fatal(err)
	}
	return n
}

// chosen are the numbers of the operations that a test tries: all, or a few drawn ones.
func chosen(n int) []int {
	all := rand.New(rand.NewPCG(9, 10)).Perm(n)
	all = all[:min(n, torture.Times(3, n))]
	slices.Sort(all)
	return all
}

// failAt runs a training whose n-th file operation, from 0, fails.
func (v *victim) failAt(action string, n int) outcome {
	c := v.next()
	c.Env = append(c.Env, fmt.Sprintf("GOCIR_FAILPOINT=%s:%d", action, n+1))
	return finish(v.t, c)
}

func TestTortureWrites(t *testing.T) {
	for action, says := range map[string]string{"full": "no space left on device", "readonly": "read-only file system"} {
		for _, stage := range []string{"text", "combiner"} {
			t.Run(action+" "+stage, func(t *testing.T) {
				v := newVictim(t, brief(stage))
				tally := torture.Begin(t, "disk full and read-only folder at each write of a training", "a clear error and exit code 1; what was written before is whole: resumed, the trainings left the same bits")
				for _, n := range chosen(v.operations()) {
					tally.Tried()
					o := v.failAt(action, n)
					if o.exit != failed || !strings.Contains(o.stderr, says) || strings.Contains(o.stderr, "goroutine ") {
						tally.Lost("operation %d: exit %d\n%s", n, o.exit, o.stderr)
					}
					v.finishIt(tally)
				}
			})
		}
	}
}

func TestTortureKillAtWrites(t *testing.T) {
	for _, stage := range []string{"text", "combiner"} {
		t.Run(stage, func(t *testing.T) {
			v := newVictim(t, brief(stage))
			tally := torture.Begin(t, "SIGKILL at each file operation of a training", "resumed, the trainings left the same bits")
			for _, n := range chosen(v.operations()) {
				tally.Tried()
				if o := v.failAt("kill", n); o.exit != -1 {
					tally.Lost("operation %d: exit %d\n%s", n, o.exit, o.stderr)
				}
				v.finishIt(tally)
			}
		})
	}
}
