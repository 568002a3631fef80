package datasets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/datasets"
	"gocir/datasets/datasetstest"
)

func open(t *testing.T, files map[string]string) *datasets.Folder {
	t.Helper()
	folder, err := datasets.OpenFolder(datasetstest.Lay(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestRecordsAreReadInOrder(t *testing.T) {
	folder := open(t, map[string]string{"a.json": ` [{"b": "x\u00e9", "a": ["1", ""], "in": {"n" : -7 }}, {"b":"y"} ]` + "\n"})
	records, err := folder.Records("a.json")
	if err != nil || len(records) != 2 {
		t.Fatal(len(records), err)
	}
	first := records[0]
	if b, a, n := first.Text("b"), first.Texts("a"), first.Record("in").Whole("n"); b != "xé" || !slices.Equal(a, []string{"1", ""}) || n != -7 {
		t.Errorf("read %q, %q, %d", b, a, n)
	}
	if !first.Has("in") || first.Has("n") || first.Err() != nil {
		t.Error("keys", first.Err())
	}
	if got := records[1].Record("in").Texts("members"); got != nil {
		t.Errorf("a missing record gave %q", got)
	}
	datasetstest.WantError(t, records[1].Err(), `key "in" is missing`)
}

func TestErrorsInsideARecordNameTheWholeKey(t *testing.T) {
	folder := open(t, map[string]string{"a.json": `[{"in": {"members": ["x", 3]}}]`})
	records, err := folder.Records("a.json")
	if err != nil {
		t.Fatal(err)
	}
	records[0].Record("in").Texts("members")
	datasetstest.WantError(t, records[0].Err(), `key "in.members": element 1: found a number, want a string`)
}

func TestDamagedAnnotationFiles(t *testing.T) {
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "not JSON at byte 0 of 0 (line 1)"},
		{"cut", "[\n{\"a\": \"b", "not JSON at byte 10 of 10 (line 2): unexpected end of JSON input"},
		{"two values", "[{}] []", "not JSON at byte 6"},
		{"NaN", `[{"a": NaN}]`, "not JSON at byte 8 of 12 (line 1): invalid character 'N'"},
		{"byte order mark", "\xef\xbb\xbf[{}]", "byte order mark"},
		{"UTF-16", "\xff\xfe[\x00]\x00", "not UTF-8"},
		{"Latin-1", "[\"\xe9\"]", "not UTF-8"},
		{"deep", deep, "exceeded max depth"},
		{"web page", "<!DOCTYPE html>", "invalid character '<'"},
		{"null", "null", "found null, want a list"},
		{"object", `{"a": []}`, "found an object, want a list"},
		{"empty list", "[ ]", "the list is empty"},
		{"list in list", `[{}, []]`, "record 1: found a list, want an object"},
		{"twice", `[{"a": 1, "b": 2, "a": 3}]`, `record 0: key "a" occurs twice`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := open(t, map[string]string{"a.json": c.text}).Records("a.json")
			datasetstest.WantError(t, err, "a.json", c.want)
		})
	}
}

