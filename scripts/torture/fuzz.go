package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// fuzzing runs fuzz targets, two at a time.
type fuzzing struct {
	readers, others time.Duration // for each target
	left            time.Duration // for all together
}

const (
	atOnce   = 2
	building = 20 * time.Second // of a target's test program
)

// isReader tells the two readers of weights, which are fuzzed longest: what they read comes from anywhere.
func (t target) isReader() bool {
	return strings.HasSuffix(t.pkg, "/torch") || strings.HasSuffix(t.pkg, "/safetensors")
}

// plan is how long each target is fuzzed, the longest first, all shortened where they would not fit.
func (f fuzzing) plan(targets []target) (ordered []target, times []time.Duration) {
	long := func(t target) time.Duration {
		if t.isReader() {
			return f.readers
		}
		return f.others
	}
	ordered = slices.Clone(targets)
	slices.SortStableFunc(ordered, func(a, b target) int { return cmp.Compare(long(b), long(a)) })
	var longest, sum time.Duration
	for _, t := range ordered {
		longest, sum = max(longest, long(t)), sum+long(t)
	}
	needed := max(longest, sum/atOnce)
	left := f.left - time.Duration(len(targets)+1)/atOnce*building
	for _, t := range ordered {
		d := long(t)
		if needed > left {
			d = time.Duration(float64(d) * float64(left) / float64(needed))
		}
		times = append(times, max(d, time.Second).Round(time.Second))
	}
	return ordered, times
}

// run fuzzes and returns a row for each target.
func (f fuzzing) run(ctx context.Context, targets []target) []row {
	ordered, times := f.plan(targets)
	rows := make([]row, len(ordered))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, t := range ordered {
		group.Go(func() error {
			rows[i] = t.fuzz(ctx, times[i])
			return nil
		})
	}
	_ = group.Wait() // the rows say what failed
	return rows
}

// fuzz lets the go command fuzz one target on one core.
func (t target) fuzz(ctx context.Context, d time.Duration) row {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, d+5*time.Minute) // an input on which the target hangs is a failure
	defer cancel()
	// Unless told so, the go command spends most of the time on making inputs smaller.
	out, err := goCommand(ctx, "test", "-tags", tags, "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", d.String(),
		"-fuzzminimizetime", "1s", "-timeout", "0", "-parallel", "1", t.pkg).CombinedOutput()
	if err == nil {
		err = ctx.Err()
	}
	r := row{
		fault: fmt.Sprintf("fuzzing of %s (%s), %v", short(t.pkg), t.name, d), tried: executions(string(out)),
		holds: "no crash, no hang, and what the target checks: memory, whole values or an error", took: time.Since(begun),
	}
	fmt.Fprintf(os.Stderr, "%s: %d inputs in %.0f s\n", r.fault, r.tried, r.took.Seconds())
	if failed(string(out), err) {
		r.lost, r.holds = 1, "nothing: the output says which input it failed on"
		fmt.Fprintf(os.Stderr, "%s\n", out)
	}
	return r
}

// failed tells whether fuzzing found something, or found nothing to do. The go command sometimes reports its own time limit
// as a failure, without an input (golang.org/issue/48591).
func failed(said string, err error) bool {
	if err == nil {
		return executions(said) == 0
	}
	onlyTime := strings.Contains(said, "    context deadline exceeded") && !strings.Contains(said, "Failing input written to")
	return !onlyTime || executions(said) == 0
}

var counted = regexp.MustCompile(`execs: (\d+)`)

// executions is the last number of inputs that the go command told.
func executions(said string) int {
	all := counted.FindAllStringSubmatch(said, -1)
	if len(all) == 0 {
		return 0
	}
	n, err := strconv.Atoi(all[len(all)-1][1])
	if err != nil {
		return 0
	}
	return n
}
