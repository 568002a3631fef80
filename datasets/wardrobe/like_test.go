package wardrobe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/datasets/datasetstest"
)

var someAnnotations = map[string]string{
	"fashionIQ_dataset/image_splits/split.dress.val.json":  `["B001", "B002"]`,
	"fashionIQ_dataset/image_splits/split.toptee.val.json": `["B003", "B002"]`,
	"fashionIQ_dataset/image_splits/split.shirt.test.json": `["B004"]`,
	"fashionIQ_dataset/captions/cap.dress.val.json":        `[ {"target":"B001", "candidate":"B002", "captions":["", "is é"]}]`,
	"cirr_dataset/cirr/image_splits/split.rc2.val.json":    `{"dev-1-0-img0": "./dev/dev-1-0-img0.png"}`,
	"cirr_dataset/cirr/image_splits/split.rc2.train.json":  `{"train-1-0-img0": "./train/34/train-1-0-img0.png"}`,
	"cirr_dataset/LICENSE":                                 "MIT",
}

func TestDrawLike(t *testing.T) {
	annotations, dir, val := datasetstest.Lay(t, someAnnotations), t.TempDir(), t.TempDir()
	if err := DrawLike(t.Context(), annotations, dir, Options{}, nil); err != nil {
		t.Fatal(err)
	}
	for name, text := range someAnnotations {
		if got := string(mustRead(t, dir, name)); got != text {
			t.Errorf("%s became %q", name, got)
		}
	}
	for _, name := range []string{"images/B001.png", "images/B003.png", "images/B004.png"} {
		mustRead(t, dir, "fashionIQ_dataset/"+name)
	}
	mustRead(t, dir, "cirr_dataset/train/34/train-1-0-img0.png")
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if a, ok := w.Attributes("B003"); !ok || a["category"] != "toptee" || len(w.pictures) != 6 {
		t.Errorf("B003 is %v, %d pictures", a, len(w.pictures))
	}
	if err := DrawLike(t.Context(), annotations, val, Options{Splits: []string{"val"}}, nil); err != nil {
		t.Fatal(err)
	}
	if w, err = Open(val); err != nil || len(w.pictures) != 4 {
		t.Errorf("val: %v", err)
	}
	for _, p := range w.pictures {
		if string(mustRead(t, val, p.file)) != string(mustRead(t, dir, p.file)) {
			t.Errorf("%s depends on more than its name", p.name)
		}
	}
}

func TestDrawLikeRefuses(t *testing.T) {
	dress, scene := "fashionIQ_dataset/image_splits/split.dress.val.json", "cirr_dataset/cirr/image_splits/split.rc2.val.json"
	for _, c := range []struct{ file, text, want string }{
		{dress, `["../../etc/x"]`, "leads out of the folder"},
		{dress, `["a/b"]`, "cannot be a file name"},
		{dress, `["` + strings.Repeat("a", 253) + `"]`, "257 bytes"},
		{dress, `[""]`, "the name is empty"},
		{dress, `["B001", "B0`, "split.dress.val.json"},
		{dress, `{"a": "b"}`, "split.dress.val.json"},
		{scene, `{"a": "../a.png"}`, "leads out of the folder"},
		{scene, `{"a": "/a.png"}`, "an absolute path"},
		{scene, `{"a": "./cirr/captions/x.json"}`, "want a .png or .jpg"},
		{scene, `{"a": "dev/x.png", "b": "./dev/x.png"}`, "same file"},
		{"other.txt", "", "no split files"},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		err := DrawLike(t.Context(), datasetstest.Lay(t, map[string]string{c.file: c.text}), dir, Options{}, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.text, err, c.want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s left something", c.text)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	head := `{"wardrobe": {"format":1,"source":"drawn","options":{}}, "images": [`
	for _, c := range []struct{ text, want string }{
		{`{}`, "where a wardrobe has"},
		{`[`, "where a wardrobe has"},
		{head, "EOF"},
		{strings.Replace(head, `"format":1`, `"format":9`, 1), "format 9"},
		{head + `{"name":"x","dataset":"mnist"}]}`, `data set "mnist"`},
		{head + `{"name":"x","dataset":"cirr"}]}`, `attribute "place"`},
	} {
		_, err := Open(datasetstest.Lay(t, map[string]string{indexFile: c.text}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "draw one first") {
		t.Errorf("empty folder: %v", err)
	}
}
