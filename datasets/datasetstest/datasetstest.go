// Package datasetstest has what tests of data sets' readers share: folders laid out in a line, and a look at what an
// error says.
package datasetstest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Lay writes files, text by path with slashes, below a new folder, which is removed when the test ends, and returns the
// folder. A file that can't be written ends the test.
func Lay(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// WantError fails the test unless there is an error that says each of the parts. None at all ends the test.
func WantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
