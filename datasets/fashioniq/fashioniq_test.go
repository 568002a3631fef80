package fashioniq_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gocir/datasets"
	"gocir/datasets/datasetstest"
	"gocir/datasets/fashioniq"
)

// The quirks of the real files: an empty caption, names that do not begin with B, no target in test, .jpg and .png.
var quirks = map[string]string{
	"fashionIQ_dataset/image_splits/split.shirt.val.json":  `["978981366X", "B00A", "B00B"]`,
	"fashionIQ_dataset/captions/cap.shirt.val.json":        `[{"target": "B00A", "candidate": "978981366X", "captions": ["", "is grey"]}]`,
	"fashionIQ_dataset/image_splits/split.shirt.test.json": `["B00B", "B00A"]`,
	"fashionIQ_dataset/captions/cap.shirt.test.json":       `[{"candidate": "B00B", "captions": ["has buttons", "é"]}]`,
	"fashionIQ_dataset/images/978981366X.jpg":              "jpg",
	"fashionIQ_dataset/images/B00A.png":                    "png",
}

func TestQuirksOfTheRealFiles(t *testing.T) {
	dir := datasetstest.Lay(t, quirks)
	for _, place := range []string{dir, filepath.Join(dir, "fashionIQ_dataset")} {
		d, err := fashioniq.Open(place, "shirt")
		if err != nil {
			t.Fatal(err)
		}
		val, err := d.Split("shirt", "val")
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"978981366X", "B00A", "B00B"}; !slices.Equal(val.Gallery, want) {
			t.Errorf("gallery %q, want %q in file order", val.Gallery, want)
		}
		got := val.Triplets[0]
		if got.ID != "shirt-val-0" || got.Reference != "978981366X" || got.Target != "B00A" || got.Subset != nil ||
			!slices.Equal(got.Captions, []string{"", "is grey"}) {
			t.Errorf("triplet %+v", got)
		}
		test, err := d.Split("shirt", "test")
		if err != nil {
			t.Fatal(err)
		}
		if got := test.Triplets[0]; got.Target != "" || got.ID != "shirt-test-0" {
			t.Errorf("triplet %+v", got)
		}
		for name, want := range map[string]string{"978981366X": "jpg", "B00A": "png"} {
			if data, err := d.Image(name); err != nil || string(data) != want {
				t.Errorf("image %s: %q, %v", name, data, err)
			}
		}
		if missing := datasets.Missing(d, val.Gallery); !slices.Equal(missing, []string{"B00B"}) {
			t.Errorf("missing %q", missing)
		}
	}
}

func TestAnySetOfCategories(t *testing.T) {
	dir := datasetstest.Lay(t, quirks)
	for _, c := range []struct{ chosen, want []string }{
		{nil, []string{"dress", "shirt", "toptee"}},
		{[]string{"toptee", "dress"}, []string{"dress", "toptee"}},
	} {
		d, err := fashioniq.Open(dir, c.chosen...)
		if err != nil || !slices.Equal(d.Categories(), c.want) {
			t.Errorf("chose %q, got %q, %v", c.chosen, d.Categories(), err)
		}
	}
	_, err := fashioniq.Open(dir, "skirt")
	datasetstest.WantError(t, err, `"skirt"`, "dress, shirt, toptee")
	_, err = fashioniq.Open(dir, "dress", "dress")
	datasetstest.WantError(t, err, "twice")
	d, err := fashioniq.Open(dir, "dress")
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Split("shirt", "val")
	datasetstest.WantError(t, err, `"shirt"`, "dress")
	_, err = d.Split("dress", "test1")
	datasetstest.WantError(t, err, `"test1"`, "train, val, test")
	_, err = d.Split("dress", "val")
	datasetstest.WantError(t, err, "FashionIQ dress/val", "split.dress.val.json", "datasets/README.md")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap fs.ErrNotExist", err)
	}
}

