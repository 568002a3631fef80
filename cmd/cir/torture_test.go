package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gocir/cir/train"
	"gocir/torture"
)

// stages are trainings of some steps, in both stages, with all that they keep.
var stages = map[string][]string{
	"text":     with([]string{"train", "-recipe", "text-cirr-tiny"}, with(tiny, "-epochs", "5", "-save-every", "1ns", "-set", "MaxSteps=0")...),
	"combiner": with([]string{"train", "-recipe", "combiner-cirr-tiny"}, with(tiny, "-epochs", "5", "-save-every", "1ns", "-set", "MaxSteps=0")...),
}

// A victim is a training in a folder of its own that is injured, resumed and compared with one that was left alone.
type victim struct {
	t *testing.T
	*unharmed
	dir string
}

// An unharmed is a training that was left alone.
type unharmed struct {
	args  []string
	cache string        // of embeddings, shared by all of its victims
	whole string        // the run folder
	took  time.Duration // with the embeddings in the cache
}

// alone are the trainings that were left alone, by their stage.
var alone = map[string]*unharmed{}

func newVictim(t *testing.T, stage string) *victim {
	t.Helper()
	v := &victim{t: t, unharmed: alone[stage], dir: t.TempDir()}
	if v.unharmed != nil {
		return v
	}
	v.unharmed = &unharmed{args: stages[stage], cache: filepath.Join(shared, stage+"-cache")}
	dir := filepath.Join(shared, stage)
	for range 2 { // the second time the embeddings are there, as for all that follow
		if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		finish(t, v.command(dir, v.args...)).want(t, 0, "next:")
		v.took = time.Since(start)
		v.whole = onlyRun(t, dir)
	}
	if !t.Failed() {
		alone[stage] = v.unharmed
	}
	return v
}

func (v *victim) command(dir string, args ...string) *exec.Cmd {
	return command(dir, with(args, "-cache", v.cache)...)
}

// next is the command that begins the training, or goes on with it.
func (v *victim) next(more ...string) *exec.Cmd {
	if run := onlyRun(v.t, v.dir); run != "" {
		return v.command(v.dir, with([]string{"train", "-resume", run, "-save-every", v.saveEvery()}, more...)...)
	}
	return v.command(v.dir, with(v.args, more...)...)
}

// saveEvery is the flag with which the training began: the last one counts.
func (v *victim) saveEvery() (value string) {
	for i, arg := range v.args {
		if arg == "-save-every" {
			value = v.args[i+1]
		}
	}
	return value
}

// inShell makes a command one of a shell's script, which has it as "$0" "$@".
func inShell(c *exec.Cmd, script string) *exec.Cmd {
	c.Args = append([]string{"sh", "-c", script, c.Path}, c.Args[1:]...)
	c.Path = "/bin/sh"
	return c
}

// onlyRun is the run folder below dir; empty where there is none yet. There are never two.
func onlyRun(t *testing.T, dir string) string {
	t.Helper()
	recipes, err := filepath.Glob(filepath.Join(dir, "runs", "*", "recipe.json"))
	if err != nil || len(recipes) > 1 {
		t.Fatalf("runs %q, %v", recipes, err)
	}
	if len(recipes) == 0 {
		return ""
	}
	return filepath.Dir(recipes[0])
}

// ended compares a finished training with the one that was left alone, and makes room for the next.
func (v *victim) ended(tally *torture.Tally) {
	v.t.Helper()
	run := onlyRun(v.t, v.dir)
	if difference := differentRuns(v.t, run, v.whole); difference != "" {
		log, _ := os.ReadFile(filepath.Join(run, "log.txt"))
		tally.Lost("%s\n%s", difference, log)
	}
	if err := os.RemoveAll(filepath.Join(v.dir, "runs")); err != nil {
		v.t.Fatal(err)
	}
}

// differentRuns says where the results of two runs differ: everything but what tells when and where they ran.
func differentRuns(t *testing.T, a, b string) string {
	t.Helper()
	first, second := runFiles(t, a), runFiles(t, b)
	for name, sum := range second {
		if first[name] != sum {
			return name + " differs"
		}
	}
	if len(first) != len(second) {
		return fmt.Sprintf("files %v, want %v", first, second)
	}
	return ""
}

func runFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, path := range files(t, dir) {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		switch filepath.Base(name) {
		case "log.txt", "state.json", "machine.json", "run.lock":
			continue
		}
		if err != nil || info.IsDir() {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	return out
}

// hurt starts the victim's next command, sends a signal at a random instant, and reports how the process ended.
func (v *victim) hurt(r *rand.Rand, send ...os.Signal) (state *os.ProcessState, stderr string) {
	v.t.Helper()
	c := v.next()
	var out bytes.Buffer
	c.Stdout, c.Stderr = io.Discard, &out
	if err := c.Start(); err != nil {
		v.t.Fatal(err)
	}
	time.Sleep(time.Duration(r.Int64N(int64(v.took))))
	for _, s := range send {
		if err := c.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
			v.t.Fatal(err)
		}
	}
	_ = c.Wait() // its state is looked at
	return c.ProcessState, out.String()
}

