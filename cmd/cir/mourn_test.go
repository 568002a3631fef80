package main

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"gocir/cir/train"
)

// A killed training is noted by the process beside it, and listed.
func TestMourner(t *testing.T) {
	dir := t.TempDir()
	c := command(dir, with(stages["combiner"], "-epochs", "100000")...)
	stderr, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, stderr, "epoch 2 of")
	runIn(t, dir, "runs", "runs").want(t, 0, "combiner-cirr-tiny-", string(train.Running))
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(stderr)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // it was killed
	for _, want := range []string{"was killed, ran out of memory or crashed", "TileRows", "cir train -resume runs/combiner-cirr-tiny-"} {
		if !strings.Contains(string(rest), want) {
			t.Errorf("nothing about %q:\n%s", want, rest)
		}
	}
	runIn(t, dir, "runs", "runs").want(t, 0, string(train.Killed), "ran out of memory or crashed")
}

// A process that says how it crashes and doesn't end is killed.
func TestMournerOfOneThatHangs(t *testing.T) {
	dir := t.TempDir()
	if o := finish(t, command(dir, with(stages["combiner"], "-set", "MaxSteps=1")...)); o.exit != 0 {
		t.Fatal(o.stderr)
	}
	c := inShell(command(dir, "mourn", onlyRun(t, dir)),
		`mkfifo words; "$0" "$@" <words & exec 3>words; echo 'fatal error: out of memory' >&3; exec sleep 1000`)
	began := time.Now()
	_ = c.Run() // its state is looked at
	if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL || time.Since(began) < dying {
		t.Errorf("after %v: %v", time.Since(began), c.ProcessState)
	}
}
