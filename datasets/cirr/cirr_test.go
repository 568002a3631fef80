package cirr_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/datasets"
	"gocir/datasets/cirr"
	"gocir/datasets/datasetstest"
)

const (
	trainSplit = `{"train-1-0-img0": "./train/34/train-1-0-img0.png", "train-1-0-img1": "./train/4/train-1-0-img1.png"}`
	valSplit   = `{"d1": "./dev/d1.png", "d0": "./dev/d0.png", "d2": "./dev/d2.png", "d3": "./dev/d3.png", "d4": "./dev/d4.png", "d5": "./dev/d5.png", "d6": "./dev/d6.png"}`
	testSplit  = `{"t0": "./test1/t0.png", "t1": "./test1/t1.png", "t2": "./test1/t2.png", "t3": "./test1/t3.png", "t4": "./test1/t4.png", "t5": "./test1/t5.png"}`
	members    = `"img_set": {"id": 36, "members": ["d3", "d2", "d1", "d0", "d4", "d5"], "reference_rank": 2, "target_rank": 3}`
	valCap     = `[{"pairid": 12060, "reference": "d0", "target_hard": "d1", "target_soft": {"d1": 1.0}, "caption": "show three bottles", ` + members + `}]`
	testCap    = `[{"pairid": 27098, "reference": "t0", "caption": " ", "img_set": {"id": 1, "members": ["t5", "t4", "t3", "t2", "t1", "t0"], "reference_rank": 5}}]`
	trainCap   = `[{"pairid": 0, "reference": "train-1-0-img0", "target_hard": "train-1-0-img1", "target_soft": {}, "caption": "a", "img_set": {"id": 1, "members": ["train-1-0-img0"]}}]`
)

var annotations = map[string]string{
	"image_splits/split.rc2.train.json": trainSplit, "captions/cap.rc2.train.json": trainCap,
	"image_splits/split.rc2.val.json": valSplit, "captions/cap.rc2.val.json": valCap,
	"image_splits/split.rc2.test1.json": testSplit, "captions/cap.rc2.test1.json": testCap,
}

// lay lays annotations and pictures out below the given folders.
func lay(t *testing.T, annotationsAt, picturesAt string) string {
	t.Helper()
	files := make(map[string]string)
	for name, text := range annotations {
		files[annotationsAt+"/"+name] = text
	}
	for _, picture := range []string{"train/34/train-1-0-img0.png", "dev/d0.png", "test1/t0.png"} {
		files[picturesAt+"/"+picture] = filepath.Base(picture)
	}
	return datasetstest.Lay(t, files)
}

func TestEveryLayout(t *testing.T) {
	for _, c := range []struct{ annotations, pictures, open string }{
		{"cirr_dataset/cirr", "cirr_dataset", "."},
		{"cirr_dataset/cirr", "cirr_dataset", "cirr_dataset"},
		{"cirr_dataset/cirr", "cirr_dataset/img_raw", "."},
		{"cirr_dataset/cirr", "cirr_dataset/cirr/img_raw", "."},
		{"cirr", "cirr/img_raw", "."},
		{"cirr", "cirr/img_raw", "cirr"},
		{"cirr", "cirr", "."},
	} {
		d, err := cirr.Open(filepath.Join(lay(t, c.annotations, c.pictures), c.open))
		if err != nil {
			t.Fatal(c, err)
		}
		for name, want := range map[string]string{"train-1-0-img0": "train-1-0-img0.png", "d0": "d0.png", "t0": "t0.png"} {
			if data, err := d.Image(name); err != nil || string(data) != want {
				t.Errorf("%v: image %s: %q, %v", c, name, data, err)
			}
		}
		if missing := datasets.Missing(d, []string{"d0", "d1", "t0", "unheard-of"}); !slices.Equal(missing, []string{"d1", "unheard-of"}) {
			t.Errorf("%v: missing %q", c, missing)
		}
	}
}

func TestQuirksOfTheRealFiles(t *testing.T) {
	d, err := cirr.Open(lay(t, "cirr_dataset/cirr", "cirr_dataset"))
	if err != nil {
		t.Fatal(err)
	}
	val, err := d.Split("", "val")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"d1", "d0", "d2", "d3", "d4", "d5", "d6"}; !slices.Equal(val.Gallery, want) {
		t.Errorf("gallery %q, want %q in file order", val.Gallery, want)
	}
	got := val.Triplets[0]
	if got.ID != "12060" || got.Reference != "d0" || got.Target != "d1" || !slices.Equal(got.Captions, []string{"show three bottles"}) ||
		!slices.Equal(got.Subset, []string{"d3", "d2", "d1", "d0", "d4", "d5"}) {
		t.Errorf("triplet %+v", got)
	}
	test, err := d.Split("", "test1")
	if err != nil {
		t.Fatal(err)
	}
	if got := test.Triplets[0]; got.ID != "27098" || got.Target != "" || got.Captions[0] != " " || len(got.Subset) != cirr.SubsetSize {
		t.Errorf("triplet %+v", got)
	}
	train, err := d.Split("", "train")
	if err != nil || len(train.Triplets) != 1 {
		t.Error("training does not need six members:", err)
	}
}

