package wardrobe

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/datasets"
	"gocir/torture"
)

// indexSeed is the index of a small wardrobe.
func indexSeed(f *testing.F) []byte {
	annotations, dir := f.TempDir(), f.TempDir()
	for name, text := range someAnnotations {
		path := filepath.Join(annotations, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	if err := DrawLike(f.Context(), annotations, dir, Options{ImageSize: 32}, nil); err != nil {
		f.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil {
		f.Fatal(err)
	}
	return index
}

// Whatever an index holds, there is a wardrobe whose pictures can be described, or an error that names the file.
func FuzzOpen(f *testing.F) {
	index := indexSeed(f)
	f.Add(index)
	f.Add(index[:len(index)/2])
	for _, change := range [][2]string{{`"name"`, `"mane"`}, {"cirr", "fashioniq"}, {`"attributes":{`, `"attributes":{"x":"y",`}, {`"format":1`, `"format":1e0`}, {"[", "[" + strings.Repeat("[", 99)}, {"B001", "../x"}} {
		f.Add([]byte(strings.Replace(string(index), change[0], change[1], 1)))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, indexFile), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := torture.Within(uint64(1<<20+1000*len(data)), 5*time.Second, func() { openFuzzed(t, dir) }); err != nil {
			t.Error(err)
		}
	})
}

func openFuzzed(t *testing.T, dir string) {
	w, err := Open(dir)
	if err != nil {
		if !strings.Contains(err.Error(), indexFile) {
			t.Errorf("the error %q does not name the file", err)
		}
		return
	}
	if _, err := json.Marshal(w.Options()); err != nil {
		t.Error(err)
	}
	for _, p := range w.pictures {
		if _, ok := w.Attributes(p.name); !ok || datasets.CheckName(p.name) != nil {
			t.Errorf("image %q", p.name)
		}
	}
	for _, split := range []string{"train", "val", "test", "test1"} {
		w.Descriptions(split)
	}
}