func TestBadRecords(t *testing.T) {
	for _, c := range []struct{ record, want string }{
		{`{"target": "a", "captions": ["x", "y"]}`, `key "candidate" is missing`},
		{`{"candidate": "a", "captions": ["x", "y"]}`, `key "target" is missing`},
		{`{"candidate": "a", "target": "b"}`, `key "captions" is missing`},
		{`{"candidate": 7, "target": "b", "captions": ["x", "y"]}`, `key "candidate": found a number, want a string`},
		{`{"candidate": "a", "target": null, "captions": ["x", "y"]}`, `key "target": found null, want a string`},
		{`{"candidate": "a", "target": "b", "captions": "x"}`, `key "captions": found a string, want a list`},
		{`{"candidate": "a", "target": "b", "captions": ["x", {}]}`, `key "captions": element 1: found an object`},
		{`{"candidate": "a", "target": "b", "captions": ["x"]}`, `key "captions": found 1 captions, want 2`},
		{`{"candidate": "z", "target": "b", "captions": ["x", "y"]}`, `key "candidate": image "z" is not in the split`},
		{`{"candidate": "a", "target": "z", "captions": ["x", "y"]}`, `key "target": image "z" is not in the split`},
		{`{"candidate": "a", "target": "", "captions": ["x", "y"]}`, `key "target": image "" is not in the split`},
		{`"a"`, "found a string, want an object"},
	} {
		dir := datasetstest.Lay(t, map[string]string{
			"image_splits/split.dress.train.json": `["a", "b"]`,
			"captions/cap.dress.train.json":       `[{"candidate": "a", "target": "b", "captions": ["x", "y"]}, ` + c.record + `]`,
		})
		d, err := fashioniq.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Split("dress", "train")
		datasetstest.WantError(t, err, "FashionIQ dress/train", "cap.dress.train.json, record 1", c.want, "datasets/README.md")
	}
}

func TestBadImages(t *testing.T) {
	dir := datasetstest.Lay(t, quirks)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "fashionIQ_dataset/images/B00C.jpg")); err != nil {
		t.Fatal(err)
	}
	d, err := fashioniq.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"B00B":                        "images/B00B (.jpg, .png",
		"../image_splits/split.shirt": "leads out",
		"/etc/passwd":                 "absolute",
		"B00C":                        "escapes",
	} {
		_, err := d.Image(name)
		datasetstest.WantError(t, err, "FashionIQ image", want)
		if d.HasImage(name) {
			t.Errorf("has %q", name)
		}
	}
	if _, err := d.Image("B00B"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	_, err = fashioniq.Open(t.TempDir())
	datasetstest.WantError(t, err, "image_splits", "fashionIQ_dataset", "datasets/README.md")
}

// A folder of annotations alone opens; its pictures are missing.
func TestWithoutPictures(t *testing.T) {
	dir := datasetstest.Lay(t, map[string]string{"image_splits/split.dress.val.json": `["a"]`})
	d, err := fashioniq.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.HasImage("a") {
		t.Error("has a picture")
	}
	_, err = d.Image("a")
	datasetstest.WantError(t, err, "no folder", "images", "datasets/README.md")
}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{
		"image_splits/split.dress.val.json": `["B008BHCT58", "B003FGW7MK"]`,
		"captions/cap.dress.val.json":       `[{"candidate": "B003FGW7MK", "target": "B008BHCT58", "captions": ["is solid black", "and longer"]}]`,
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			panic(err)
		}
	}
	d, err := fashioniq.Open(dir, "dress")
	if err != nil {
		panic(err)
	}
	split, err := d.Split("dress", "val")
	if err != nil {
		panic(err)
	}
	for _, t := range split.Triplets {
		fmt.Printf("%s: %s + %q = %s\n", t.ID, t.Reference, t.Captions, t.Target)
	}
	// Output: dress-val-0: B003FGW7MK + ["is solid black" "and longer"] = B008BHCT58
}
