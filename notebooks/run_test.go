//go:build notebooks

package notebooks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// work is the notebooks' work folder of all tests here: empty at first, so that everything is made in them.
var work = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "gocir-work-") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := work(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// python is a command of the environment that `make kernel` makes, with the network closed to the go command.
func python(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	interpreter := os.Getenv("GOCIR_PYTHON")
	if interpreter == "" {
		t.Fatal("GOCIR_PYTHON is not set: run `make test-notebooks`, which installs the kernel and sets it")
	}
	dir, err := work()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(interpreter, args...)
	c.Env = append(os.Environ(), "GOPROXY=off", "GOCIR_WORK="+dir, "GOCIR_WEIGHTS=/nonexistent", "GOCIR_DATA=/nonexistent")
	return c
}

// run runs notebooks by run.py and returns what it prints.
func run(t *testing.T, out string, env []string, paths ...string) (string, error) {
	t.Helper()
	c := python(t, append([]string{"run.py", "--out", out}, paths...)...)
	c.Env = append(c.Env, env...)
	printed, err := c.CombinedOutput()
	return string(printed), err
}

// Every committed notebook runs from top to bottom on the real kernel, beginning with nothing, and leaves what is
// committed.
func TestNotebooksRun(t *testing.T) {
	out := t.TempDir()
	paths, err := filepath.Glob("*.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	c := python(t, append([]string{"run.py", "--out", out}, paths...)...)
	c.Stdout, c.Stderr = os.Stdout, os.Stdout // it takes minutes, so those who wait are told
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	for _, old := range committed(t) {
		fresh := read(t, filepath.Join(out, old.Name))
		if fresh.codeDigest() != old.codeDigest() || fresh.Metadata.Gocir.Outputs != fresh.outputsDigest() {
			t.Errorf("%s: run.py stores other code, or another digest, than is there", old.Name)
		}
		checkOutputs(t, fresh)
		sameOutputs(t, fresh, old)
	}
}

// write makes a notebook of code cells in a folder of its own, so that no path leads from there to the project.
func write(t *testing.T, name string, sources ...string) string {
	t.Helper()
	var cells []map[string]any
	for _, source := range sources {
		cells = append(cells, map[string]any{"cell_type": "code", "id": "c" + string(rune('a'+len(cells))), "metadata": map[string]any{}, "source": source, "outputs": []any{}, "execution_count": nil})
	}
	metadata := map[string]any{"kernelspec": map[string]any{"name": "gonb", "display_name": "Go (gonb)", "language": "go"}}
	data, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// The first cell is that of all notebooks; it works in a folder outside the project.
func start(t *testing.T) string { return string(committed(t)[0].code()[0].Source) }

// trainingCell is a cell that trains a short stage I, and what it does then with its links.
func trainingCell(anew bool, change, then string) string {
	return fmt.Sprintf(`import (
	"github.com/janpfeifer/must"
	"gocir/models"
	"gocir/notebooks/nb"
)
%%%%
nb.Bench().Anew = %v
links := nb.Train(must.M1(models.Resolve("text-cirr-tiny", %q)))
%s`, anew, change, then)
}

// A cell that does not compile, panics, exits, fails a check, or whose shell line fails, is a failure of the run that is
// reported with its cause; and the runner's counts say so.
func TestBadCellsFailTheRun(t *testing.T) {
	use := "import (\n\"errors\"\n\"github.com/janpfeifer/must\"\n\"gocir/notebooks/nb\"\n)\n%%\n"
	bad := map[string][2]string{
		"good":    {"%%\nfmt.Println(\"fine\")", ""},
		"compile": {"%%\nvar x int = \"text\"\nfmt.Println(x)", "cannot use"},
		"panic":   {"%%\npanic(\"no further\")", "no further"},
		"exit":    {"%%\nos.Exit(3)", "exit status 3"},
		"check":   {use + "nb.Check(\"legs\", 3, 4)", "✗ legs: 3, want 4"},
		"must":    {use + "nb.Check(\"arms\", 2, 2)\nmust.M(errors.New(\"the cause\"))", "✗ the cause"},
		"shell":   {"!false", "exit status 1"},
		"command": {"%no_such_command", "unknown"},
	}
	var paths []string
	for name, each := range bad {
		paths = append(paths, write(t, name, start(t), each[0]))
	}
	printed, err := run(t, t.TempDir(), nil, paths...)
	if err == nil || !strings.Contains(printed, "1 passed, 7 failed") {
		t.Errorf("%v\n%s", err, printed)
	}
	for name, each := range bad {
		_, about, _ := strings.Cut(printed, "FAIL  "+name+".ipynb")
		about, _, _ = strings.Cut(about, ".ipynb")
		if !strings.Contains(about, each[1]) {
			t.Errorf("%s: the report does not say %q:\n%s", name, each[1], about)
		}
	}
}

// Without go the kernel starts all the same, and the first cell says what is missing.
func TestKernelWithoutGo(t *testing.T) {
	printed, err := run(t, t.TempDir(), []string{"PATH=" + pathWithoutGo(t)}, write(t, "without-go", start(t)))
	if err == nil || !strings.Contains(printed, "Go is not on the PATH: install Go 1.26") {
		t.Errorf("%v\n%s", err, printed)
	}
}

// The kernel computes with the backend that was chosen before Jupyter started, or refuses; and cells are built for the
// vector instructions that make pure Go fast.
func TestKernelInheritsBackendAndSIMD(t *testing.T) {
	printed, err := run(t, t.TempDir(), []string{"GOMLX_BACKEND=abacus"}, write(t, "backend", start(t)))
	if err == nil || !strings.Contains(printed, "abacus") {
		t.Errorf("%v\n%s", err, printed)
	}
	out := t.TempDir()
	build := "%%\ninfo, _ := debug.ReadBuildInfo()\nfor _, s := range info.Settings {\n\tfmt.Println(s.Key, s.Value)\n}"
	if printed, err := run(t, out, []string{"GOMLX_BACKEND=go"}, write(t, "build", start(t), build)); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	cells := read(t, filepath.Join(out, "build.ipynb")).code()
	if got := cells[0].Outputs[0].Text; !strings.Contains(string(got), "backend Go") {
		t.Errorf("first cell: %s", got)
	}
	if got := cells[1].Outputs[0].Text; !strings.Contains(string(got), "GOEXPERIMENT simd") {
		t.Errorf("a cell was built with\n%s", got)
	}
}

// All is in the project's folder: the kernel is registered there, and running a notebook leaves nothing at home.
func TestNothingIsLeftAtHome(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	specs, err := python(t, "-m", "jupyter", "kernelspec", "list", "--json").Output()
	if err != nil || !strings.Contains(string(specs), filepath.Join(root, ".local", "lab", "share", "jupyter", "kernels", "gonb")) {
		t.Errorf("%v\n%s", err, specs)
	}
	home, env := t.TempDir(), []string(nil)
	for _, name := range []string{"GOPATH", "GOMODCACHE", "GOCACHE", "GOENV"} { // Go's own, which lie at home too
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(value)))
	}
	if printed, err := run(t, t.TempDir(), append(env, "HOME="+home), write(t, "home", start(t), "%%\nfmt.Println(1)")); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	err = filepath.WalkDir(home, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !strings.Contains(path, "telemetry") { // the go command's own
			t.Errorf("%s was left at home", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Where the kernel is not installed the runner says how to install it.
func TestKernelNotInstalled(t *testing.T) {
	script := `import runpy, sys; sys.prefix = "/nowhere"; sys.argv = ["run.py", "--out", sys.argv[1], sys.argv[2]]; runpy.run_path("run.py", run_name="__main__")`
	c := python(t, "-c", script, t.TempDir(), write(t, "any", start(t)))
	c.Env = append(c.Env, "JUPYTER_DATA_DIR="+t.TempDir(), "JUPYTER_PATH=", "HOME="+t.TempDir())
	printed, err := c.CombinedOutput()
	if err == nil || strings.TrimSpace(string(printed)) != "The Go kernel is not installed: run `make kernel` in the project's folder." {
		t.Errorf("%v\n%s", err, printed)
	}
}

// Trainings are kept between cells: the second cell takes up the run of the first, until it is told to train anew.
func TestCellsDoNotTrainAgain(t *testing.T) {
	train := func(anew bool) string {
		return trainingCell(anew, "MaxSteps=2", "fmt.Println(links[0].Run.Dir)")
	}
	path := write(t, "again", start(t), train(false), train(false), train(true))
	out := t.TempDir()
	if printed, err := run(t, out, nil, path); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	cells := read(t, filepath.Join(out, "again.ipynb")).code()
	first, second, anew := cells[1].Outputs[0].Text, cells[2].Outputs[0].Text, cells[3].Outputs[0].Text
	if first != second || anew == first {
		t.Errorf("runs %q, %q and, anew, %q", first, second, anew)
	}
}
