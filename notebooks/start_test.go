package notebooks_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A firstCell is start.sh run as the kernel runs it: by bash, in a temporary module, with the kernel's environment.
type firstCell struct {
	env  []string // over the kernel's
	wrap []string // before bash
	dir  string   // of the temporary module
}

// run returns what the cell prints on both streams, and whether it succeeded.
func (f firstCell) run(t *testing.T) (stdout, stderr string, ok bool) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if f.dir == "" {
		f.dir = t.TempDir()
	}
	if err := os.WriteFile(filepath.Join(f.dir, "go.mod"), []byte("module gonb_test\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append(f.wrap, "/bin/bash", "-c", `. "${GOCIR:-..}/notebooks/start.sh"`)
	c := exec.Command(args[0], args[1:]...)
	c.Dir = f.dir
	c.Env = append(os.Environ(), "GOCIR="+root, "GOCIR_WORK="+t.TempDir(), "GOFLAGS=", "GOWORK=", "GOMLX_NO_AUTO_INSTALL=1", "GOMLX_BACKEND=go", "GOPROXY=off")
	c.Env = append(c.Env, f.env...)
	var out, problems bytes.Buffer
	c.Stdout, c.Stderr = &out, &problems
	err = c.Run()
	return out.String(), problems.String(), err == nil
}

// refuses wants one sentence that has all the words, and nothing else.
func (f firstCell) refuses(t *testing.T, words ...string) {
	t.Helper()
	stdout, stderr, ok := f.run(t)
	if ok || stdout != "" || strings.Count(strings.TrimSpace(stderr), "\n") > 0 {
		t.Errorf("succeeded: %v, stdout %q, stderr %q: want one sentence on stderr", ok, stdout, stderr)
	}
	for _, word := range words {
		if !strings.Contains(stderr, word) {
			t.Errorf("%q does not say %q", stderr, word)
		}
	}
}

func TestFirstCellSaysThatAllIsWell(t *testing.T) {
	f := firstCell{dir: t.TempDir()}
	for range 2 { // it may be run again
		stdout, stderr, ok := f.run(t)
		if !ok || !strings.HasPrefix(stdout, "gocir is ready, backend Go") || stderr != "" {
			t.Errorf("succeeded: %v, stdout %q, stderr %q", ok, stdout, stderr)
		}
	}
}

// Go is on the PATH of those who run this test, so the cell gets one without it; the stand-in comes last, as the kernel
// has it.
func TestFirstCellWithoutGo(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	tools := pathWithoutGo(t)
	for _, path := range []string{tools, tools + ":" + filepath.Join(root, "notebooks", "kernel", "missing")} {
		firstCell{env: []string{"PATH=" + path}}.refuses(t, "Go is not on the PATH", "install Go 1.26", "make lab")
	}
}

// pathWithoutGo is a folder of the programs that kernel and first cell use, and of nothing else.
func pathWithoutGo(t *testing.T) string {
	t.Helper()
	tools := t.TempDir()
	for _, name := range []string{"bash", "sh", "stat", "dirname", "env", "df", "awk", "mkdir", "rm", "cat"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	return tools
}

func TestFirstCellWithoutModules(t *testing.T) {
	firstCell{env: []string{"GOMODCACHE=" + t.TempDir(), "GOFLAGS=-modcacherw"}}.refuses(t, "module cache", "make kernel")
}

func TestFirstCellWithoutItsBackend(t *testing.T) {
	firstCell{env: []string{"GOMLX_BACKEND=xla:/nowhere/plugin.so"}}.refuses(t, "/nowhere/plugin.so", "Unset GOMLX_BACKEND", "make plugin")
	firstCell{env: []string{"GOMLX_BACKEND=abacus"}}.refuses(t, "abacus", "Unset GOMLX_BACKEND")
}

func TestFirstCellWithoutTheProject(t *testing.T) {
	place := t.TempDir()
	if err := os.Mkdir(filepath.Join(place, "notebooks"), 0o755); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("start.sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "notebooks", "start.sh"), script, 0o644); err != nil {
		t.Fatal(err)
	}
	firstCell{env: []string{"GOCIR=" + place}}.refuses(t, "gocir is not at "+place, "make lab")
}

func TestFirstCellWhereItMayNotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	firstCell{env: []string{"GOCIR_WORK=" + filepath.Join(file, "work")}}.refuses(t, "cannot be written", "GOCIR_WORK")
}

// A disk without room: a file system in memory, seen by the cell alone, where this machine lets a test have one. Elsewhere
// a df of our own says so.
func TestFirstCellOnAFullDisk(t *testing.T) {
	f := firstCell{dir: t.TempDir()}
	if exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt").Run() == nil {
		f.wrap = []string{"unshare", "-rm", "sh", "-c", `cp go.mod /tmp/gocir-go.mod && mount -t tmpfs -o size=64k none "$PWD" && cd "$PWD" && mv /tmp/gocir-go.mod go.mod && exec "$0" "$@"`}
	} else {
		fake := t.TempDir()
		if err := os.WriteFile(filepath.Join(fake, "df"), []byte("#!/bin/sh\nprintf 'h\\nd 10 10 64 99%% /\\n'\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		f.env = []string{"PATH=" + fake + ":" + os.Getenv("PATH")}
	}
	f.refuses(t, "is full", "free some space")
}
