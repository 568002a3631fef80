package lab_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gocir/checkpoints"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/tokenize"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/datasets/wardrobe"
	"gocir/lab"
	"gocir/models"
)

// data is a drawn data set of 200 pictures, made once for all tests.
var data = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lab-test-")
	if err != nil {
		return "", err
	}
	drawn := filepath.Join(dir, "wardrobe")
	return drawn, wardrobe.Draw(context.Background(), drawn, wardrobe.Options{Images: wardrobe.MinImages, ImageSize: 32, Seed: 1}, nil)
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := data(); err == nil {
		os.RemoveAll(filepath.Dir(dir))
	}
	os.Exit(code)
}

func dataset(t *testing.T, name string) datasets.Checked {
	t.Helper()
	dir, err := data()
	if err != nil {
		t.Fatal(err)
	}
	d, err := lab.OpenDataset(name, dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func vocabulary(t *testing.T) string {
	t.Helper()
	dir, err := data()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "vocab.txt")
}

// tinyRecipe is a recipe of two epochs, cut short.
func tinyRecipe(t *testing.T, name string) train.Recipe {
	t.Helper()
	r, err := models.Resolve(name, "Epochs=2", "BatchSize=16", "MaxSteps=4", "ImageBatch=8", "TextBatch=8", "ValidationFrequency=1")
	if err != nil {
		t.Fatal(err)
	}
	r.InputSize = cirtest.TinyConfig().Image.ImageSize
	return r
}

// files writes the checkpoints of a tiny model that fits the drawn data set: cirtest's sizes with its vocabulary.
func files(t *testing.T) (models.Files, cir.Config) {
	t.Helper()
	tokenizer, err := tokenize.Open(vocabulary(t))
	if err != nil {
		t.Fatal(err)
	}
	c := cirtest.TinyConfig()
	c.Text.Vocabulary, c.Text.Positions = tokenizer.Size(), 80
	dir := t.TempDir()
	f := models.Files{Pretrained: filepath.Join(dir, "pretrained.safetensors"), Combiner: filepath.Join(dir, "combiner.safetensors")}
	encoders := cirtest.State(append(c.ImageSpecs(), c.TextSpecs()...), 1)
	err = errors.Join(
		checkpoints.Write(f.Pretrained, checkpoints.Pretrained, encoders, models.Metadata(c)),
		checkpoints.Write(f.Combiner, checkpoints.Combiner, cirtest.State(c.CombinerSpecs(), 2), models.Metadata(c)))
	if err != nil {
		t.Fatal(err)
	}
	return f, c
}

// session opens the tiny model. change may alter the options.
func session(t *testing.T, recipe string, change func(*lab.Options)) *lab.Session {
	t.Helper()
	f, _ := files(t)
	o := lab.Options{Backend: cirtest.Backend(t), Files: f, Vocabulary: vocabulary(t), Recipe: tinyRecipe(t, recipe)}
	if change != nil {
		change(&o)
	}
	s, err := lab.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Model.Finalize)
	return s
}

// lacking is a data set without some of its pictures.
type lacking struct {
	datasets.Dataset
	names map[string]bool
}

func (d lacking) HasImage(name string) bool { return !d.names[name] && d.Dataset.HasImage(name) }

func (d lacking) Image(name string) ([]byte, error) {
	if d.names[name] {
		return nil, fmt.Errorf("picture %s: %w", name, fs.ErrNotExist)
	}
	return d.Dataset.Image(name)
}
