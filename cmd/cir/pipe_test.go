//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe or a device where a file or a folder should be is refused by name. To open a pipe would wait for ever, and
// /dev/zero never ends.
func TestPipesAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{pipe, "/dev/zero"} {
		for _, args := range [][]string{
			{"eval", "-dataset", "cirr", "-data", "@w", "-pretrained", place},
			{"eval", "-dataset", "cirr", "-data", "@w", "-pretrained", "@pre.safetensors", "-text", place},
			{"eval", "-dataset", "cirr", "-data", "@w", "-pretrained", "@pre.safetensors", "-vocab", place},
			{"eval", "-dataset", "fashioniq", "-data", place, "-pretrained", "@pre.safetensors"},
			{"submit", "-data", "@w", "-check", place},
			{"data", "check", "-dataset", "cirr", "-data", place},
			{"data", "draw", "-like", place, "-data", "drawn"},
			{"data", "draw", "-data", place},
			{"inspect", place},
			{"verify", place},
		} {
			refusesInTime(t, dir, place, args)
		}
	}
}

// refusesInTime runs a command that must end soon, and name the place.
func refusesInTime(t *testing.T, dir, place string, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	made := command(dir, args...)
	c := exec.CommandContext(ctx, made.Path, made.Args[1:]...)
	c.Dir, c.Env = made.Dir, made.Env
	o := finish(t, c)
	if ctx.Err() != nil {
		t.Errorf("%s: it did not end", strings.Join(args, " "))
		return
	}
	o.want(t, failed, place)
	if _, err := os.Stat(filepath.Join(dir, "drawn")); err == nil {
		t.Errorf("%s left something", strings.Join(args, " "))
	}
}

// The index and the annotations of a data set may be pipes too.
func TestPipesInADataset(t *testing.T) {
	for _, file := range []string{dressSplit, dressCaptions, cirrSplit, cirrCaptions, cirrPicture} {
		dir := t.TempDir()
		damage(t, dir, file, nil)
		path := filepath.Join("w", filepath.FromSlash(file))
		if err := syscall.Mkfifo(filepath.Join(dir, path), 0o644); err != nil {
			t.Fatal(err)
		}
		dataset := "cirr"
		if strings.HasPrefix(file, "fashion") {
			dataset = "fashioniq"
		}
		name := strings.TrimSuffix(filepath.Base(path), ".png")
		refusesInTime(t, dir, name, append([]string{"eval", "-dataset", dataset}, with(model, "-data", "w", "-cache", "none")...))
	}
}
