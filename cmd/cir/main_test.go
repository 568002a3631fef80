package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/tokenize"
	"gocir/datasets/wardrobe"
	"gocir/models"
)

// asCommand, set in the environment, makes of the test program the command itself: so the very code under test runs as
// a user runs it, in a process of its own.
const asCommand = "GOCIR_TEST_RUNS_COMMAND"

// shared is a folder that all tests read: a drawn data set in w, and the checkpoints of a tiny model.
var shared string

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(testAll(m))
}

func testAll(m *testing.M) int {
	if os.Getenv("GOMLX_BACKEND") == "" {
		os.Setenv("GOMLX_BACKEND", "go")
	}
	dir, err := os.MkdirTemp("", "gocir-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	shared = dir
	if err := prepare(dir); err != nil {
		panic(err)
	}
	return m.Run()
}

func prepare(dir string) error {
	data := filepath.Join(dir, "w")
	if err := wardrobe.Draw(context.Background(), data, wardrobe.Options{Images: 200, ImageSize: 32}, nil); err != nil {
		return err
	}
	vocabulary, err := tokenize.Open(filepath.Join(data, "vocab.txt"))
	if err != nil {
		return err
	}
	c := tinyConfig()
	c.Text.Vocabulary = vocabulary.Size()
	pretrained := append(c.ImageSpecs(), c.TextSpecs()...)
	return errors.Join(
		checkpoints.Write(filepath.Join(dir, "pre.safetensors"), checkpoints.Pretrained, cirtest.State(pretrained, 1), models.Metadata(c)),
		checkpoints.Write(filepath.Join(dir, "text.safetensors"), checkpoints.Text, cirtest.State(c.TextSpecs(), 2), models.Metadata(c)),
		checkpoints.Write(filepath.Join(dir, "combiner.safetensors"), checkpoints.Combiner, cirtest.State(c.CombinerSpecs(), 3), models.Metadata(c)),
	)
}

// tinyConfig is the smallest model that takes the wardrobe's texts.
func tinyConfig() cir.Config {
	c := cirtest.TinyConfig()
	c.Text.Positions = 80
	return c
}

// An outcome is what a command left.
type outcome struct {
	exit           int
	stdout, stderr string
}

// runIn runs the command in folder dir, with its cache there. "@" at the start of an argument is the shared folder.
func runIn(t *testing.T, dir string, args ...string) outcome {
	t.Helper()
	return finish(t, command(dir, args...))
}

func command(dir string, args ...string) *exec.Cmd {
	args = slices.Clone(args)
	for i, arg := range args {
		if name, ok := strings.CutPrefix(arg, "@"); ok {
			args[i] = filepath.Join(shared, name)
		}
	}
	c := exec.Command(os.Args[0], args...)
	c.Dir = dir
	c.Env = append(os.Environ(), asCommand+"=1", "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "HOME="+dir, "XDG_DATA_HOME=", "PJRT_PLUGIN_LIBRARY_PATH=")
	return c
}

func finish(t *testing.T, c *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// want checks the exit code, and that stdout and stderr together hold each of the texts.
func (o outcome) want(t *testing.T, exit int, texts ...string) {
	t.Helper()
	if o.exit != exit {
		t.Errorf("exit %d, want %d", o.exit, exit)
	}
	for _, text := range texts {
		if !strings.Contains(o.stdout+o.stderr, text) {
			t.Errorf("the output lacks %q", text)
		}
	}
	for _, trace := range []string{"goroutine ", "panic", "runtime error", ".go:", "mistake in the program"} {
		if strings.Contains(o.stderr, trace) {
			t.Errorf("the output looks like a crash: it has %q", trace)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", o.stdout, o.stderr)
	}
}

// files are the paths of all files and folders below dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
