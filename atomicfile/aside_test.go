package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A file takes the place of an older one that was set aside, and a folder, or what a folder keeps from its place, goes
// beside.
func TestSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	for _, c := range []struct {
		folder bool
		want   string
	}{{false, ".unusable"}, {false, ".unusable"}, {true, ".unusable-2"}, {true, ".unusable-3"}, {false, ".unusable"}} {
		if c.folder {
			if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil {
				t.Fatal(err)
			}
		} else if err := WriteFile(path, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := SetAside(path); err != nil || got != path+c.want {
			t.Errorf("set aside as %q, %v; want %s", got, err, c.want)
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("something is left: %v", err)
		}
	}
	if _, err := SetAside(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there was set aside: %v", err)
	}
}
