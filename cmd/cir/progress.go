package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"gocir/cir/train"
)

// interval is how often a line is written where there is no terminal to draw a bar on.
const interval = 5 * time.Second

// A progress shows how far long work is, with its rate and the time left: as a bar on a terminal, else as a line every
// few seconds. Work that ends within the first interval leaves no line. Several goroutines may use it.
type progress struct {
	mu sync.Mutex

	out      io.Writer
	terminal bool
	now      func() time.Time

	bar     *progressbar.ProgressBar // nil where none is shown
	what    string                   // the work that is shown
	started time.Time
	first   int // how much of it was done when it was first seen
	told    time.Time
}

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, terminal: ok && term.IsTerminal(int(file.Fd())), now: time.Now}
}

// Watch is a lab.Watch.
func (p *progress) Watch(what string, done, total int) { p.show(what, "", done, total) }

// Training shows the steps of a training; most, if not 0, is where they end.
func (p *progress) Training(most int) func(train.Progress) {
	return func(now train.Progress) {
		total := now.Epochs * now.Steps
		if most > 0 {
			total = min(total, most)
		}
		if now.Validation != nil {
			p.Line("%s", validated(now))
			return
		}
		p.show("training", fmt.Sprintf(", epoch %d of %d, loss %.4f", now.Epoch+1, now.Epochs, now.Losses.Loss), now.Epoch*now.Steps+now.Step, total)
	}
}

// validated is the line about an epoch that was validated.
func validated(now train.Progress) string {
	line := fmt.Sprintf("epoch %d of %d: loss %.4f, validation", now.Epoch+1, now.Epochs, now.Losses.Loss)
	for _, metric := range now.Validation.Metrics {
		line += fmt.Sprintf(" %s %.2f", metric.Name, metric.Value)
	}
	return line
}

// Line writes a line that is no progress.
func (p *progress) Line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintf(p.out, format+"\n", args...)
}

func (p *progress) show(what, more string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if what != p.what || done < p.first {
		p.clear()
		p.what, p.started, p.told, p.first = what, now, now, done
	}
	if p.terminal {
		p.draw(what+more, done, total)
		return
	}
	over := now.Sub(p.told) >= interval
	last := done == total && p.told != p.started
	if !over && !last {
		return
	}
	p.told = now
	fmt.Fprintf(p.out, "%s: %s%s\n", what, p.pace(done, total), more)
}

// pace is a line's "1200 of 15536 (8%), 210/s, 1m8s left".
func (p *progress) pace(done, total int) string {
	line := fmt.Sprintf("%d of %d (%d%%)", done, total, 100*done/max(1, total))
	rate := float64(done-p.first) / p.now().Sub(p.started).Seconds()
	if !(rate > 0) {
		return line
	}
	left := time.Duration(float64(total-done) / rate * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s, %.3g/s, %s left", line, rate, left)
}

func (p *progress) draw(text string, done, total int) {
	if p.bar == nil {
		p.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(p.out), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(24))
	}
	p.bar.ChangeMax(total)
	p.bar.Describe(text)
	_ = p.bar.Set(done) // a terminal that went away is no reason to stop working
	if done >= total {
		p.bar = nil
	}
}

// Clear takes the bar off the screen, so that a line can be written.
func (p *progress) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	p.bar, p.what = nil, ""
}
