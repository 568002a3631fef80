package cirr_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/datasets/cirr"
	"gocir/torture"
)

const (
	fuzzedSplit    = "image_splits/split.rc2.val.json"
	fuzzedCaptions = "captions/cap.rc2.val.json"
)

// Whatever the two files of a split hold, there are triplets of images of the split, or an error that names the file.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(valSplit), []byte(valCap))
	for _, bad := range []string{"", "{}", "[]", `{"d0": "../x"}`, `{"d0": 1}`, `{"d0": "x", "D0": "y"}`, strings.Repeat(`{"a":`, 99)} {
		f.Add([]byte(bad), []byte(valCap))
		f.Add([]byte(valSplit), []byte(bad))
	}
	for _, change := range [][2]string{{"12060", "1e3"}, {"12060", "-0"}, {"12060", strings.Repeat("9", 30)}, {"d1", "d0"}, {"members", "member"}, {"caption", "captions"}} {
		f.Add([]byte(valSplit), []byte(strings.ReplaceAll(valCap, change[0], change[1])))
	}
	dir := f.TempDir()
	for _, name := range []string{"image_splits", "captions", "dev"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, split, captions []byte) {
		for file, data := range map[string][]byte{fuzzedSplit: split, fuzzedCaptions: captions} {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(file)), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := torture.Within(uint64(1<<20+500*(len(split)+len(captions))), 5*time.Second, func() { readFuzzed(t, dir) }); err != nil {
			t.Error(err)
		}
	})
}

func readFuzzed(t *testing.T, dir string) {
	d, err := cirr.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	split, err := d.Split("", "val")
	if err != nil {
		if !strings.Contains(err.Error(), filepath.FromSlash(fuzzedSplit)) && !strings.Contains(err.Error(), filepath.FromSlash(fuzzedCaptions)) {
			t.Errorf("the error %q names no file", err)
		}
		return
	}
	for _, triplet := range split.Triplets {
		if len(triplet.Subset) != cirr.SubsetSize || !slices.Contains(triplet.Subset, triplet.Reference) || !slices.Contains(triplet.Subset, triplet.Target) {
			t.Errorf("triplet %+v", triplet)
		}
		for _, name := range triplet.Subset {
			if !slices.Contains(split.Gallery, name) {
				t.Errorf("%q of the subset is not in the split", name)
			}
		}
	}
	for _, name := range split.Gallery {
		if d.HasImage(name) {
			t.Errorf("%q has a picture", name)
		}
	}
}
