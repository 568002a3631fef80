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

	// Inputs describes further data that the numbers depend on, the val split say, with digests: a training is not resumed
	// with others.
	Inputs map[string]string

	Run      *Run           // where everything is kept; nil: nowhere
	Progress func(Progress) // told after each step; nil: nobody

	// SkipNaN leaves out a step whose loss or new weights are not finite, and counts it; else the training stops there.
	SkipNaN bool

	// SaveEvery bounds the work that a killed training loses: a checkpoint to resume from is written after a step when
	// the last one is so old. 0: ten minutes. Checkpoints are written after each validated epoch too.
	SaveEvery time.Duration
}

// Progress is where a training stands.
type Progress struct {
	Epoch, Epochs int // Epoch from 0
	Step, Steps   int // of the epoch; Step from 1
	Losses        Losses
	Validation    *eval.Result // after the last step of a validated epoch
}

// EpochRecord is one line of metrics.jsonl. Nothing in it depends on how fast or how often interrupted the training was.
type EpochRecord struct {
	Epoch      int          `json:"epoch"` // from 0
	Steps      int          `json:"steps"` // made so far, in all epochs
	Rates      [2]float64   `json:"learning_rates"`
	Train      Losses       `json:"train"`             // means over the epoch's steps
	Skipped    int          `json:"skipped,omitempty"` // steps that were left out, with Training.SkipNaN
	Validation *eval.Result `json:"validation,omitempty"`
}

// Result is what a training leaves: the trained weights and its history.
type Result struct {
	Weights cir.Weights // trained weights after the last step
	History []EpochRecord
}

// Train runs t: for each epoch the batches of the feed, then validation, then the checkpoints. It stops when ctx ends,
// and at a loss or a weight that is not finite (*NotFiniteError), with a checkpoint of the weights before that step.
//
// With a Run of ResumeRun it goes on where that one stopped, and ends with the same bits as a training that was never
// stopped, on the same backend. It refuses to go on with another recipe or other data.
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
	l := &loop{Training: t, steps: steps, at: position{Best: map[string]float64{}}}
	err = l.run(ctx)
	result := &Result{History: l.at.History}
	if err == nil {
		result.Weights = steps.Weights()
	}
	return result, err
}

// A loop is a training at work.
type loop struct {
	Training
	steps   *Steps
	at      position
	written time.Time // when the last checkpoint was
}

// run makes what is left of the training, and notes in the run's folder how it ended.
func (l *loop) run(ctx context.Context) error {
	if err := l.begin(); err != nil {
		return err
	}
	for !l.ended() {
		if err := l.epoch(ctx); err != nil {
			err = fmt.Errorf("recipe %s, epoch %d: %w", l.Recipe.Name, l.at.Epoch, err)
			return errors.Join(err, l.stopped(ctx, err))
		}
		if err := l.keep(); err != nil {
			return errors.Join(err, l.note(Failed, err))
		}
	}
	if err := l.finish(); err != nil {
		return errors.Join(err, l.note(Failed, err))
	}
	return nil
}

// ended tells whether all epochs are made, or MaxSteps.
func (l *loop) ended() bool {
	return l.at.Epoch >= l.Recipe.Epochs || l.at.Step == 0 && l.done()
}

func (l *loop) done() bool {
	return l.Recipe.MaxSteps > 0 && l.steps.Made() >= l.Recipe.MaxSteps
}

// epoch makes the steps that are left of an epoch, validates where it is due, and adds the epoch to the history.
func (l *loop) epoch(ctx context.Context) error {
	start := time.Now()
	batches, err := l.Data.Feed.Epoch(l.at.Epoch, l.at.Step)
	if err != nil {
		return err
	}
	rates := l.Recipe.Rates(l.at.Epoch)
	for batch := range batches {
		if l.done() {
			break
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := l.step(rates, batch); err != nil {
			return err
		}
		if err := l.saveInTime(); err != nil {
			return err
		}
	}
	record, err := l.record(ctx, rates)
	if err != nil {
		return err
	}
	l.at = l.at.next(record)
	return l.logEpoch(record, time.Since(start))
}

// step makes one step and counts it, or leaves it out.
func (l *loop) step(rates [2]float64, batch feed.Batch) error {
	in, err := l.Data.tensors(l.Recipe, batch)
	if err != nil {
		return err
	}
	losses, err := l.steps.Step(rates, in...)
	err = errors.Join(err, l.Model.Devices.Free(in...))
	if bad := new(NotFiniteError); errors.As(err, &bad) {
		for _, triplet := range batch.Triplets {
			bad.Triplets = append(bad.Triplets, triplet.ID)
		}
		if !l.SkipNaN {
			return err
		}
		l.at.Step++
		l.at.Skipped++
		return l.log("skipped: %v", err)
	}
	if err != nil {
		return err
	}
	l.at.Step++
	l.at.Sum.add(losses)
	l.tell(losses, nil)
	return nil
}

// record is the epoch's line of the history, after its last step.
func (l *loop) record(ctx context.Context, rates [2]float64) (EpochRecord, error) {
	made := l.at.Step - l.at.Skipped
	record := EpochRecord{Epoch: l.at.Epoch, Steps: l.steps.Made(), Rates: rates, Train: l.at.Sum, Skipped: l.at.Skipped}
	if made == 0 {
		return record, fmt.Errorf("all %d steps were left out, since their losses or weights are not finite: nothing is learnt; try a lower LearningRate", l.at.Skipped)
	}
	record.Train.divide(float64(made))
	if l.Validate == nil || !l.due() {
		return record, nil
	}
	validation, err := l.Validate(ctx, l.steps.Weights())
	if err != nil {
		return record, fmt.Errorf("validating: %w", err)
	}
	record.Validation = &validation
	l.tell(record.Train, &validation)
	return record, nil
}

// due reports whether the epoch is validated: every so many epochs, and after the last one.
func (l *loop) due() bool {
	return l.at.Epoch%l.Recipe.ValidationFrequency == 0 || l.at.Epoch == l.Recipe.Epochs-1 || l.done()
}

func (l *loop) tell(losses Losses, validation *eval.Result) {
	if l.Progress != nil {
		l.Progress(Progress{
			Epoch: l.at.Epoch, Epochs: l.Recipe.Epochs, Step: l.at.Step, Steps: l.Data.Feed.Steps(), Losses: losses, Validation: validation,
		})
	}
}

func (l *Losses) add(more Losses) {
	l.Loss, l.Forward, l.Backward = l.Loss+more.Loss, l.Forward+more.Forward, l.Backward+more.Backward
}

func (l *Losses) divide(by float64) {
	l.Loss, l.Forward, l.Backward = l.Loss/by, l.Forward/by, l.Backward/by
}
