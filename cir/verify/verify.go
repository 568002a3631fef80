// Package verify runs every golden case of a folder and reports a row per kind: how many cases, the largest error,
// its tolerance, pass or not. It answers whether a machine and a backend compute what the original computes.
package verify

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
)

// A Set is a folder of golden cases, laid out as testdata/golden/a, and the backend that computes them.
type Set struct {
	Dir     string
	Backend compute.Backend
	Kinds   []string // those that are checked, of Kinds; none means all
}

// A Row sums up one kind of cases.
type Row struct {
	Kind      string   `json:"kind"`
	Cases     int      `json:"cases"`
	Error     float64  `json:"error"`     // of the case that comes nearest to its tolerance, or passes it by most
	Tolerance float64  `json:"tolerance"` // of that same case; 0 where cases are exact
	Worst     string   `json:"worst"`     // the name of that case
	Pass      bool     `json:"pass"`
	Misses    []string `json:"misses,omitempty"` // every case that failed, with what was wrong
}

// A recorder collects the cases of one kind.
type recorder struct {
	row   Row
	ratio float64
}

// within counts a case that passes where err ≤ tolerance. An err that is not a number fails.
func (r *recorder) within(name string, err, tolerance float64) {
	r.row.Cases++
	ratio := err / tolerance
	if tolerance == 0 {
		ratio = err
	}
	if !(ratio <= r.ratio) || r.row.Worst == "" {
		r.ratio, r.row.Error, r.row.Tolerance, r.row.Worst = ratio, err, tolerance, name
	}
	if !(err <= tolerance) {
		r.row.Misses = append(r.row.Misses, fmt.Sprintf("%s: error %.3g, tolerance %.3g", name, err, tolerance))
	}
}

// exact counts a case that passes where ok; detail says what was found and expected where it is not.
func (r *recorder) exact(name string, ok bool, detail string) {
	r.row.Cases++
	if !ok {
		r.miss(name, detail)
	}
}

// miss adds a failure that is not a matter of size.
func (r *recorder) miss(name, detail string) {
	if len(r.row.Misses) == 0 {
		r.row.Worst = name
	}
	r.row.Misses = append(r.row.Misses, name+": "+detail)
}

// finish closes the row: it passes with at least one case and no miss.
func (r *recorder) finish(err error) Row {
	if err != nil {
		r.miss(r.row.Kind, err.Error())
	}
	if r.row.Cases == 0 && err == nil {
		r.miss(r.row.Kind, "no case found")
	}
	r.row.Pass = len(r.row.Misses) == 0
	return r.row
}

// A kind of golden cases and its check. check returns an error where the files themselves can't be read.
type kind struct {
	name     string
	check    func(*Set, *recorder) error
	optional string // a folder that a set may lack, and then has no such cases; empty: every set has them
}

// kinds are all kinds, in the order of testdata/golden/README.md.
var kinds = []kind{
	{"tokenizer", checkTokenizer, ""},
	{"prompts", checkPrompts, ""},
	{"images", checkImages, ""},
	{"checkpoints", checkCheckpoints, ""},
	{"positions", checkPositions, ""},
	{"formats", checkFormats, ""},
	{"image encoder", checkImageEncoder, ""},
	{"text encoder", checkTextEncoder, ""},
	{"stage I loss", checkStage1Loss, ""},
	{"stage I gradients", checkStage1Gradients, ""},
	{"Combiner", checkCombiner, ""},
	{"schedule", checkSchedule, ""},
	{"AdamW", checkAdamW, ""},
	{"Adam", checkAdam, ""},
	{"metrics", checkMetrics, ""},
	{"submission", checkSubmission, ""},
	{"full size", checkFullSize, "full_size"},
}

// Kinds are the names of all kinds, in the order in which they are checked.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Run checks every kind of the set, in order, and calls report with each row as it is done. It passes if all of them do
// and there is at least one.
func Run(set Set, report func(Row)) (pass bool) {
	pass = len(set.Kinds) == 0 || slices.ContainsFunc(set.Kinds, func(name string) bool { return slices.Contains(Kinds(), name) })
	for _, k := range kinds {
		if len(set.Kinds) > 0 && !slices.Contains(set.Kinds, k.name) {
			continue
		}
		if k.optional != "" && !set.has(k.optional) {
			continue
		}
		r := &recorder{row: Row{Kind: k.name}}
		row := r.finish(k.check(&set, r))
		pass = pass && row.Pass
		report(row)
	}
	return pass
}
