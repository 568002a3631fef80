package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/cir/preprocess"
)

// files of the drawn data set that tests damage
const (
	dressSplit    = "fashionIQ_dataset/image_splits/split.dress.val.json"
	dressCaptions = "fashionIQ_dataset/captions/cap.dress.val.json"
	cirrSplit     = "cirr_dataset/cirr/image_splits/split.rc2.val.json"
	cirrCaptions  = "cirr_dataset/cirr/captions/cap.rc2.val.json"
	cirrPicture   = "cirr_dataset/dev/dev-0-1-img0.png"
)

// replace changes the first of one text to another.
func replace(from, to string) func([]byte) []byte {
	return func(data []byte) []byte { return bytes.Replace(data, []byte(from), []byte(to), 1) }
}

// cut keeps the first half.
func cut(data []byte) []byte { return data[:len(data)/2] }

// become puts something else in the place of a file.
func become(text string) func([]byte) []byte { return func([]byte) []byte { return []byte(text) } }

// hugeHeader is a PNG file that says it is 40,000 pixels wide and high, and ends.
func hugeHeader([]byte) []byte {
	chunk := []byte("IHDR")
	chunk = binary.BigEndian.AppendUint32(chunk, 40_000)
	chunk = binary.BigEndian.AppendUint32(chunk, 40_000)
	chunk = append(chunk, 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
}

// twice repeats the first name of a list.
func twice(data []byte) []byte {
	parts := strings.SplitN(string(data), `"`, 3)
	return []byte(parts[0] + `"` + parts[1] + `", "` + parts[1] + `"` + parts[2])
}

// badData are a file of a data set, what happens to it, and what the message about it must say. A nil change removes it.
var badData = []struct {
	name, file string
	change     func([]byte) []byte
	want       []string
}{
	{"missing image", cirrPicture, nil, []string{"dev-0-1-img0", "images are missing", "-skip-missing"}},
	{"truncated image", cirrPicture, cut, []string{"dev-0-1-img0", "-skip-missing"}},
	{"no image at all", cirrPicture, become("hello"), []string{"dev-0-1-img0", "-skip-missing"}},
	{"image of 40,000 × 40,000 pixels", cirrPicture, hugeHeader, []string{"dev-0-1-img0", "40000", "178956970", "-max-pixels"}},
	{"path that leaves the folder", cirrSplit, replace("./dev/dev-0-1-img0.png", "../../secret.png"), []string{"split.rc2.val.json", "../../secret.png"}},
	{"absolute path", cirrSplit, replace("./dev/dev-0-1-img0.png", "/etc/passwd"), []string{"split.rc2.val.json", "/etc/passwd"}},
	{"name that leaves the folder", dressSplit, become(`["../../secret"]`), []string{"split.dress.val.json", "../../secret"}},
	{"JSON cut in the middle", cirrCaptions, cut, []string{"cap.rc2.val.json"}},
	{"split cut in the middle", dressSplit, cut, []string{"split.dress.val.json"}},
	{"number for a caption", cirrCaptions, replace(`"caption": "`, `"caption": 7, "was": "`), []string{"cap.rc2.val.json", "caption"}},
	{"text for captions", dressCaptions, replace(`"captions": [`, `"captions": "none", "were": [`), []string{"cap.dress.val.json", "captions"}},
	{"object for a list", dressSplit, become(`{}`), []string{"split.dress.val.json"}},
	{"reference that is not in the split", cirrCaptions, replace(`"reference": "dev-`, `"reference": "gone-`), []string{"cap.rc2.val.json", "gone-"}},
	{"name that comes twice", dressSplit, twice, []string{"split.dress.val.json", "already in record 0"}},
	{"empty split", dressSplit, become(`[]`), []string{"split.dress.val.json"}},
	{"no triplets", cirrCaptions, become(`[]`), []string{"cap.rc2.val.json"}},
	{"no captions file", cirrCaptions, nil, []string{"cap.rc2.val.json", "README"}},
}

// A damaged data set is refused with a message that names the file, and nothing is written.
func TestBadData(t *testing.T) {
	for _, c := range badData {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			damage(t, dir, c.file, c.change)
			dataset := "cirr"
			if strings.HasPrefix(c.file, "fashion") {
				dataset = "fashioniq"
			}
			use := with(model, "-data", "w", "-cache", "none", "-max-length", "40")
			refuses(t, dir, append([]string{"eval", "-dataset", dataset, "-out", "out"}, use...), failed, c.want...)
		})
	}
}

// damage copies the shared data set into dir/w and changes a file of it.
func damage(t *testing.T, dir, file string, change func([]byte) []byte) {
	t.Helper()
	if err := os.CopyFS(filepath.Join(dir, "w"), os.DirFS(filepath.Join(shared, "w"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "w", filepath.FromSlash(file))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if change == nil {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	changed := change(slices.Clone(data))
	if bytes.Equal(changed, data) {
		t.Fatalf("%s was not changed", file)
	}
	if err := os.WriteFile(path, changed, 0o644); err != nil {
		t.Fatal(err)
	}
}

// refuses runs a command that must fail with these words, and must leave the folder as it was.
func refuses(t *testing.T, dir string, args []string, exit int, words ...string) {
	t.Helper()
	before := files(t, dir)
	o := runIn(t, dir, args...)
	o.want(t, exit, words...)
	if after := files(t, dir); !slices.Equal(before, after) {
		t.Errorf("files before: %d, after: %d; last: %s", len(before), len(after), after[len(after)-1])
	}
	if !strings.Contains("\n"+o.stderr, "\ncir") {
		t.Errorf("no line begins with the command: %s", o.stderr)
	}
	if lines := strings.Count(o.stderr, "\n"); lines > 10 {
		t.Errorf("the message has %d lines:\n%s", lines, o.stderr)
	}
}

// With -skip-missing the rest is measured, and the table says how many queries were left out.
func TestSkipMissing(t *testing.T) {
	dir := t.TempDir()
	gone := ""
	damage(t, dir, dressSplit, func(data []byte) []byte {
		gone = strings.Split(string(data), `"`)[1]
		return append(data, '\n')
	})
	for _, extension := range []string{".png", ".jpg"} {
		os.Remove(filepath.Join(dir, "w/fashionIQ_dataset/images", gone+extension))
	}
	use := with(model, "-data", "w", "-dataset", "fashioniq")
	runIn(t, dir, append([]string{"eval"}, use...)...).want(t, failed, gone)
	runIn(t, dir, append([]string{"eval", "-skip-missing"}, use...)...).want(t, 0, "left out for want of a picture", "dress-val-")
	runIn(t, dir, "data", "check", "-dataset", "fashioniq", "-data", "w").want(t, failed, gone, "not whole")
	runIn(t, dir, "data", "check", "-dataset", "cirr", "-data", "w", "-format", "json").want(t, 0, `"dataset": "cirr"`)
}

// The largest picture is what -max-pixels says, and what package preprocess has otherwise.
func TestMaxPixels(t *testing.T) {
	dir := t.TempDir()
	use := with(model, "-data", "@w", "-dataset", "cirr", "-cache", "none")
	runIn(t, dir, append([]string{"eval", "-max-pixels", "500"}, use...)...).want(t, failed, "500 are allowed", "-max-pixels N", "-skip-missing")
	runIn(t, dir, append([]string{"eval", "-max-pixels", "0"}, use...)...).want(t, misused, "-max-pixels must be positive")
	runIn(t, dir, "help", "eval").want(t, 0, fmt.Sprintf("default: %d", preprocess.DefaultMaxPixels))
}
