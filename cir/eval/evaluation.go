package eval

import (
	"errors"
	"fmt"
	"slices"

	"gocir/datasets"
)

// An Evaluation is one split under one protocol. Outcome and FromRanking may be called by several goroutines at once,
// also while one of them calls Add.
type Evaluation struct {
	protocol Protocol
	split    *datasets.Split
	position map[string]int // of an image name in the gallery
	searched []bool         // [G], nil: all
	places   []places       // per query
	outcomes []measured     // per query, filled by Add
	leftOut  []string
}

// places are the gallery positions of one query's images.
type places struct {
	reference int
	target    int   // -1 where the split hides it
	subset    []int // without the reference; CIRR only
}

type measured struct {
	rank, subsetRank int
	tied, added      bool
}

// New prepares to measure a split. It refuses a split without queries, a gallery with a name twice, and a triplet whose
// reference, target or subset is not in the gallery. A split that hides all its targets (CIRR's test1) can be ranked
// for a submission, but has no Result.
func New(protocol Protocol, split *datasets.Split) (*Evaluation, error) {
	if err := protocol.Validate(); err != nil {
		return nil, err
	}
	e := &Evaluation{protocol: protocol, split: split, position: make(map[string]int, len(split.Gallery))}
	for i, name := range split.Gallery {
		if first, twice := e.position[name]; twice {
			return nil, e.errorf("image %q is in the gallery twice, at %d and %d", name, first, i)
		}
		e.position[name] = i
	}
	if len(split.Triplets) == 0 {
		return nil, e.errorf("there is no query to measure: the split has no triplets")
	}
	for _, t := range split.Triplets {
		p, err := e.place(t)
		if err != nil {
			return nil, e.errorf("triplet %s: %w", t.ID, err)
		}
		if hidden := p.target < 0; len(e.places) > 0 && hidden != e.hidden() {
			return nil, e.errorf("triplet %s: some triplets have a target, others have none", t.ID)
		}
		e.places = append(e.places, p)
	}
	e.outcomes = make([]measured, len(split.Triplets))
	e.searched = protocol.searched(split, e.position)
	return e, nil
}

// place looks up a triplet's images.
func (e *Evaluation) place(t datasets.Triplet) (places, error) {
	p := places{target: -1}
	var err error
	if p.reference, err = e.find("reference", t.Reference); err != nil {
		return p, err
	}
	if t.Target != "" {
		if p.target, err = e.find("target", t.Target); err != nil {
			return p, err
		}
	}
	if e.protocol != CIRR {
		return p, nil
	}
	if t.Target == t.Reference {
		return p, fmt.Errorf("the target %q is the reference, which CIRR takes out of the ranking", t.Target)
	}
	if t.Target != "" && !slices.Contains(t.Subset, t.Target) {
		return p, fmt.Errorf("the target %q is not in the subset %q", t.Target, t.Subset)
	}
	for _, name := range t.Subset {
		at, err := e.find("subset image", name)
		if err != nil {
			return p, err
		}
		if slices.Contains(p.subset, at) {
			return p, fmt.Errorf("image %q is in the subset twice", name)
		}
		if at != p.reference {
			p.subset = append(p.subset, at)
		}
	}
	return p, nil
}

func (e *Evaluation) find(role, name string) (int, error) {
	at, ok := e.position[name]
	if !ok {
		return 0, fmt.Errorf("%s %q is not in the gallery of %d images", role, name, len(e.split.Gallery))
	}
	return at, nil
}

// Add counts one query's outcome. The order of the queries does not matter; each counts once.
func (e *Evaluation) Add(o Outcome) error {
	if o.Query < 0 || o.Query >= len(e.outcomes) {
		return e.errorf("there is no query %d: the split has %d", o.Query, len(e.outcomes))
	}
	if e.outcomes[o.Query].added {
		return e.errorf("query %d (triplet %s) was added before", o.Query, o.Triplet.ID)
	}
	e.outcomes[o.Query] = measured{rank: o.Rank, subsetRank: o.SubsetRank, tied: o.Tied, added: true}
	return nil
}

// LeaveOut notes queries that are not measured, by their triplets' IDs, for the Result; see Present.
func (e *Evaluation) LeaveOut(ids ...string) { e.leftOut = append(e.leftOut, ids...) }

// hidden reports whether the split hides its targets.
func (e *Evaluation) hidden() bool { return e.places[0].target < 0 }

// Measurable reports why a split can't be measured under a protocol: what New refuses, or hidden targets. It is asked
// before anything is spent on the split's pictures.
func Measurable(protocol Protocol, split *datasets.Split) error {
	e, err := New(protocol, split)
	if err != nil {
		return err
	}
	return e.measurable()
}

func (e *Evaluation) measurable() error {
	if e.hidden() {
		return e.errorf("the split hides its targets, so nothing can be measured: choose val, or write a CIRR submission")
	}
	return nil
}

// errorf names the evaluation in an error.
func (e *Evaluation) errorf(format string, args ...any) error {
	name := e.split.Name
	if e.split.Category != "" {
		name = e.split.Category + "/" + name
	}
	return fmt.Errorf("evaluating %s (%s): %w", name, e.protocol, fmt.Errorf(format, args...))
}

// Present is the split as far as its pictures are there: a gallery without the missing names, the triplets all of whose
// images are left, and the IDs of the others. It is an error if no triplet is left.
func Present(split *datasets.Split, missing []string) (present *datasets.Split, leftOut []string, err error) {
	gone := make(map[string]bool, len(missing))
	for _, name := range missing {
		gone[name] = true
	}
	isGone := func(name string) bool { return gone[name] }
	present = &datasets.Split{Name: split.Name, Category: split.Category}
	present.Gallery = slices.DeleteFunc(slices.Clone(split.Gallery), isGone)
	for _, t := range split.Triplets {
		if gone[t.Reference] || gone[t.Target] || slices.ContainsFunc(t.Subset, isGone) {
			leftOut = append(leftOut, t.ID)
			continue
		}
		present.Triplets = append(present.Triplets, t)
	}
	if len(present.Triplets) == 0 {
		return nil, leftOut, errors.New("no query is left: each has an image without a picture file (see cir data check)")
	}
	return present, leftOut, nil
}
