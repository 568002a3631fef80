package fashioniq_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/datasets/fashioniq"
	"gocir/torture"
)

const (
	fuzzedSplit    = "image_splits/split.dress.val.json"
	fuzzedCaptions = "captions/cap.dress.val.json"
)

// Whatever the two files of a split hold, there are triplets of images of the split, or an error that names the file.
func FuzzSplit(f *testing.F) {
	names, captions := `["a", "b"]`, `[{"target": "a", "candidate": "b", "captions": ["is red", ""]}]`
	f.Add([]byte(names), []byte(captions))
	for _, bad := range []string{"", "[]", `["a", "A"]`, `["../a"]`, `[null]`, `{}`, strings.Repeat("[", 99)} {
		f.Add([]byte(bad), []byte(captions))
		f.Add([]byte(names), []byte(bad))
	}
	for _, bad := range []string{`[{"candidate": "a"}]`, `[{"candidate": "a", "captions": ["x"], "target": "c"}]`, `[{"candidate": 1}]`, `[{"captions": {}}]`} {
		f.Add([]byte(names), []byte(bad))
	}
	dir := f.TempDir()
	for _, name := range []string{"image_splits", "captions", "images"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, names, captions []byte) {
		for file, data := range map[string][]byte{fuzzedSplit: names, fuzzedCaptions: captions} {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(file)), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := torture.Within(uint64(1<<20+500*(len(names)+len(captions))), 5*time.Second, func() { readFuzzed(t, dir) }); err != nil {
			t.Error(err)
		}
	})
}

func readFuzzed(t *testing.T, dir string) {
	d, err := fashioniq.Open(dir, "dress")
	if err != nil {
		t.Fatal(err)
	}
	split, err := d.Split("dress", "val")
	if err != nil {
		if !strings.Contains(err.Error(), filepath.FromSlash(fuzzedSplit)) && !strings.Contains(err.Error(), filepath.FromSlash(fuzzedCaptions)) {
			t.Errorf("the error %q names no file", err)
		}
		return
	}
	for _, triplet := range split.Triplets {
		if !slices.Contains(split.Gallery, triplet.Reference) || !slices.Contains(split.Gallery, triplet.Target) || len(triplet.Captions) != 2 {
			t.Errorf("triplet %+v", triplet)
		}
	}
	for _, name := range split.Gallery {
		if d.HasImage(name) {
			t.Errorf("%q has a picture", name)
		}
	}
}
