//go:build unix

package datasets_test

import (
	"syscall"
	"testing"

	"gocir/datasets/datasetstest"
)

// To open a pipe would wait for ever.
func TestPipesAreNotRead(t *testing.T) {
	folder := open(t, nil)
	if err := syscall.Mkfifo(folder.Path("pipe.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := folder.Records("pipe.json")
	datasetstest.WantError(t, err, "pipe.json", "not a regular file")
}
