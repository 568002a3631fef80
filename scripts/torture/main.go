// Command torture runs what `make torture` promises: all tests that injure programs, files and input, with their full
// numbers, then each fuzz target of the module. It prints what was tried and what was lost as a table, which it puts into
// a Markdown file, and fails where anything was lost.
//
//	go run ./scripts/torture -into docs/reliability.md
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"gocir/cir/report"
)

// The lines of the Markdown file between which the table stands.
const (
	tableBegin = "<!-- make torture: begin -->"
	tableEnd   = "<!-- make torture: end -->"
)

// options are the command's flags.
type options struct {
	into     string
	readers  time.Duration // of fuzzing for the readers of weights
	others   time.Duration // for each other target
	within   time.Duration // for all together
	packages string
}

func main() {
	var o options
	flag.StringVar(&o.into, "into", "", "Markdown `file` that gets the table between the lines\n"+tableBegin+" and "+tableEnd)
	flag.DurationVar(&o.readers, "readers", 10*time.Minute, "fuzzing of each of the two readers of weights")
	flag.DurationVar(&o.others, "fuzztime", 30*time.Second, "fuzzing of each other target")
	flag.DurationVar(&o.within, "within", 30*time.Minute, "everything together; fuzzing is shortened to fit")
	flag.StringVar(&o.packages, "packages", "./...", "packages that are looked through")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	lost, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
	}
	if err != nil || lost {
		os.Exit(1)
	}
}

// run tortures and reports whether anything was lost.
func run(ctx context.Context, o options) (lost bool, err error) {
	begun := time.Now()
	found, err := list(ctx, o.packages)
	if err != nil {
		return false, err
	}
	rows, err := runTests(ctx, found.tortured, o.within)
	if err != nil {
		return false, err
	}
	f := fuzzing{readers: o.readers, others: o.others, left: o.within - time.Since(begun)}
	rows = append(rows, f.run(ctx, found.fuzzed)...)
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("stopped, and nothing was reported: %w", err)
	}
	text, err := markdown(rows, time.Since(begun))
	if err != nil {
		return false, err
	}
	fmt.Print(text)
	if o.into != "" {
		err = report.Insert(filepath.FromSlash(o.into), tableBegin, tableEnd, text)
	}
	return anyLost(rows), err
}

// about says when and where the table was made.
func about(took time.Duration) string {
	return fmt.Sprintf("Made on %s by `make torture` in %d minutes: %d cores, %s, %s.", time.Now().UTC().Format(time.DateOnly),
		int(took.Minutes()+0.5), runtime.NumCPU(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
}
