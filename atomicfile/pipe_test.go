//go:build unix

package atomicfile_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gocir/atomicfile"
)

// To open a pipe would wait for ever, and a device may never end.
func TestReadFileOfAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		if _, err := atomicfile.ReadFile(path, 1<<20); err == nil || !strings.Contains(err.Error(), path+" is a device or pipe") {
			t.Errorf("%s: err = %v", path, err)
		}
	}
}
