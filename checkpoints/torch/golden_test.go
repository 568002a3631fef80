package torch

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTmp(t *testing.T) {
	for _, pat := range []string{"*.pt", "../combiner/*.pt", "../tiny_blip/*.pth", "bad/*.pt"} {
		files, _ := filepath.Glob(filepath.Join("../../testdata/golden/a/formats", pat))
		for _, f := range files {
			file, err := Open(f)
			if err != nil {
				t.Log(err)
				continue
			}
			t.Logf("%s OK %v", f, file.Format())
		}
	}
	os.Stdout.Sync()
}
