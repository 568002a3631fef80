package bench

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"gocir/cir"
)

//go:embed peers/*.py
var peers embed.FS

// Options say what is measured, and by whom.
type Options struct {
	Size   Size
	Only   []string // pieces of work, such as images or text-step:32; none: all
	Device string   // cpu or cuda

	// Serve is the command line of a worker of ours, a program that calls Serve. pure asks for the pure Go backend.
	Serve  func(dir, work string, pure bool) []string
	Python string                   // with the peers' packages; empty: no peers
	Eval   func(pure bool) []string // the command line of `cir eval` up to its flags; nil: its start-up is not measured

	Rounds int           // runs of each side; 0: 3
	Budget time.Duration // a row ends after the round in which it passes this; 0: a minute
	Limit  time.Duration // no row begins after this; 0: 25 minutes
	Done   func(Result)  // told of each comparison when it is made; nil: nobody
}

// A Result is a comparison that was made.
type Result struct {
	What   string     `json:"what"`
	Work   string     `json:"work"`
	Amount float64    `json:"amount,omitempty"` // of a run, in Unit times seconds; 0: none
	Unit   string     `json:"unit"`             // of Amount over seconds; s where there is none
	Ways   []Measured `json:"ways"`
	Goals  []Met      `json:"goals,omitempty"`
	Differ []string   `json:"differ,omitempty"` // where a side's numbers are not ours
	Note   string     `json:"note,omitempty"`
}

// Met is a goal, and how far it was met.
type Met struct {
	Against string  `json:"against"` // the way whose time is divided by ours
	Least   float64 `json:"least"`
	Ratio   float64 `json:"ratio"` // 0: not measured
}

// Way is the side of that name; nil where there is none or it failed.
func (r Result) Way(name string) *Measured {
	for i, m := range r.Ways {
		if m.Way == name && len(m.Seconds) > 0 {
			return &r.Ways[i]
		}
	}
	return nil
}