func TestBadRecords(t *testing.T) {
	six := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(valCap[1 : len(valCap)-1])
	}
	for _, c := range []struct{ record, want string }{
		{six(`"pairid": 12060, `, ""), `record 1: key "pairid" is missing`},
		{six("12060", `"12060"`), `key "pairid": found a string "12060", want a whole number`},
		{six("12060", "1.5"), `key "pairid": found a number 1.5, want a whole number`},
		{six("12060", "7"), `(pair 7): key "pairid": the number is already in record 0`},
		{six(`"target_hard": "d1", `, ""), `(pair 12060): key "target_hard" is missing`},
		{six(`"caption": "show three bottles"`, `"caption": ["x"]`), `key "caption": found a list, want a string`},
		{six(members, `"img_set": {"id": 1}`), `key "img_set.members" is missing`},
		{six(members, `"img_set": []`), `key "img_set": found a list, want an object`},
		{six(`"id": 36`, `"id": 36, "id": 37`), `key "img_set": key "id" occurs twice`},
		{six(`, "d4", "d5"]`, `]`), `key "img_set.members": found 4 images, want 6`},
		{six(`"d4", "d5"]`, `"d5", "d5"]`), `key "img_set.members": image "d5" occurs twice`},
		{six(`"d4", "d5"]`, `"d4", "z"]`), `key "img_set.members": image "z" is not in the split`},
		{six(`"reference": "d0"`, `"reference": "d6"`), `the reference "d6" is not among them`},
		{six(`"target_hard": "d1"`, `"target_hard": "d6"`), `the target "d6" is not among them`},
		{six(`"reference": "d0"`, `"reference": "z"`), `key "reference": image "z" is not in the split`},
		{six(`"target_hard": "d1"`, `"target_hard": "z"`), `key "target_hard": image "z" is not in the split`},
	} {
		d, err := cirr.Open(datasetstest.Lay(t, map[string]string{
			"cirr/image_splits/split.rc2.val.json": valSplit,
			"cirr/captions/cap.rc2.val.json":       "[" + six("12060", "7") + ", " + c.record + "]",
		}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Split("", "val")
		datasetstest.WantError(t, err, "CIRR val", "cap.rc2.val.json, record 1", c.want, "datasets/README.md")
	}
}

func TestBadSplitsAndImages(t *testing.T) {
	dir := lay(t, "cirr", ".")
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "dev/d1.png")); err != nil {
		t.Fatal(err)
	}
	d, err := cirr.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"d1": "escapes", "d2": "dev/d2.png", "../x": "no split file names it"} {
		_, err := d.Image(name)
		datasetstest.WantError(t, err, "CIRR image "+name, want)
		if d.HasImage(name) {
			t.Errorf("has %q", name)
		}
	}
	_, err = d.Split("dress", "val")
	datasetstest.WantError(t, err, `"dress"`)
	_, err = d.Split("", "test")
	datasetstest.WantError(t, err, `"test"`, "train, val, test1")
	_, err = cirr.Open(t.TempDir())
	datasetstest.WantError(t, err, "image_splits", "cirr_dataset", "datasets/README.md")
	for path, want := range map[string]string{"../../etc/passwd": "leads out", "/etc/passwd": "absolute", "./dev/a\\u0000": "control"} {
		d, err := cirr.Open(datasetstest.Lay(t, map[string]string{"image_splits/split.rc2.val.json": `{"d0": "` + path + `"}`}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Gallery("", "val")
		datasetstest.WantError(t, err, "split.rc2.val.json, record 0", `"d0"`, want)
		_, err = d.Image("d0")
		datasetstest.WantError(t, err, want)
	}
}

// A broken or absent split file does not hide the pictures of the others.
func TestImagesOutliveABrokenSplit(t *testing.T) {
	d, err := cirr.Open(datasetstest.Lay(t, map[string]string{
		"image_splits/split.rc2.train.json": "{",
		"image_splits/split.rc2.val.json":   valSplit,
		"img_raw/dev/d0.png":                "d0",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if data, err := d.Image("d0"); err != nil || string(data) != "d0" {
		t.Errorf("%q, %v", data, err)
	}
	_, err = d.Image("d9")
	datasetstest.WantError(t, err, "no split file names it", "split.rc2.train.json: not JSON at byte 1")
	if _, err := d.Gallery("", "test1"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{"image_splits/split.rc2.val.json": valSplit, "captions/cap.rc2.val.json": valCap} {
		path := filepath.Join(dir, "cirr", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			panic(err)
		}
	}
	d, err := cirr.Open(dir)
	if err != nil {
		panic(err)
	}
	split, err := d.Split("", "val")
	if err != nil {
		panic(err)
	}
	for _, t := range split.Triplets {
		fmt.Printf("%s: %s + %q = %s, among %d\n", t.ID, t.Reference, t.Captions, t.Target, len(t.Subset))
	}
	// Output: 12060: d0 + ["show three bottles"] = d1, among 6
}
