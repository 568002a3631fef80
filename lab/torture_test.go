package lab_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gocir/lab"
	"gocir/torture"
)

const cacheFault = "embedding cache damaged or stale (weights, preprocessing or a picture changed)"

// Whatever lies where the embeddings of texts were kept, they are the same, and what was computed again is told, once.
func TestTortureTexts(t *testing.T) {
	tally := torture.Begin(t, cacheFault, "kept embeddings of texts: the same as before, bit for bit; what could not be used is said, and computed again")
	cache, encoded, told := t.TempDir(), 0, []string(nil)
	s := session(t, "combiner-cirr-tiny", func(o *lab.Options) {
		o.Cache = cache
		o.Watch = func(_ string, done, _ int) { encoded = done }
		o.Note = func(line string) { told = append(told, line) }
	})
	texts := []string{"is red", "has long sleeves", "is not striped"}
	embed := func() []float32 {
		encoded, told = 0, nil
		e, err := s.FrozenTexts(t.Context(), texts)
		if err != nil {
			tally.Lost("%v", err)
			return nil
		}
		return e.Data
	}
	first := embed()
	if len(told) > 0 {
		t.Errorf("at first was told %q", told)
	}
	path, whole := keptTexts(t, cache)
	draw := rand.New(rand.NewPCG(6, 3))
	for i := range torture.Times(18, 180) {
		if err := injuryOfTexts(path, slices.Clone(whole), draw, i); err != nil {
			t.Fatal(err)
		}
		tally.Tried()
		if again := embed(); encoded != 3 || !slices.Equal(again, first) || len(told) != 1 || !strings.Contains(told[0], path) {
			tally.Lost("%d: %d texts encoded, the same %v, told %q", i, encoded, slices.Equal(again, first), told)
		}
		if again := embed(); encoded != 0 || !slices.Equal(again, first) || len(told) > 0 {
			tally.Lost("%d, then: %d texts encoded, the same %v, told %q", i, encoded, slices.Equal(again, first), told)
		}
	}
}

// keptTexts is the one file of texts of a cache.
func keptTexts(t *testing.T, cache string) (path string, whole []byte) {
	t.Helper()
	kept, err := filepath.Glob(filepath.Join(cache, "texts", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("the cache holds %q, %v", kept, err)
	}
	if whole, err = os.ReadFile(kept[0]); err != nil {
		t.Fatal(err)
	}
	return kept[0], whole
}

// injuryOfTexts puts something else where the texts of a cache are.
func injuryOfTexts(path string, data []byte, draw *rand.Rand, i int) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	switch i % 6 {
	case 0:
		data[draw.IntN(len(data))] ^= 1 << draw.IntN(8)
	case 1:
		data = data[:draw.IntN(len(data))]
	case 2:
		data = append(data, 0)
	case 3:
		clear(data[draw.IntN(len(data)-8):])
	case 4:
		return os.MkdirAll(filepath.Join(path, "full"), 0o755)
	case 5:
		return os.Symlink("/dev/zero", path)
	}
	return os.WriteFile(path, data, 0o644)
}

// Several sessions embed the same texts and pictures into one cache at the same time, as the workbench does.
func TestTortureSessionsOnOneCache(t *testing.T) {
	tally := torture.Begin(t, "two trainings in one run folder; two builders of one embedding cache",
		"three sessions at once on one cache: the same embeddings of texts and of pictures, nothing that could not be used")
	texts := []string{"is red", "has long sleeves", "is not striped"}
	d := dataset(t, "cirr")
	split, err := d.Split("", "val")
	if err != nil {
		t.Fatal(err)
	}
	alone := session(t, "combiner-cirr-tiny", nil)
	wantTexts, err := alone.Texts(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	wantImages, _, err := alone.Images(t.Context(), d, split.Gallery)
	if err != nil {
		t.Fatal(err)
	}
	var builders []*lab.Session
	cache := t.TempDir()
	for range 3 {
		builders = append(builders, session(t, "combiner-cirr-tiny", func(o *lab.Options) {
			o.Cache = cache
			o.Note = func(line string) {
				if strings.Contains(line, "not used") {
					tally.Lost("%s", line)
				}
			}
		}))
	}
	for range torture.Times(2, 20) {
		if err := os.RemoveAll(cache); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, s := range builders {
			all.Go(func() {
				gotTexts, err := s.FrozenTexts(t.Context(), texts)
				if err != nil || !slices.Equal(gotTexts.Data, wantTexts.Data) {
					tally.Lost("texts: %v", err)
				}
				gotImages, _, err := s.Images(t.Context(), d, split.Gallery)
				if err != nil || !slices.Equal(gotImages.Data, wantImages.Data) {
					tally.Lost("images: %v", err)
				}
			})
		}
		all.Wait()
		tally.Tried()
	}
}

// That pictures of a cache were encoded again is told, by Prepare and by Train, and so are triplets that were left out.
func TestNotes(t *testing.T) {
	cache, told := t.TempDir(), []string(nil)
	open := func(change func(*lab.Options)) *lab.Session {
		return session(t, "combiner-cirr-tiny", func(o *lab.Options) {
			o.Cache, o.Note = cache, func(line string) { told = append(told, line) }
			change(o)
		})
	}
	same := func(*lab.Options) {}
	for _, c := range []struct {
		change func(*lab.Options)
		injure bool
		want   string
	}{
		{same, false, "held nothing for these weights"},
		{same, false, ""},
		{same, true, "not used: "},
		{func(o *lab.Options) { o.Recipe.Transform = "squarepad" }, false, "this preprocessing"},
	} {
		told = nil
		if c.injure {
			shards, _ := filepath.Glob(filepath.Join(cache, "*", "*.safetensors"))
			if err := os.Truncate(shards[0], 100); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := open(c.change).PrepareAll(t.Context(), dataset(t, "cirr"), "val"); err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(told, "\n"); (all == "") != (c.want == "") || !strings.Contains(all, c.want) {
			t.Errorf("told %q, want %q", all, c.want)
		}
	}
}
