package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A cache that is damaged changes no result, and the commands say what they encoded again, and why.
func TestDamagedCacheIsTold(t *testing.T) {
	dir := t.TempDir()
	eval := append([]string{"eval", "-dataset", "cirr", "-data", "@w"}, model...)
	training := append([]string{"train", "-recipe", "combiner-cirr-tiny", "-text", "@text.safetensors"}, tiny...)
	runIn(t, dir, eval...).want(t, 0, "embedding cache: ", "held nothing for these weights and this preprocessing")
	runIn(t, dir, training...).want(t, 0, "embedding cache: ", "did not hold them as they are now")
	for _, args := range [][]string{eval, training} {
		if again := runIn(t, dir, args...); again.exit != 0 || strings.Contains(again.stderr, "embedding cache") {
			t.Errorf("%s again: exit %d\n%s", args[0], again.exit, again.stderr)
		}
	}
	spoil := func(pattern string) {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(dir, "cache", "gocir", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("the cache has no %s (%v)", pattern, err)
		}
		for _, file := range files {
			if err := os.Truncate(file, 200); err != nil {
				t.Fatal(err)
			}
		}
	}
	spoil("*/*.safetensors")
	runIn(t, dir, training...).want(t, 0, "embedding cache: not used: ", "texts are encoded again", "files of it could not be used", "best validation")
	spoil("[0-9a-f]*/*.safetensors")
	runIn(t, dir, eval...).want(t, 0, "embedding cache: not used: ", "files of it could not be used", "protocol")
}
