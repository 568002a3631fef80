// Package feed turns triplets into training batches: seeded shuffle, caption augmentation, drop-last.
//
// Everything is a function of (seed, epoch, step): there is no state to save, and a run resumed at any step goes on
// with the batches and texts that it would have had.
package feed

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"gocir/cir/tokenize"
	"gocir/datasets"
)

// A Feed makes the batches of a training split.
type Feed struct {
	Triplets  []datasets.Triplet
	BatchSize int
	Seed      uint64

	// KeepLast ends an epoch with a smaller batch if the triplets don't fill the last one. Without it those triplets
	// are left out of that epoch, as in the original; the shuffle makes them others each time.
	KeepLast bool
	// NoMarks leaves direction marks out of all texts: an ablation. Forward and backward texts then say the same.
	NoMarks bool
}

// A Batch is what one training step sees. Its slices have one element per triplet, in the same order.
type Batch struct {
	Epoch, Step       int   // both from 0
	Rows              []int // where the triplets are in Feed.Triplets
	Triplets          []datasets.Triplet
	Forward, Backward []string // modification texts
}

// Validate reports every way in which f cannot be used: a batch size below 1, fewer triplets than a batch, a triplet
// without a target or with another number of captions than one (CIRR) or two (FashionIQ).
func (f Feed) Validate() error {
	var errs []error
	switch {
	case f.BatchSize < 1:
		errs = append(errs, fmt.Errorf("batch size %d, want 1 or more", f.BatchSize))
	case len(f.Triplets) == 0:
		errs = append(errs, errors.New("no triplets"))
	case f.Steps() == 0:
		errs = append(errs, fmt.Errorf("%d triplets don't fill one batch of %d: make the batch smaller or keep the last one",
			len(f.Triplets), f.BatchSize))
	}
	for _, t := range f.Triplets {
		if t.Target == "" {
			errs = append(errs, fmt.Errorf("triplet %s has no target: a test split can't be trained on", t.ID))
		}
		if err := checkCaptions(t); err != nil {
			errs = append(errs, err)
		}
		if len(errs) > 9 {
			errs = append(errs, errors.New("and perhaps more"))
			break
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("training batches: %w", errors.Join(errs...))
	}
	return nil
}

// Steps is the number of batches in an epoch; 0 if there can be none.
func (f Feed) Steps() int {
	switch {
	case f.BatchSize < 1:
		return 0
	case f.KeepLast:
		return (len(f.Triplets) + f.BatchSize - 1) / f.BatchSize
	}
	return len(f.Triplets) / f.BatchSize
}

// Epoch gives the batches of an epoch, from 0, beginning with step first: 0, or the step at which an interrupted run
// goes on.
func (f Feed) Epoch(epoch, first int) (iter.Seq[Batch], error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	if epoch < 0 || first < 0 || first > f.Steps() {
		return nil, fmt.Errorf("training batches: no epoch %d with step %d: an epoch has %d steps", epoch, first, f.Steps())
	}
	return func(yield func(Batch) bool) {
		order := f.Order(epoch)
		for step := first; step < f.Steps(); step++ {
			from := step * f.BatchSize
			if !yield(f.batch(epoch, step, order[from:min(from+f.BatchSize, len(order))])) {
				return
			}
		}
	}, nil
}

// Order is the shuffled order of the triplets in an epoch: row i is seen in step i/BatchSize.
func (f Feed) Order(epoch int) []int {
	type place struct {
		draw uint64
		row  int
	}
	places := make([]place, len(f.Triplets))
	for row := range places {
		places[row] = place{hash(f.Seed, shuffleStream, uint64(epoch), uint64(row)), row}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.draw, b.draw), a.row-b.row) })
	order := make([]int, len(places))
	for i, p := range places {
		order[i] = p.row
	}
	return order
}

func (f Feed) batch(epoch, step int, rows []int) Batch {
	b := Batch{Epoch: epoch, Step: step, Rows: rows}
	for _, row := range rows {
		t := f.Triplets[row]
		b.Triplets = append(b.Triplets, t)
		b.Forward = append(b.Forward, text(t, tokenize.Forward, f.branch(epoch, row, tokenize.Forward), f.NoMarks))
		b.Backward = append(b.Backward, text(t, tokenize.Backward, f.branch(epoch, row, tokenize.Backward), f.NoMarks))
	}
	return b
}

// branch draws how a triplet's two captions are joined, for each epoch and direction anew.
func (f Feed) branch(epoch, row int, d tokenize.Direction) int {
	stream := forwardStream
	if d == tokenize.Backward {
		stream = backwardStream
	}
	return tokenize.BranchOfDraw(uniform(hash(f.Seed, stream, uint64(epoch), uint64(row))))
}
