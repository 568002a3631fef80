package lab_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/atomicfile"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/tokenize"
	"gocir/lab"
)

// What does not fit together is not opened, and the error says what and why.
func TestOpenRefusesWhatDoesNotFit(t *testing.T) {
	f, _ := files(t)
	words, err := os.ReadFile(vocabulary(t))
	if err != nil {
		t.Fatal(err)
	}
	longer := filepath.Join(t.TempDir(), "vocab.txt")
	if err := os.WriteFile(longer, append(words, "surplusword\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*lab.Options){
		"vocabulary":          func(o *lab.Options) { o.Vocabulary = longer },
		"30524":               func(o *lab.Options) { o.Vocabulary = "" },
		"no such file":        func(o *lab.Options) { o.Files.Combiner = "absent.safetensors" },
		`no preset "huge"`:    func(o *lab.Options) { o.Recipe.Preset = "huge" },
		`transform "stretch"`: func(o *lab.Options) { o.Recipe.Transform = "stretch" },
		`precision "float8"`:  func(o *lab.Options) { o.Recipe.Precision = "float8" },
		"is not a multiple":   func(o *lab.Options) { o.Recipe.InputSize = 17 },
	} {
		o := lab.Options{Backend: cirtest.Backend(t), Files: f, Vocabulary: vocabulary(t), Recipe: tinyRecipe(t, "text-cirr-tiny")}
		change(&o)
		if _, err := lab.Open(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %s, got %v", want, err)
		}
	}
}

// OpenModel checks the same of a model that is there already.
func TestOpenModel(t *testing.T) {
	m, o := cirtest.TinyModel(t), lab.Options{Recipe: tinyRecipe(t, "text-cirr-tiny")}
	if _, err := lab.OpenModel(m, cirtest.TinyTokenizer(t), o); err != nil {
		t.Error(err)
	}
	if _, err := lab.OpenModel(m, tokenize.Default(), o); err == nil || !strings.Contains(err.Error(), "opening a model") {
		t.Errorf("err = %v", err)
	}
}

func TestComposeRefusesUnknownComposers(t *testing.T) {
	s := session(t, "text-cirr-tiny", nil)
	if _, err := s.Compose("mean", make([]float32, 12), make([]float32, 12), 1); err == nil || !strings.Contains(err.Error(), `composer "mean" is neither "sum" nor "combiner"`) {
		t.Errorf("err = %v", err)
	}
}

func TestOpenDatasetRefuses(t *testing.T) {
	for want, open := range map[string]func() error{
		"no folder of cirr":       func() error { _, err := lab.OpenDataset("cirr", ""); return err },
		`no data set "coco"`:      func() error { _, err := lab.OpenDataset("coco", t.TempDir()); return err },
		"CIRR has no categories":  func() error { _, err := lab.OpenDataset("cirr", t.TempDir(), "dress"); return err },
		"fashionIQ_dataset":       func() error { _, err := lab.OpenDataset("fashioniq", t.TempDir()); return err },
		`there are fashioniq and`: func() error { _, err := lab.OpenDataset("", t.TempDir()); return err },
	} {
		if err := open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %s, got %v", want, err)
		}
	}
}

// leave makes a temporary file as a program leaves it that was killed long ago.
func leave(t *testing.T, path string) string {
	t.Helper()
	old := time.Now().Add(-2 * atomicfile.LeftoverAge)
	if err := errors.Join(os.WriteFile(path, nil, 0o644), os.Chtimes(path, old, old)); err != nil {
		t.Fatal(err)
	}
	return path
}

// Texts of a frozen encoder are read from the cache, and computed again where the file is damaged.
func TestFrozenTexts(t *testing.T) {
	cache := t.TempDir()
	encoded := 0
	s := session(t, "combiner-cirr-tiny", func(o *lab.Options) {
		o.Cache = cache
		o.Watch = func(what string, done, total int) { encoded = done }
	})
	texts := []string{"is red", "has long sleeves", "is not striped"}
	embed := func() []float32 {
		t.Helper()
		encoded = 0
		e, err := s.FrozenTexts(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(e.Names, texts) {
			t.Errorf("embeddings of %q", e.Names)
		}
		return e.Data
	}
	first := embed()
	if encoded != 3 {
		t.Errorf("%d texts encoded at first", encoded)
	}
	if again := embed(); encoded != 0 || !slices.Equal(again, first) {
		t.Errorf("%d texts encoded again", encoded)
	}
	kept, whole := keptTexts(t, cache)
	leftover := leave(t, filepath.Join(cache, "texts", ".a.safetensors.tmp-1"))
	flipped := slices.Clone(whole)
	flipped[len(flipped)-3] ^= 1
	for name, damaged := range map[string][]byte{"cut": whole[:len(whole)-8], "flipped": flipped, "empty": nil} {
		if err := os.WriteFile(kept, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		if again := embed(); encoded != 3 || !slices.Equal(again, first) {
			t.Errorf("%s: %d texts encoded", name, encoded)
		}
	}
	if _, err := os.Stat(leftover); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a killed program left is still there: %v", err)
	}
	s = session(t, "combiner-cirr-tiny", func(o *lab.Options) {
		o.Cache, o.Recipe.Precision = cache, cir.BFloat16
		o.Watch = func(what string, done, total int) { encoded = done }
	})
	if half := embed(); encoded != 3 || slices.Equal(half, first) {
		t.Errorf("in bfloat16 %d texts were encoded", encoded)
	}
	texts = []string{"is red", "has short sleeves"}
	if embed(); encoded != 2 {
		t.Errorf("of other texts %d were encoded", encoded)
	}
}
