package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gocir/cir"
	"gocir/cir/eval"
	"gocir/cir/feed"
)

// A Training is a recipe, the model it starts from, and its data.
type Training struct {
	Recipe Recipe
	Model  *cir.Model
	Data   Data

	// Validate measures the weights after an epoch; nil: no validation. The weights are the trained ones, over the
	// model's.
	Validate func(ctx context.Context, weights cir.Weights) (eval.Result, error)

	Run      *Run           // where everything is kept; nil: nowhere
	Progress func(Progress) // told after each step; nil: nobody
}

// Progress is where a training stands.
type Progress struct {
	Epoch, Epochs int // Epoch from 0
	Step, Steps   int // of the epoch; Step from 1
	Losses        Losses
	Validation    *eval.Result // after the last step of a validated epoch
}

// EpochRecord is one line of metrics.jsonl.
type EpochRecord struct {
	Epoch      int          `json:"epoch"` // from 0
	Steps      int          `json:"steps"` // made so far, in all epochs
	Rates      [2]float64   `json:"learning_rates"`
	Train      Losses       `json:"train"` // means over the epoch
	Seconds    float64      `json:"seconds"`
	Validation *eval.Result `json:"validation,omitempty"`
}

// Result is what a training leaves: the trained weights and its history.
type Result struct {
	Weights cir.Weights // trained weights after the last step
	History []EpochRecord
}

// Train runs t: for each epoch the batches of the feed, then validation, then the checkpoints. It stops at a loss that
// is not finite, with the last checkpoints in place, and when ctx ends.
func Train(ctx context.Context, t Training) (*Result, error) {
	if err := errors.Join(t.Recipe.Validate(), t.Data.Feed.Validate()); err != nil {
		return nil, err
	}
	if t.Recipe.KeepLast {
		if err := t.Model.Devices.Divide("the last batch of", len(t.Data.Feed.Triplets)%t.Recipe.BatchSize); err != nil {
			return nil, fmt.Errorf("recipe %s: %w", t.Recipe.Name, err)
		}
	}
	steps, err := NewSteps(t.Model, t.Recipe)
	if err != nil {
		return nil, fmt.Errorf("recipe %s: %w", t.Recipe.Name, err)
	}
	result := &Result{}
	for epoch := range t.Recipe.Epochs {
		record, err := t.epoch(ctx, steps, epoch)
		if err != nil {
			return result, fmt.Errorf("recipe %s, epoch %d: %w", t.Recipe.Name, epoch, err)
		}
		result.History = append(result.History, record)
		if t.Run != nil {
			if err := t.Run.keep(t, steps, result.History); err != nil {
				return result, err
			}
		}
		if t.done(steps) {
			break
		}
	}
	result.Weights = steps.Weights()
	return result, nil
}

func (t Training) done(s *Steps) bool {
	return t.Recipe.MaxSteps > 0 && s.Made() >= t.Recipe.MaxSteps
}

// epoch makes an epoch's steps and validates where it is due.
func (t Training) epoch(ctx context.Context, steps *Steps, epoch int) (EpochRecord, error) {
	start := time.Now()
	record := EpochRecord{Epoch: epoch, Rates: t.Recipe.Rates(epoch)}
	batches, err := t.Data.Feed.Epoch(epoch, 0)
	if err != nil {
		return record, err
	}
	count := 0
	for batch := range batches {
		if err := context.Cause(ctx); err != nil {
			return record, err
		}
		losses, err := t.step(steps, record.Rates, batch)
		if err != nil {
			return record, err
		}
		count++
		record.Train.add(losses)
		t.tell(Progress{Epoch: epoch, Step: count, Losses: losses})
		if t.done(steps) {
			break
		}
	}
	record.Train.divide(float64(count))
	record.Steps = steps.Made()
	if t.Validate != nil && t.due(epoch, steps) {
		validation, err := t.Validate(ctx, steps.Weights())
		if err != nil {
			return record, fmt.Errorf("validating: %w", err)
		}
		record.Validation = &validation
		t.tell(Progress{Epoch: epoch, Step: count, Losses: record.Train, Validation: &validation})
	}
	record.Seconds = time.Since(start).Seconds()
	return record, nil
}

func (t Training) step(steps *Steps, rates [2]float64, batch feed.Batch) (Losses, error) {
	in, err := t.Data.tensors(t.Recipe, batch)
	if err != nil {
		return Losses{}, err
	}
	losses, err := steps.Step(rates, in...)
	if bad := new(NotFiniteError); errors.As(err, &bad) {
		for _, triplet := range batch.Triplets {
			bad.Triplets = append(bad.Triplets, triplet.ID)
		}
	}
	return losses, errors.Join(err, t.Model.Devices.Free(in...))
}

// due reports whether the epoch is validated: every so many epochs, and after the last one.
func (t Training) due(epoch int, steps *Steps) bool {
	return epoch%t.Recipe.ValidationFrequency == 0 || epoch == t.Recipe.Epochs-1 || t.done(steps)
}

func (t Training) tell(p Progress) {
	if t.Progress != nil {
		p.Epochs, p.Steps = t.Recipe.Epochs, t.Data.Feed.Steps()
		t.Progress(p)
	}
}

func (l *Losses) add(more Losses) {
	l.Loss, l.Forward, l.Backward = l.Loss+more.Loss, l.Forward+more.Forward, l.Backward+more.Backward
}

func (l *Losses) divide(by float64) {
	l.Loss, l.Forward, l.Backward = l.Loss/by, l.Forward/by, l.Backward/by
}
