package wardrobe_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"log"
	"os"
	"testing"

	"gocir/datasets"
	"gocir/datasets/cirr"
	"gocir/datasets/fashioniq"
	"gocir/datasets/wardrobe"
)

func ExampleDraw() {
	dir, err := os.MkdirTemp("", "wardrobe")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := wardrobe.Draw(context.Background(), dir, wardrobe.Options{Images: 240, Seed: 1}, nil); err != nil {
		log.Fatal(err)
	}
	w, err := wardrobe.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	training := w.Descriptions("train")
	attributes, ok := w.Attributes(training[0].Image)
	fmt.Println(len(training), "descriptions for training; the first is of a", attributes["category"], ok)
	// Output: 456 descriptions for training; the first is of a dress true
}

// The readers of the public formats read what Draw writes, without any image missing.
func TestReadersReadIt(t *testing.T) {
	dir := t.TempDir()
	if err := wardrobe.Draw(t.Context(), dir, wardrobe.Options{Images: 300, Seed: 5}, nil); err != nil {
		t.Fatal(err)
	}
	fashion, err := fashioniq.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	scenes, err := cirr.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	images := 0
	for d, splits := range map[datasets.Dataset][]string{fashion: {"train", "val", "test"}, scenes: {"train", "val", "test1"}} {
		for _, category := range d.Categories() {
			for _, name := range splits {
				images += len(readSplit(t, d, category, name).Gallery)
			}
		}
	}
	if images != 300 {
		t.Errorf("%d images in all galleries", images)
	}
}

func readSplit(t *testing.T, d datasets.Dataset, category, name string) *datasets.Split {
	t.Helper()
	split, err := d.Split(category, name)
	if err != nil {
		t.Fatal(err)
	}
	if missing := datasets.Missing(d, split.Gallery); len(split.Triplets) == 0 || len(missing) > 0 {
		t.Errorf("%s %s %s: %d triplets, missing %q", d.Name(), category, name, len(split.Triplets), missing)
	}
	data, err := d.Image(split.Gallery[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	return split
}
