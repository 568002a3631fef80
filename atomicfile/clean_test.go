package atomicfile

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Of temporary files only those go whose writer has ended, and no other file goes.
func TestCleanKeepsWhatIsBeingWritten(t *testing.T) {
	dir := t.TempDir()
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	young, old, future := time.Now(), time.Now().Add(-25*time.Hour), time.Now().Add(48*time.Hour)
	put := func(name string, when time.Time) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o644); err != nil || os.Chtimes(path, when, when) != nil {
			t.Fatal(err)
		}
	}
	put(fmt.Sprintf(".a.tmp-%d-1", ended.Process.Pid), young)
	put(fmt.Sprintf(".b.tmp-%d-1", ended.Process.Pid), old)
	put(fmt.Sprintf(".c.tmp-%d-1", ended.Process.Pid), future)
	put(fmt.Sprintf(".d.tmp-%d-1", os.Getppid()), old) // runs
	put(fmt.Sprintf(".e.tmp-%d-1", os.Getpid()), old)  // of an earlier process with our number
	put(".f.tmp-1", old)                               // by an earlier version
	for _, name := range []string{".hidden", "g.tmp-1-1", ".h.tmp-x-1", ".tmp-1-1", ".i.tmp-"} {
		put(name, old)
	}
	if err := os.Mkdir(filepath.Join(dir, ".j.tmp-1"), 0o755); err != nil {
		t.Fatal(err)
	}
	ours, err := Create(filepath.Join(dir, "k"))
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	var removed []string
	for _, age := range []time.Duration{24 * time.Hour, 0} {
		if err := Clean(dir, age); err != nil {
			t.Fatal(err)
		}
		gone := "abcdef"
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			gone = strings.ReplaceAll(gone, entry.Name()[1:2], "") // it is still there
		}
		removed = append(removed, gone)
	}
	if want := []string{"bef", "abcef"}; !slices.Equal(removed, want) {
		t.Errorf("removed %q, want %q", removed, want)
	}
	if _, err := os.Stat(ours.Name()); err != nil {
		t.Errorf("a file that is being written is gone: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1+5+1+1 {
		t.Errorf("left in the folder: %v", entries)
	}
	if err := Clean(filepath.Join(dir, "absent"), 0); err != nil {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// A name as long as the system allows can be written.
func TestLongNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	if err := WriteFile(path, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "x" {
		t.Errorf("the file holds %q", got)
	}
}
