package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	"gocir/cir/train"
)

// A mourner is a small process beside a training. A process that is killed, runs out of memory or crashes in a plugin can't
// say so itself; the mourner notes it in the run's folder, and tells the user how to go on.
type mourner struct {
	app  *app
	pipe *os.File // tells the mourner how the training ended: peace, what a crash says, or nothing
	cmd  *exec.Cmd
}

// What is said between the two: a mourner says that it is there, and a training that it ended with a word of its own.
const (
	ready = "ready"
	peace = "done"
)

// unwatched is said of a training without a mourner.
const unwatched = "nobody will say so if this process is killed"

// watch starts the mourner of a run. A training goes on without one.
func (m *mourner) watch(run *train.Run) {
	if err := m.start(run.Dir); err != nil {
		m.app.logf("%s: %v", unwatched, err)
	}
}

func (m *mourner) start(dir string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	m.cmd = exec.Command(program, "mourn", dir)
	m.cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "MALLOC_ARENA_MAX=1") // one that runs out of memory too is of no use
	m.cmd.Stderr = os.Stderr
	m.cmd.SysProcAttr = ownSession()
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	in, pipe, err := os.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	m.cmd.Stdin = in
	if err := m.cmd.Start(); err != nil {
		return errors.Join(err, pipe.Close())
	}
	if said, err := io.ReadAll(out); err != nil || string(said) != ready {
		_ = pipe.Close()
		return fmt.Errorf("the process that would say it did not start: %w", errors.Join(err, m.cmd.Wait()))
	}
	m.pipe = pipe
	return debug.SetCrashOutput(pipe, debug.CrashOptions{})
}

// dismiss ends the mourner. If it ended earlier that is no matter: the training speaks for itself.
func (m *mourner) dismiss() {
	if m.pipe == nil {
		return
	}
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // it has the pipe open, too
	_, _ = io.WriteString(m.pipe, peace)
	_ = m.pipe.Close()
	_ = m.cmd.Wait()
}

type mournCommand struct {
	Dir string `arg:"" help:"Run folder."`
}

// mournersRoom is what a mourner may still take of a limited address space: an arena of Go's heap, and stacks of threads.
const mournersRoom = 128 << 20

// Run waits. It reads the run's state first, and makes sure of memory: what is needed later is there, or the training is told.
func (c *mournCommand) Run(a *app) error {
	trainer := os.Getppid()
	if err := c.attend(); err != nil {
		return err
	}
	said, err := lastWords(os.Stdin, func() { killParent(trainer) })
	if err != nil || said == peace {
		return err
	}
	why := "its process was killed, ran out of memory or crashed"
	if first, _, _ := strings.Cut(said, "\n"); first != "" {
		why += fmt.Sprintf(" (%.100s)", first)
	}
	status, err := train.Bury(c.Dir, trainer, why)
	if err != nil || status.State != train.Killed {
		return err
	}
	a.logf("cir train: %s, after %d epochs. What is kept is whole, in %s.\n"+
		"If it was memory, these fields of the recipe save it: %s.\nGo on with: %s",
		why, status.Epochs, c.Dir, train.MemoryFields, resumeCommand(c.Dir))
	return nil
}

// dying is how long a process that crashes may take to say how.
const dying = 10 * time.Second

// lastWords is what a training writes until its end, or the beginning of it: peace, or how it crashed. One that crashes and
// doesn't end is killed: Go's runtime can come to a stand there, when several threads find no memory at once.
func lastWords(in io.Reader, kill func()) (string, error) {
	words := bufio.NewReader(in)
	if first, err := words.Peek(len(peace)); err == nil && string(first) != peace {
		defer time.AfterFunc(dying, kill).Stop()
	}
	said, err := io.ReadAll(io.LimitReader(words, 4096))
	_, rest := io.Copy(io.Discard, words)
	return string(said), errors.Join(err, rest)
}

// killParent kills the process that started this one, if it is still there.
func killParent(pid int) {
	if p, err := os.FindProcess(pid); err == nil && os.Getppid() == pid {
		_ = p.Kill() // it may have ended by itself
	}
}

func (c *mournCommand) attend() error {
	run, err := train.OpenRun(c.Dir)
	if err != nil {
		return err
	}
	if _, err := run.Status(); err != nil && !errors.Is(err, fs.ErrNotExist) { // a new run has none yet
		return err
	}
	if err := roomFor(mournersRoom); err != nil {
		return fmt.Errorf("making sure of %d MiB: %w", mournersRoom>>20, err)
	}
	if _, err := io.WriteString(os.Stdout, ready); err != nil {
		return err
	}
	return os.Stdout.Close()
}

// resumeCommand is the command line that goes on with a run.
func resumeCommand(dir string) string {
	return fmt.Sprintf("cir train -resume %s", quoted([]string{"", dir})[1])
}