// killed makes a run that was killed somewhere on its way, if there is none.
func (v *victim) killed(r *rand.Rand, tally *torture.Tally) {
	v.t.Helper()
	for {
		if dir := onlyRun(v.t, v.dir); dir != "" {
			run, err := train.OpenRun(dir)
			if err != nil {
				v.t.Fatal(err)
			}
			if !run.Ended() {
				return
			}
			v.ended(tally) // nothing stopped it, or something after its last word
		}
		v.hurt(r, os.Kill)
	}
}

// finishIt resumes a victim until it has ended.
func (v *victim) finishIt(tally *torture.Tally) {
	v.t.Helper()
	if o := finish(v.t, v.next()); o.exit != 0 && !strings.Contains(o.stderr, "the training is finished") {
		tally.Lost("resuming: exit %d\n%s", o.exit, o.stderr)
	}
	v.ended(tally)
}

func TestTortureKill(t *testing.T) {
	for _, stage := range []string{"text", "combiner"} {
		t.Run(stage, func(t *testing.T) {
			v := newVictim(t, stage)
			tally := torture.Begin(t, "SIGKILL at random instants of stage I and II", "resumed until they ended, the trainings left the same bits as one that was left alone")
			r := rand.New(rand.NewPCG(1, 2))
			for killed, n := 0, torture.Times(4, 50); killed < n; {
				state, stderr := v.hurt(r, os.Kill)
				switch {
				case state.Success():
					v.ended(tally)
				case state.Sys().(syscall.WaitStatus).Signaled():
					killed++
					tally.Tried()
				case strings.Contains(stderr, "the training is finished"): // it was killed after its last word
					v.ended(tally)
				default:
					tally.Lost("exit %d\n%s", state.ExitCode(), stderr)
					return
				}
			}
			v.finishIt(tally)
		})
	}
}

func TestTortureSignals(t *testing.T) {
	for _, c := range []struct {
		stage string
		send  []os.Signal
		exit  int
	}{
		{"text", []os.Signal{os.Interrupt}, interrupted},
		{"combiner", []os.Signal{syscall.SIGTERM}, terminated},
		{"combiner", []os.Signal{os.Interrupt, os.Interrupt}, -1},
	} {
		t.Run(fmt.Sprint(c.stage, " ", c.send), func(t *testing.T) {
			v := newVictim(t, c.stage)
			tally := torture.Begin(t, "SIGINT / SIGTERM, once or twice", "the step is finished and kept, the way to go on said, the exit code 130 or 143; a second signal stops at once; resumed, the trainings left the same bits")
			r := rand.New(rand.NewPCG(3, 4))
			for hit, n := 0, torture.Times(2, 10); hit < n; {
				state, stderr := v.hurt(r, c.send...)
				if state.Success() {
					v.ended(tally)
					continue
				}
				hit++
				tally.Tried()
				bySignal := state.Sys().(syscall.WaitStatus).Signaled() // before the program listens, or by the second one
				ordered := !bySignal && (state.ExitCode() == c.exit || c.exit < 0 && state.ExitCode() == interrupted)
				if !bySignal && !ordered {
					tally.Lost("exit %d\n%s", state.ExitCode(), stderr)
				}
				said := strings.Contains(stderr, "cir train -resume ") || strings.Contains(stderr, "the same command goes on from there")
				if ordered && onlyRun(t, v.dir) != "" && !said {
					tally.Lost("nothing is said about going on:\n%s", stderr)
				}
			}
			v.finishIt(tally)
		})
	}
}

// Two processes go on with one run: one is refused, with the other's number, or finds the training finished.
func TestTortureTwoTrainings(t *testing.T) {
	v := newVictim(t, "combiner")
	tally := torture.Begin(t, "two trainings in one run folder", "one goes on, the other is refused with the first one's process, or finds the training finished; the results are the same bits")
	r := rand.New(rand.NewPCG(5, 6))
	for range torture.Times(2, 50) {
		v.killed(r, tally)
		done := make(chan outcome)
		for range 2 {
			c := v.next()
			go func() { done <- finish(t, c) }()
		}
		tally.Tried()
		first, second := <-done, <-done
		if first.exit == 0 {
			first, second = second, first
		}
		refused := strings.Contains(first.stderr, "has the lock") || strings.Contains(first.stderr, "the training is finished")
		if second.exit != 0 || first.exit != failed || !refused {
			tally.Lost("exits %d and %d:\n%s\n%s", first.exit, second.exit, first.stderr, second.stderr)
		}
		v.ended(tally)
	}
}

// Times of files and folders mean nothing.
func TestTortureClockOfRuns(t *testing.T) {
	v := newVictim(t, "combiner")
	tally := torture.Begin(t, "file times in the past and the future, folder moved between two starts", "no effect on a run that is resumed")
	r := rand.New(rand.NewPCG(7, 8))
	for _, year := range []int{1970, 2000, 2100, 2400} {
		v.killed(r, tally)
		run := onlyRun(t, v.dir)
		when := time.Date(year, 1, 2, 3, 4, 5, 0, time.UTC)
		for _, path := range append(files(t, run), run) {
			if err := os.Chtimes(path, when, when); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Rename(run, filepath.Join(filepath.Dir(run), fmt.Sprint("moved-", year))); err != nil {
			t.Fatal(err)
		}
		tally.Tried()
		v.finishIt(tally)
	}
}
