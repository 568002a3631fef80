package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// content is what path holds, and fails the test where the folder holds anything else.
func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left in the folder: %v", entries)
	}
	return string(data)
}

// A folder gets its new name whole; what has another name keeps it after a failure.
func TestRename(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := WriteFile(filepath.Join(from, "file"), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := Rename(from, to); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(to, "file")); err != nil || string(data) != "x" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := Rename(from, to); err == nil {
		t.Error("a folder that is not there was renamed")
	}
}

func TestWriteFileReplacesAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folders", "file")
	for _, want := range []string{"first, the longer", "second", ""} {
		if err := WriteFile(path, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got := content(t, path); got != want {
			t.Errorf("file holds %q, want %q", got, want)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v; want 0644", info.Mode(), err)
	}
}

func TestNothingIsSeenBeforeCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("whole"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("seen before Commit: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "whole" {
		t.Errorf("file holds %q", got)
	}
	if err := f.Close(); err != nil {
		t.Errorf("Close after Commit: %v", err)
	}
	if err := f.Commit(); err == nil {
		t.Error("committed twice")
	}
}

// Whatever fails, the old file stays as it was, no temporary file is left, and the error names the file.
func TestFailuresKeepTheOldFile(t *testing.T) {
	failure := errors.New("no space left")
	for name, write := range map[string]func(path string) error{
		"write fails half-way": func(path string) error {
			return Write(path, func(w io.Writer) error {
				_, err := w.Write([]byte("half"))
				return errors.Join(err, failure)
			})
		},
		"file is closed early": func(path string) error {
			f, err := Create(path)
			if err != nil {
				return err
			}
			return errors.Join(f.File.Close(), f.Commit())
		},
		"given up": func(path string) error {
			f, err := Create(path)
			if err != nil {
				return err
			}
			return errors.Join(f.Close(), f.Close(), f.Commit())
		},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := WriteFile(path, []byte("old")); err != nil {
			t.Fatal(err)
		}
		if err := write(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v does not name the file", name, err)
		}
		if got := content(t, path); got != "old" {
			t.Errorf("%s: file holds %q", name, got)
		}
	}
}

func TestPathsThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := WriteFile(file, nil); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(file, "below"), nil); err == nil {
		t.Error("wrote below a file")
	}
	folder := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(folder, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(folder, nil); err == nil || !strings.Contains(err.Error(), folder) {
		t.Errorf("wrote over a folder: %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}

// Writers of one name at the same time leave the file of one of them.
func TestConcurrentWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if err := WriteFile(path, bytes.Repeat([]byte{'a' + byte(i)}, 100_000)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := content(t, path); len(got) != 100_000 || strings.Trim(got, got[:1]) != "" {
		t.Errorf("%d bytes, or a mixture", len(got))
	}
}
