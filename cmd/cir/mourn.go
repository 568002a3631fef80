package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"

	"gocir/cir/train"
)

// A mourner is a small process beside a training. A process that is killed, runs out of memory or crashes in a plugin can't
// say so itself; the mourner notes it in the run's folder, and tells the user how to go on.
type mourner struct {
	app  *app
	pipe io.WriteCloser // its end is how the mourner learns that the training's process ended
	cmd  *exec.Cmd
}

// peace is what a training writes to its mourner when it ends with a word of its own.
const peace = "done"

// watch starts the mourner of a run. A training goes on without one.
func (m *mourner) watch(run *train.Run) {
	if err := m.start(run.Dir); err != nil {
		m.app.logf("nobody will say so if this process is killed: %v", err)
	}
}

func (m *mourner) start(dir string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	m.cmd = exec.Command(program, "mourn", dir)
	m.cmd.Stderr = os.Stderr
	m.cmd.SysProcAttr = ownSession()
	if m.pipe, err = m.cmd.StdinPipe(); err != nil {
		return err
	}
	if err := m.cmd.Start(); err != nil {
		m.pipe = nil
		return err
	}
	return nil
}

// dismiss ends the mourner. If it ended earlier that is no matter: the training speaks for itself.
func (m *mourner) dismiss() {
	if m.pipe == nil {
		return
	}
	_, _ = io.WriteString(m.pipe, peace)
	_ = m.pipe.Close()
	_ = m.cmd.Wait()
}

type mournCommand struct {
	Dir string `arg:"" help:"Run folder."`
}

// Run waits.
func (c *mournCommand) Run(a *app) error {
	trainer := os.Getppid()
	said, err := io.ReadAll(os.Stdin)
	if err != nil || string(said) == peace {
		return err
	}
	status, err := train.Bury(c.Dir, trainer, "its process was killed, ran out of memory or crashed")
	if err != nil || status.State != train.Killed {
		return err
	}
	a.logf("cir train: its process was killed, ran out of memory or crashed, after %d epochs. What is kept is whole, in %s.\n"+
		"If it was memory, these fields of the recipe save it: %s.\nGo on with: %s",
		status.Epochs, c.Dir, train.MemoryFields, resumeCommand(c.Dir))
	return nil
}

// resumeCommand is the command line that goes on with a run.
func resumeCommand(dir string) string {
	return fmt.Sprintf("cir train -resume %s", quoted([]string{"", dir})[1])
}