// Run measures every row. The error lists all sides that failed or whose numbers are not ours; the results are there all
// the same.
func Run(ctx context.Context, o Options) ([]Result, error) {
	if o.Rounds == 0 {
		o.Rounds = 3
	}
	if o.Budget == 0 {
		o.Budget = time.Minute
	}
	if o.Device == "cuda" {
		o.Size.Precision = cir.BFloat16
	}
	if o.Limit == 0 {
		o.Limit = 25 * time.Minute
	}
	dir, err := os.MkdirTemp("", "cir-bench-")
	if err != nil {
		return nil, fmt.Errorf("preparing the benchmark: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := o.prepare(ctx, folder(dir)); err != nil {
		return nil, fmt.Errorf("preparing the benchmark in %s: %w", dir, err)
	}
	var results []Result
	var errs []error
	deadline := time.Now().Add(o.Limit)
	for _, r := range o.rows() {
		if err := context.Cause(ctx); err != nil {
			return results, err
		}
		if time.Now().After(deadline) {
			results = append(results, Result{What: r.what, Work: r.work, Unit: "s", Note: "not measured: the time was up"})
			continue
		}
		result, err := o.measure(ctx, folder(dir), r)
		if err != nil {
			return results, err
		}
		results = append(results, result)
		errs = append(errs, result.faults())
		o.tell(result)
	}
	if o.Eval != nil && o.wanted("startup") {
		result, err := o.startup(ctx, folder(dir))
		if err != nil {
			return results, err
		}
		results = append(results, result)
		errs = append(errs, result.faults())
		o.tell(result)
	}
	return o.derive(results), errors.Join(errs...)
}

func (o Options) tell(r Result) {
	if o.Done != nil {
		o.Done(r)
	}
}

func (o Options) rows() []row {
	list := rows(o.Size)
	if o.Device == "cuda" {
		list = onGPU(list)
	}
	return slices.DeleteFunc(list, func(r row) bool { return !o.wanted(r.work) })
}

func (o Options) wanted(work string) bool { return len(o.Only) == 0 || slices.Contains(o.Only, work) }

// prepare writes what all rows share.
func (o Options) prepare(ctx context.Context, f folder) error {
	if err := os.CopyFS(f.path(""), peersOnly()); err != nil {
		return err
	}
	if err := f.prepare(o.Size); err != nil {
		return err
	}
	if o.Python == "" {
		return nil
	}
	command := exec.CommandContext(ctx, o.Python, f.path("peer.py"), "write-pt", "torch", f.path(""), "cpu")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s (does this Python have the packages of cir/bench/peers/requirements.txt?)",
			o.Python, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func peersOnly() fs.FS {
	sub, err := fs.Sub(peers, "peers")
	if err != nil {
		panic(err) // the name is right or nothing compiles
	}
	return sub
}

// measure makes one comparison.
func (o Options) measure(ctx context.Context, f folder, r row) (Result, error) {
	result := Result{What: r.what, Work: r.work, Amount: r.amount, Unit: r.unit}
	if r.unit == "" {
		result.Unit = "s"
	}
	if err := f.write(o.Size, r.work); err != nil {
		return result, fmt.Errorf("writing the inputs of %s: %w", r.work, err)
	}
	defer f.remove(r.work)
	for _, group := range r.groups {
		result.Ways = append(result.Ways, o.together(ctx, f, r, group)...)
	}
	result.compare(r)
	return result, nil
}

// together lets the ways of a group take turns, each in a process of its own.
func (o Options) together(ctx context.Context, f folder, r row, group []way) (all []Measured) {
	var running []*process
	for _, way := range group {
		if argv := o.argv(f, r.work, way); argv != nil {
			running = append(running, start(ctx, way, argv))
		}
	}
	for _, p := range running {
		if !p.way.once && !p.warm {
			p.run(true)
		}
	}
	begin := time.Now()
	for round := range o.Rounds {
		for i := range running {
			p := running[(i+round)%len(running)] // none is always the first after a pause
			if !p.way.once || round == 0 {
				p.run(false)
			}
		}
		if time.Since(begin) > o.Budget {
			break
		}
	}
	for _, p := range running {
		all = append(all, *p.end())
	}
	return all
}

// argv is the command line of a way's worker; nil where there is none here.
func (o Options) argv(f folder, work string, way way) []string {
	switch {
	case way.peer == "":
		return o.Serve(f.path(""), work, way.pure)
	case o.Python == "":
		return nil
	}
	return []string{o.Python, f.path("peer.py"), work, way.peer, f.path(""), o.Device}
}

// compare holds every side's numbers against ours, and the times against the goals.
func (r *Result) compare(row row) {
	var own Measured
	if len(r.Ways) > 0 {
		own = r.Ways[0]
	}
	for _, m := range r.Ways[min(1, len(r.Ways)):] {
		if why := differ(own.Check, m.Check, row.apart); why != "" && m.Failed == "" && own.Failed == "" {
			r.Differ = append(r.Differ, m.Way+": "+why)
		}
	}
	for _, g := range row.goals {
		met := Met{Against: g.against, Least: g.least}
		fastest := 0.0
		for _, m := range r.Ways[min(1, len(r.Ways)):] {
			if t := m.Median(); t > 0 && g.counts(m.Way) && (fastest == 0 || t < fastest) {
				fastest, met.Against = t, m.Way
			}
		}
		if fastest > 0 && own.Median() > 0 {
			met.Ratio = fastest / own.Median()
		}
		r.Goals = append(r.Goals, met)
	}
}

// counts tells whether a goal is against that way.
func (g goal) counts(name string) bool {
	switch g.against {
	case "":
		return name != pureGo.name
	case "cached":
		return name == torch.name || name == compiled.name
	}
	return name == g.against
}

func differ(own, other []float64, apart tolerance) string {
	if len(own) != len(other) {
		return fmt.Sprintf("%d numbers, ours are %d", len(other), len(own))
	}
	largest := 0.0
	for _, v := range own {
		largest = max(largest, math.Abs(v))
	}
	allowed := apart.absolute + apart.relative*largest
	for i, v := range own {
		if !(math.Abs(v-other[i]) <= allowed) {
			return fmt.Sprintf("number %d is %v, ours is %v", i, other[i], v)
		}
	}
	return ""
}

// faults are the sides that failed or differ.
func (r Result) faults() error {
	var errs []error
	for _, m := range r.Ways {
		if m.Failed != "" {
			errs = append(errs, fmt.Errorf("%s, %s: %s", r.What, m.Way, m.Failed))
		}
	}
	for _, why := range r.Differ {
		errs = append(errs, fmt.Errorf("%s: the results differ: %s", r.What, why))
	}
	return errors.Join(errs...)
}

// remove frees the disk of a row's inputs, unless a later row has them too.
func (f folder) remove(name string) {
	if kind, _ := parse(name); kind != "search" {
		_ = os.Remove(f.inputs(name)) // the whole folder goes at the end
	}
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
