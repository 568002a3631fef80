//go:build failpoints

package atomicfile

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gocir/torture"
)

// Whichever operation of a write fails, the old or the new content is there whole, and the error names the file.
func TestTortureFailpoints(t *testing.T) {
	tally := torture.Begin(t, "disk full, read-only or process killed at each file operation of a write",
		"old or new content whole; no leftover but after a kill, and that is cleaned; the error names the file")
	operations := count(t)
	if operations < 7 {
		t.Fatalf("a write took %d operations: make folder, create, write, sync, close, rename and sync folder are 7", operations)
	}
	for _, action := range []string{"full", "readonly", "kill"} {
		for at := 1; at <= operations; at++ {
			injure(t, tally, action, at, operations)
		}
	}
}

// count is the number of operations of a write that nothing disturbs.
func count(t *testing.T) int {
	path := filepath.Join(t.TempDir(), "count")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), asWriter+"="+filepath.Join(t.TempDir(), "file"), CountVariable+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// injure writes over an older file with a failing operation, and looks at what is there then.
func injure(t *testing.T, tally *torture.Tally, action string, at, operations int) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), asWriter+"="+path, fmt.Sprintf("%s=%s:%d", FailpointVariable, action, at))
	out, err := child.CombinedOutput()
	tally.Tried()
	if err == nil {
		tally.Lost("%s:%d: the writer noticed nothing", action, at)
	}
	if action != "kill" && !strings.Contains(string(out), "writing "+path) {
		tally.Lost("%s:%d: the error does not name the file: %s", action, at, out)
	}
	want := "old"
	if at == operations { // the folder could not be synced
		want = newText
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		tally.Lost("%s:%d: the file holds %.10q…, %v", action, at, got, err)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if action != "kill" && len(entries) != 1 {
		tally.Lost("%s:%d: left behind: %v", action, at, entries)
	}
	if err := Clean(filepath.Dir(path), 0); err != nil {
		tally.Lost("%s:%d: %v", action, at, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		tally.Lost("%s:%d: left after cleaning: %v", action, at, entries)
	}
}
