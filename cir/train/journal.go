package train

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"gocir/atomicfile"
)

// A State says what became of a run.
type State string

// The states of a run.
const (
	Running     State = "running"
	Finished    State = "finished"
	Interrupted State = "interrupted" // it can be resumed
	Failed      State = "failed"      // it can be resumed once the cause is gone
	Killed      State = "killed"      // it ended without a word; it can be resumed
)

// Status is state.json: where a run stands, as far as it could say.
type Status struct {
	Run    string    `json:"run"` // its id: the folder's name when it was made
	State  State     `json:"state"`
	Epochs int       `json:"epochs"` // ended
	Steps  int       `json:"steps"`  // made, in all epochs
	Why    string    `json:"why,omitempty"`
	PID    int       `json:"pid"`
	Time   time.Time `json:"time"` // when this was written
}

// Status is where the run stands. A run that claims to be running without a process at work was killed.
func (r *Run) Status() (Status, error) {
	var s Status
	if err := r.readJSON("state.json", &s); err != nil {
		return s, err
	}
	if s.State != Running {
		return s, nil
	}
	lock, err := atomicfile.Lock(r.Path(lockFile))
	if held := (*atomicfile.HeldError)(nil); errors.As(err, &held) {
		s.PID = held.PID
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.State = Killed
	return s, lock.Close()
}

// Bury notes in a run's state and log that the process pid, which trained in it, died without a word, and returns the state.
// Where the run says otherwise, or another process trains in it by now, nothing is written.
func Bury(dir string, pid int, why string) (Status, error) {
	r, err := OpenRun(dir)
	if err != nil {
		return Status{}, err
	}
	s, err := r.Status()
	for range 500 { // the system may take a moment to end it
		if err != nil || s.State != Running || s.PID != pid {
			break
		}
		time.Sleep(10 * time.Millisecond)
		s, err = r.Status()
	}
	if err != nil || s.State != Killed || s.Why != "" {
		return s, err
	}
	if r.lock, err = atomicfile.Lock(r.Path(lockFile)); err != nil {
		return s, err
	}
	r.id, s.Why = s.Run, why
	return s, errors.Join(r.Log(fmt.Sprintf("%s: %s", s.State, why)), r.writeJSON("state.json", s), r.Close())
}

// begin writes what is known before the first step, or takes up the run where it stopped.
func (l *loop) begin() error {
	l.written = time.Now()
	if l.Run == nil {
		return nil
	}
	var err error
	if l.at.Inputs, err = l.inputs(); err != nil {
		return err
	}
	if l.Run.resumed {
		err = l.resume()
	} else {
		err = errors.Join(l.Run.writeJSON("inputs.json", l.at.Inputs),
			l.log("started: recipe %s, %d epochs of %d steps", l.Recipe.Name, l.Recipe.Epochs, l.Data.Feed.Steps()))
	}
	if err != nil {
		return err // a run that is refused stays as it was
	}
	return l.note(Running, nil)
}

// resume compares what the run was begun with, and restores its position.
func (l *loop) resume() error {
	recipe, err := l.Run.Recipe()
	if err != nil {
		return err
	}
	var begun map[string]string
	err = l.Run.readJSON("inputs.json", &begun)
	if errors.Is(err, os.ErrNotExist) { // it was killed before it had written them
		begun, err = l.at.Inputs, l.Run.writeJSON("inputs.json", l.at.Inputs)
	}
	if err != nil {
		return err
	}
	if err := recipe.Same(l.Recipe); err != nil {
		return fmt.Errorf("resuming %s: %w", l.Run.Dir, err)
	}
	if err := differ("with other data or weights", begun, l.at.Inputs); err != nil {
		return fmt.Errorf("resuming %s: %w", l.Run.Dir, err)
	}
	return l.restore()
}

// stopped keeps what an epoch made that could not be ended: the weights are those after the last whole step.
func (l *loop) stopped(ctx context.Context, err error) error {
	if l.Run == nil {
		return nil
	}
	bad := new(NotFiniteError)
	state := Failed
	if ctx.Err() != nil {
		state = Interrupted
	}
	if state == Interrupted || errors.As(err, &bad) {
		if failure := l.save(); failure != nil {
			return errors.Join(failure, l.note(Failed, failure))
		}
	}
	return l.note(state, err)
}

// keep writes what an epoch changed, the checkpoint to resume from last: whoever finds it finds the rest.
func (l *loop) keep() error {
	if l.Run == nil {
		return nil
	}
	if err := errors.Join(l.Run.check(), l.Run.keep(l)); err != nil {
		return err
	}
	if l.Recipe.SaveTraining && l.at.History[len(l.at.History)-1].Validation != nil || l.Recipe.SaveTraining && l.ended() {
		if err := l.save(); err != nil {
			return err
		}
	}
	return l.note(Running, nil)
}

// finish keeps the weights after the last step.
func (l *loop) finish() error {
	if l.Run == nil {
		return nil
	}
	if err := l.Run.keepLast(l); err != nil {
		return err
	}
	left := 1
	if !l.Recipe.SaveTraining {
		left = 0
	}
	if err := l.Run.prune(left); err != nil {
		return err
	}
	return errors.Join(l.log("finished: %d epochs, %d steps", len(l.at.History), l.steps.Made()), l.note(Finished, nil))
}

// note writes state.json.
func (l *loop) note(state State, why error) error {
	if l.Run == nil {
		return nil
	}
	s := Status{
		Run: l.Run.id, State: state, Epochs: len(l.at.History), Steps: l.steps.Made(), PID: os.Getpid(), Time: time.Now().UTC().Truncate(time.Second),
	}
	if why != nil {
		s.Why = oneLine(why)
		if err := l.log("%s: %s", state, s.Why); err != nil {
			return err
		}
	}
	if err := l.Run.check(); err != nil {
		return err
	}
	return l.Run.writeJSON("state.json", s)
}

func (l *loop) log(format string, args ...any) error {
	if l.Run == nil {
		return nil
	}
	return l.Run.Log(fmt.Sprintf(format, args...))
}

// logEpoch is the line about an epoch.
func (l *loop) logEpoch(record EpochRecord, took time.Duration) error {
	line := fmt.Sprintf("epoch %d of %d: loss %.4f after %d steps, %.1f s", record.Epoch+1, l.Recipe.Epochs, record.Train.Loss, record.Steps, took.Seconds())
	if record.Skipped > 0 {
		line += fmt.Sprintf(", %d skipped", record.Skipped)
	}
	if record.Validation != nil {
		for _, metric := range record.Validation.Metrics {
			line += fmt.Sprintf(", %s %.2f", metric.Name, metric.Value)
		}
	}
	return l.log("%s", line)
}

// Log adds a line to the run's log.txt, with the time and the run's id. Lines are only ever added, each in one piece.
func (r *Run) Log(text string) error {
	if err := r.check(); err != nil {
		return err
	}
	f, err := os.OpenFile(r.Path("log.txt"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("logging: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %s %s\n", time.Now().UTC().Format(time.RFC3339), r.id, strings.ReplaceAll(text, "\n", " · "))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("logging: %w", err)
	}
	return nil
}

func oneLine(err error) string {
	text := err.Error()
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, " ")
}

// UnmarshalJSON refuses states that are none.
func (s *State) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	switch *s = State(text); *s {
	case Running, Finished, Interrupted, Failed, Killed:
		return nil
	}
	return fmt.Errorf("%q is no state of a run", text)
}
