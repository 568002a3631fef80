package plugin

import (
	"bytes"
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
func (p Pin) download(ctx context.Context, folder, temporary string, diary io.Writer) error {
	pins := filepath.Join(temporary, "pins.txt")
	if err := os.WriteFile(pins, []byte(p.requirements()), 0o644); err != nil {
		return err
	}
	python, err := pythonWithPip(ctx)
	if err != nil {
		return err
	}
	pip := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir",
		"--no-deps", "--require-hashes", "--only-binary=:all:", "-d", folder, "-r", pins)
	pip.Env = append(os.Environ(), "TMPDIR="+temporary)
	var said bytes.Buffer
	pip.Stdout, pip.Stderr = &said, &said
	err = pip.Run()
	if diary != nil {
		diary.Write(said.Bytes())
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("pip could not fetch %s with the pinned hashes (%s): look at the network, at the space on the disk and at pip's settings, or fetch the wheels elsewhere and name them with -from", p.Wheels[0].Name, lastLine(said.String(), err))
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
