package plugin

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// download lets the user's own pip, with its settings, fetch the wheels into a new folder and check their hashes. pip works
// in temporary, which has room on the same disk.
func (p Pin) download(ctx context.Context, folder, temporary string, o Options) error {
	python, err := pythonWithPip(ctx)
	if err != nil {
		return err
	}
	for i, wheel := range p.Wheels {
		if len(p.Wheels) > 1 {
			o.Say(fmt.Sprintf("%d of %d: %s %s", i+1, len(p.Wheels), wheel.Name, wheel.Version))
		}
		if err := wheel.download(ctx, python, folder, temporary, o.Diary); err != nil {
			return err
		}
	}
	return nil
}

func (w Wheel) download(ctx context.Context, python, folder, temporary string, diary io.Writer) error {
	pins := filepath.Join(temporary, "pins.txt")
	if err := os.WriteFile(pins, []byte(w.requirement()), 0o644); err != nil {
		return err
	}
	pip := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir",
		"--no-deps", "--require-hashes", "--only-binary=:all:", "-d", folder, "-r", pins)
	pip.Env = append(os.Environ(), "TMPDIR="+temporary)
	said, err := pip.CombinedOutput()
	if diary != nil {
		diary.Write(said)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("pip could not fetch %s %s with the pinned hash (%s): look at the network, at the space on the disk and at pip's settings, or fetch the wheel elsewhere and name it with -from", w.Name, w.Version, lastLine(string(said), err))
	}
	return nil
}

// pythonWithPip is a Python that has pip.
func pythonWithPip(ctx context.Context) (string, error) {
	for _, python := range []string{"python3", "python"} {
		if exec.CommandContext(ctx, python, "-m", "pip", "--version").Run() == nil {
			return python, nil
		}
	}
	return "", cmp.Or(ctx.Err(), fmt.Errorf("no python3 with pip is on the PATH (on Debian and Ubuntu: apt-get install python3-pip): install it, or fetch the wheel elsewhere and name it with -from"))
}

// lastLine is the last thing that a program said, or how it ended.
func lastLine(said string, err error) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	return cmp.Or(strings.TrimSpace(lines[len(lines)-1]), err.Error())
}
