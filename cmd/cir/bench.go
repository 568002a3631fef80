package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"gocir/atomicfile"
	"gocir/cir/backend"
	"gocir/cir/bench"
)

type benchCommand struct {
	Quick  bool     `help:"Tiny sizes: shows that each comparison runs and that its sides agree. Its times say nothing." otherwise:"off" eg:"-quick"`
	Only   []string `placeholder:"LIST" help:"Pieces of work to measure, with commas between, as bench.json names them." otherwise:"all" eg:"-only images,text-step:32"`
	Device string   `enum:"cpu,cuda" default:"cpu" placeholder:"NAME" help:"Where both sides compute: cpu or cuda." eg:"-device cuda"`
	Python string   `placeholder:"FILE" help:"Python with the peers' packages (cir/bench/peers/requirements.txt)." otherwise:"only gocir is measured" eg:"-python .local/bench/bin/python"`
	Rounds int      `default:"3" placeholder:"N" help:"Runs of each side." eg:"-rounds 5"`
	Limit  int      `default:"25" placeholder:"MINUTES" help:"No comparison begins after so many minutes." eg:"-limit 60"`
	Out    string   `placeholder:"DIR" help:"Folder in which bench.json is written." otherwise:"it is not written" eg:"-out docs"`
	Into   string   `placeholder:"FILE" help:"Markdown file that shows the table, between the two lines that mark its place." otherwise:"none" eg:"-into README.md"`

	machineFlags `embed:""`
	formatFlag   `embed:""`
}

// Run measures.
func (c *benchCommand) Run(a *app) error {
	options, err := c.options(a)
	if err != nil {
		return err
	}
	if c.Quick && (c.Out != "" || c.Into != "") {
		return misuse("-quick measures no speed that -out or -into could keep")
	}
	results, err := bench.Run(a, options)
	about := builtWith()
	about["processor"], _ = backend.Processor()
	report := bench.Report{About: about, Date: time.Now().UTC().Format(time.DateOnly), Results: results}
	return errors.Join(err, c.write(a, report))
}

func (c *benchCommand) options(a *app) (bench.Options, error) {
	if c.Rounds < 1 || c.Limit < 1 {
		return bench.Options{}, misuse("-rounds and -limit must be positive")
	}
	program, err := os.Executable()
	if err != nil {
		return bench.Options{}, fmt.Errorf("finding this program: %w", err)
	}
	if c.Python != "" {
		if _, err := exec.LookPath(c.Python); err != nil {
			return bench.Options{}, fmt.Errorf("the peers' Python: %w (`make bench` installs one)", err)
		}
	}
	options := bench.Options{
		Size: bench.Full(), Only: c.Only, Device: c.Device, Python: c.Python, Rounds: c.Rounds,
		Limit: time.Duration(c.Limit) * time.Minute,
		Done:  func(r bench.Result) { a.logf("%s", r.Line()) },
		Serve: func(dir, work string, pure bool) []string {
			return append([]string{program, "bench-worker", dir, work}, c.machine(pure)...)
		},
		Eval: func(pure bool) []string { return append([]string{program, "eval"}, c.machine(pure)...) },
	}
	if c.Quick {
		options.Size, options.Rounds = bench.Quick(), 1
		options.Done = func(r bench.Result) { a.logf("%s", r.Agreement()) }
	}
	return options, nil
}

// machine are the flags that choose a worker's backend.
func (c *benchCommand) machine(pure bool) []string {
	switch {
	case pure:
		return []string{"-backend", "go"}
	case c.Backend != "":
		return []string{"-backend", c.Backend}
	case c.Device == "cuda":
		return []string{"-backend", "xla:cuda"}
	}
	return nil
}

func (c *benchCommand) write(a *app, r bench.Report) error {
	if c.Out != "" {
		text, err := r.JSON()
		if err != nil {
			return err
		}
		if err := atomicfile.WriteFile(filepath.Join(c.Out, "bench.json"), text); err != nil {
			return err
		}
	}
	if c.Into != "" {
		if err := r.Insert(c.Into); err != nil {
			return err
		}
	}
	switch {
	case c.Format == "json":
		return a.printJSON(r)
	case c.Quick:
		_, err := fmt.Fprintf(a.stdout, "%d comparisons were made; at these sizes their times say nothing\n", len(r.Results))
		return err
	}
	return c.print(a, r.Table())
}

// benchWorkerCommand is one side of a comparison, in a process of its own.
type benchWorkerCommand struct {
	Dir  string `arg:""`
	Work string `arg:""`

	machineFlags `embed:""`
}

// Run serves.
func (c *benchWorkerCommand) Run(a *app) error {
	b, line, err := backend.Open(c.Backend)
	if err != nil {
		return err
	}
	return bench.Serve(os.Stdin, a.stdout, c.Dir, c.Work, b, line)
}
