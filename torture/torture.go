// Package torture is for tests that injure a running program, its files or its input and look for what is lost. They
// are named TestTorture…, try a few injuries in `go test` and many in `make torture`, and report what they tried:
// `make torture` makes the table of docs/reliability.md of it.
package torture

import (
	"encoding/json"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// The environment of `make torture`.
const (
	FullVariable   = "GOCIR_TORTURE"        // set: the full number of injuries
	ReportVariable = "GOCIR_TORTURE_REPORT" // path of a file that gets a line for each Tally
)

// Times is how often a test injures: few times in `go test`, many in `make torture`.
func Times(few, many int) int {
	if os.Getenv(FullVariable) != "" {
		return many
	}
	return few
}

// A Tally counts the injuries of one fault. Its methods may be called by several goroutines.
type Tally struct {
	t           testing.TB
	begun       time.Time
	entry       Entry
	tried, lost atomic.Int64
}

// An Entry is what a test reports: a line of the report, in JSON.
type Entry struct {
	Fault   string  `json:"fault"` // what is done, as the table's row says it
	Holds   string  `json:"holds"` // what was seen to hold
	Test    string  `json:"test"`
	Tried   int     `json:"tried"`
	Lost    int     `json:"lost"`
	Seconds float64 `json:"seconds"`
}

// Begin starts the count of a fault. The entry is reported when the test ends.
func Begin(t testing.TB, fault, holds string) *Tally {
	y := &Tally{t: t, begun: time.Now(), entry: Entry{Fault: fault, Holds: holds, Test: t.Name()}}
	t.Cleanup(y.report)
	return y
}

// Tried counts an injury.
func (y *Tally) Tried() { y.tried.Add(1) }

// Lost counts an injury that something did not survive, and fails the test with the message.
func (y *Tally) Lost(format string, args ...any) {
	y.t.Helper()
	y.lost.Add(1)
	y.t.Errorf(format, args...)
}

func (y *Tally) report() {
	e := y.entry
	e.Tried, e.Lost, e.Seconds = int(y.tried.Load()), int(y.lost.Load()), time.Since(y.begun).Seconds()
	if e.Lost == 0 && y.t.Failed() {
		e.Lost = 1 // it failed in another way
	}
	if e.Tried == 0 {
		y.t.Errorf("%s: nothing was tried", e.Fault)
	}
	y.t.Logf("%s: %d tried, %d lost: %s", e.Fault, e.Tried, e.Lost, e.Holds)
	if path := os.Getenv(ReportVariable); path != "" {
		if err := e.append(path); err != nil {
			y.t.Errorf("reporting: %v", err)
		}
	}
}

// append adds the entry to a file. One call writes the line, so that several test processes may.
func (e Entry) append(path string) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(append(line, '\n'))
	return err
}
