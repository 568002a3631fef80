package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/atomicfile"
	"gocir/torture"
)

// A file at the limit is read, one beyond it is refused, and takes no memory.
func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("whole"), 0o644); err != nil {
		t.Fatal(err)
	}
	if data, err := atomicfile.ReadFile(path, 5); err != nil || string(data) != "whole" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Fatal(err)
	}
	var err error
	if over := torture.Within(1<<16, time.Minute, func() { _, err = atomicfile.ReadFile(path, 1<<30) }); over != nil {
		t.Error(over)
	}
	if err == nil || !strings.Contains(err.Error(), path+" has more than 1073741824 bytes") {
		t.Errorf("err = %v", err)
	}
	if _, err := atomicfile.ReadFile(path+"x", 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("err = %v", err)
	}
	if _, err := atomicfile.ReadFile(filepath.Dir(path), 5); err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("err = %v", err)
	}
}