func TestHugeAndAbsentFilesAreNotRead(t *testing.T) {
	folder := open(t, map[string]string{"huge.json": "["})
	if err := os.Truncate(folder.Path("huge.json"), 1<<30); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"huge.json": "1073741824 bytes", ".": "not a regular file"} {
		_, err := folder.Records(file)
		datasetstest.WantError(t, err, folder.Path(file), want)
	}
	if _, err := folder.Names("absent.json"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := datasets.OpenFolder(folder.Path("nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestNoFileOutsideTheFolderIsRead(t *testing.T) {
	folder := open(t, nil)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, folder.Path("link")); err != nil {
		t.Fatal(err)
	}
	up, err := filepath.Rel(folder.Path("."), secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", up, secret, "x/../../y"} {
		if data, err := folder.Read(name); err == nil {
			t.Errorf("read %q through %q", data, name)
		}
		if folder.Has(name) {
			t.Errorf("has %q", name)
		}
	}
}

func TestNamesThatNoImageMayHave(t *testing.T) {
	for name, want := range map[string]string{
		"":                       "empty",
		"../../etc/passwd":       "leads out",
		"a/../../b":              "leads out",
		"a/../b":                 "leads out",
		"/etc/passwd":            "absolute",
		"./.":                    "the folder itself",
		`..\..\x`:                "backslash",
		"a\x00b":                 "control",
		"a\nb":                   "control",
		"a\xffb":                 "UTF-8",
		strings.Repeat("x", 300): "300 bytes",
	} {
		datasetstest.WantError(t, datasets.CheckName(name), want)
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "a\xffb" { // JSON can't say it
			continue
		}
		_, err = open(t, map[string]string{"a.json": `["fine", ` + string(quoted) + `]`}).Names("a.json")
		datasetstest.WantError(t, err, "a.json, record 1", want)
		_, _, err = open(t, map[string]string{"a.json": `{"fine": ` + string(quoted) + `}`}).Paths("a.json")
		datasetstest.WantError(t, err, `a.json, record 0, key "fine"`, want)
	}
	for _, name := range []string{"B008BHCT58", "./train/34/train-1-0-img0.png", "a..b", "ü 漢"} {
		if err := datasets.CheckName(name); err != nil {
			t.Error(err)
		}
	}
}

func TestNamesOccurOnce(t *testing.T) {
	for text, want := range map[string]string{
		`["a", "b", "a"]`:  `record 2: "a" is already in record 0`,
		`["Ab", "x","aB"]`: `record 2: "aB" is already in record 0 (upper and lower case are one)`,
		`["a", null]`:      "record 1: found null, want a string",
		`[]`:               "the list is empty",
	} {
		_, err := open(t, map[string]string{"a.json": text}).Names("a.json")
		datasetstest.WantError(t, err, want)
	}
	for text, want := range map[string]string{
		`{"a": "x", "b": "y", "a": "z"}`: `key "a" occurs twice`,
		`{"a": "x", "A": "y"}`:           `record 1: "A" is already in record 0`,
		`{"a": "x", "b": 3}`:             `record 1: key "b": found a number, want a string`,
		`{"a": "x", "../b": "y"}`:        "record 1: \"../b\" leads out",
		`{}`:                             "no entries",
		`[]`:                             "found a list, want an object",
	} {
		_, _, err := open(t, map[string]string{"a.json": text}).Paths("a.json")
		datasetstest.WantError(t, err, want)
	}
}

// Random damage gives an error or a value, and never a panic: 2,000 mutations, of which most must be found.
func TestMutations(t *testing.T) {
	const good = `[{"pairid": 12, "reference": "a", "caption": "é and b", "img_set": {"members": ["a", "b"]}}]`
	random, found := rand.New(rand.NewPCG(1, 2)), 0
	folder := open(t, nil)
	for range 2000 {
		text := []byte(good)
		switch at := random.IntN(len(text)); random.IntN(3) {
		case 0:
			text = text[:at]
		case 1:
			text[at] ^= byte(1 + random.IntN(255))
		default:
			text = slices.Insert(text, at, text[random.IntN(len(text))])
		}
		if err := os.WriteFile(folder.Path("a.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		if records, err := folder.Records("a.json"); err != nil {
			found++
		} else {
			r := records[0]
			r.Whole("pairid")
			r.Texts("caption")
			r.Record("img_set").Texts("members")
			if r.Err() == nil {
				t.Fatalf("%s: the caption is no list", text)
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d of 2000 damaged files were refused", found)
	}
}

func ExampleFolder_Records() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "captions.json")
	if err := os.WriteFile(file, []byte(`[{"reference": "a", "caption": "is longer"}, {"reference": 7}]`), 0o644); err != nil {
		panic(err)
	}
	folder, err := datasets.OpenFolder(dir)
	if err != nil {
		panic(err)
	}
	records, err := folder.Records("captions.json")
	if err != nil {
		panic(err)
	}
	for _, r := range records {
		fmt.Printf("%q %q %v\n", r.Text("reference"), r.Text("caption"), r.Err())
	}
	// Output:
	// "a" "is longer" <nil>
	// "" "" key "reference": found a number, want a string
}
