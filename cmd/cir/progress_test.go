package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"gocir/cir/eval"
	"gocir/cir/train"
)

// Without a terminal there is a line every five seconds, with the rate and the time left, and one at the end.
func TestProgressLines(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	clock := time.Unix(0, 0)
	p.now = func() time.Time { return clock }
	for done := 0; done <= 120; done++ {
		p.Watch("encoding images", done, 120)
		clock = clock.Add(100 * time.Millisecond)
	}
	want := "encoding images: 50 of 120 (41%), 10/s, 7s left\n" +
		"encoding images: 100 of 120 (83%), 10/s, 2s left\n" +
		"encoding images: 120 of 120 (100%), 10/s, 0s left\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	p.Watch("encoding texts", 0, 10)
	p.Watch("encoding texts", 10, 10)
	if out.Len() > 0 {
		t.Errorf("work that took no time left %q", out.String())
	}
}

// A training counts the steps of all epochs, as far as it will go, and tells each validation.
func TestProgressOfTraining(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	clock := time.Unix(0, 0)
	p.now = func() time.Time { return clock }
	tell := p.Training(15)
	for step := range 10 {
		tell(train.Progress{Epochs: 3, Step: step + 1, Steps: 10, Losses: train.Losses{Loss: 2.5}})
		clock = clock.Add(time.Second)
	}
	if want := "training: 6 of 15 (40%), 1/s, 9s left, epoch 1 of 3, loss 2.5000\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	out.Reset()
	result := eval.Result{Metrics: []eval.Metric{{Name: "R@10", Value: 12.5}}}
	tell(train.Progress{Epochs: 3, Step: 10, Steps: 10, Losses: train.Losses{Loss: 2}, Validation: &result})
	if want := "epoch 1 of 3: loss 2.0000, validation R@10 12.50\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// On a terminal there is a bar, which is gone before a line is written.
func TestProgressBar(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.terminal = true
	for done := range 50 {
		p.Watch("encoding images", done, 100)
		time.Sleep(5 * time.Millisecond)
	}
	p.Line("a line")
	if text := out.String(); !strings.Contains(text, "encoding images") || !strings.Contains(text, "/100") || !strings.HasSuffix(text, "\ra line\n") {
		t.Errorf("got %q", text)
	}
}

// An interrupt ends a training after its step, with code 130, and says what is kept.
func TestInterrupt(t *testing.T) {
	dir := t.TempDir()
	c := command(dir, append([]string{"train", "-recipe", "text-cirr-tiny"}, with(tiny, "-epochs", "100000", "-set", "MaxSteps=0")...)...)
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	text := waitFor(t, stderr, "epoch 3 of 100000")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(stderr)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // its code is looked at
	outcome{c.ProcessState.ExitCode(), "", text + string(rest)}.want(t, interrupted, "cir train: interrupted.", "of 100000 epochs are done; what is kept of them is in runs")
	wholeFiles(t, dir)
	if runs := strings.Join(files(t, dir), "\n"); !strings.Contains(runs, "tuned_blip_last.safetensors") || !strings.Contains(runs, "log.txt") {
		t.Errorf("nothing is kept:\n%s", runs)
	}
}

// waitFor reads until a text was seen.
func waitFor(t *testing.T, r io.Reader, text string) string {
	t.Helper()
	var seen strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(seen.String(), text) {
		n, err := r.Read(buffer)
		seen.Write(buffer[:n])
		if err != nil {
			t.Fatalf("it ended before %q: %v\n%s", text, err, seen.String())
		}
	}
	return seen.String()
}
