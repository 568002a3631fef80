package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// A process is a worker, ours or a peer's, that waits to be told to run.
type process struct {
	way      way
	warm     bool // has run already, for its check
	command  *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Scanner
	complain bytes.Buffer
	measured *Measured
}

// Measured is what one side of a comparison needed.
type Measured struct {
	Way     string    `json:"way"`
	Version string    `json:"version,omitempty"` // of what did it
	First   float64   `json:"first_seconds,omitempty"`
	Seconds []float64 `json:"seconds,omitempty"`     // of each run after the first, which may have compiled
	CPU     []float64 `json:"cpu_seconds,omitempty"` // of all cores, of the same runs
	Peak    float64   `json:"peak_bytes,omitempty"`  // from before the first run to the end
	Check   []float64 `json:"-"`
	Failed  string    `json:"failed,omitempty"` // why there are no numbers
}

// Median is the middle of the runs, in seconds; 0 where there are none.
func (m Measured) Median() float64 { return median(m.Seconds) }

// start begins a worker and waits until it is ready.
func start(ctx context.Context, way way, argv []string) *process {
	p := &process{way: way, command: exec.CommandContext(ctx, argv[0], argv[1:]...), measured: &Measured{Way: way.name}}
	p.command.Stderr = &p.complain
	p.command.WaitDelay = time.Second
	var out io.Reader
	var err error
	if p.in, err = p.command.StdinPipe(); err == nil {
		out, err = p.command.StdoutPipe()
	}
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		p.command = nil
		p.fail(err)
		return p
	}
	p.out = bufio.NewScanner(out)
	p.out.Buffer(nil, 1<<24)
	if ready, ok := p.listen(); ok {
		p.measured.Check, p.measured.Version, p.warm = ready.Check, ready.Version, ready.Warm
	}
	return p
}

// run tells the worker to work once.
func (p *process) run(first bool) {
	if p.measured.Failed != "" {
		return
	}
	if _, err := io.WriteString(p.in, "run\n"); err != nil {
		p.fail(err)
		return
	}
	done, ok := p.listen()
	switch {
	case !ok:
	case first:
		p.measured.First = done.Seconds
	default:
		p.measured.Seconds, p.measured.CPU = append(p.measured.Seconds, done.Seconds), append(p.measured.CPU, done.CPU)
	}
}

// end lets the worker tell its peak memory and end.
func (p *process) end() *Measured {
	if p.command == nil {
		return p.measured
	}
	p.in.Close()
	if p.measured.Failed == "" {
		if last, ok := p.listen(); ok {
			p.measured.Peak = last.Peak
		}
	}
	_ = p.command.Wait() // what went wrong is in measured
	return p.measured
}

func (p *process) listen() (m message, ok bool) {
	if p.out.Scan() {
		if err := json.Unmarshal(p.out.Bytes(), &m); err != nil {
			p.fail(fmt.Errorf("it said %q: %w", p.out.Text(), err))
			return m, false
		}
		return m, true
	}
	p.in.Close()
	p.fail(p.command.Wait())
	p.command = nil
	return m, false
}

// fail notes the last line that the worker complained with, which in both languages says what happened.
func (p *process) fail(err error) {
	p.measured.Failed = fmt.Sprint(err)
	lines := strings.Split(strings.TrimSpace(p.complain.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		p.measured.Failed += ": " + last
	}
}
