package datasets_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/datasets"
	"gocir/datasets/datasetstest"
	"gocir/torture"
)

// Annotation files that are not, or that hold as much as a file can, for their size.
var annotationSeeds = []string{
	``, `[]`, `{}`, `null`, `[{}]`, `{"a": "x"}`, `["a", "b"]`, `[{"a": "b", "c": ["d", 1], "e": {"f": 2}}]`,
	`[{"a": "\ud800", "\u0061": 1e999}]`, "\ufeff[]", "[\"\xff\"]", `{"a": "../x"}`, `["/x", "x"]`, `[{"a": {"a": {"a": 1}}}]`,
	strings.Repeat("[", 300), `[` + strings.Repeat(`{},`, 200) + `{}]`, `[` + strings.Repeat(`1,`, 300) + `1]`, `["` + strings.Repeat("a", 600) + `"]`,
}

// Whatever an annotation file holds, there are records, names and paths that can be used, or an error that names it, and
// memory in proportion to the file.
func FuzzAnnotations(f *testing.F) {
	for _, text := range annotationSeeds {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	folder, err := datasets.OpenFolder(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, "a.json"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := torture.Within(uint64(1<<20+500*len(data)), 5*time.Second, func() { readAll(t, folder) }); err != nil {
			t.Error(err)
		}
	})
}

func readAll(t *testing.T, folder *datasets.Folder) {
	named := func(err error) {
		if err != nil && !strings.Contains(err.Error(), "a.json") {
			t.Errorf("the error %q does not name the file", err)
		}
	}
	records, err := folder.Records("a.json")
	named(err)
	for _, r := range records {
		r.Text("a")
		r.Texts("c")
		r.Record("e").Whole("f")
		if r.Err() == nil && (!r.Has("a") || !r.Has("c") || !r.Has("e")) {
			t.Error("a key that is not there was read")
		}
	}
	names, err := folder.Names("a.json")
	named(err)
	keys, paths, err := folder.Paths("a.json")
	named(err)
	for _, name := range append(names, keys...) {
		if err := datasets.CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, path := range paths {
		if err := datasets.CheckName(path); err != nil {
			t.Error(err)
		}
	}
}

// A file of commas and little else is refused before its elements have taken many times its memory.
func TestManyElements(t *testing.T) {
	files := map[string]string{
		"[" + strings.Repeat("1,", 3*datasets.MaxElements) + "1]":   "more than 524288 elements",
		"[" + strings.Repeat("{},", 2*datasets.MaxElements) + "{}]": "more than 524288 elements",
	}
	if torture.Times(0, 1) > 0 { // it takes half a gigabyte
		files[manyKeys(1<<12)] = "more than 4194304 keys"
	}
	for text, want := range files {
		folder := open(t, map[string]string{"a.json": text})
		var err error
		if over := torture.Within(2<<30, time.Minute, func() { _, err = folder.Records("a.json") }); over != nil {
			t.Error(over)
		}
		datasetstest.WantError(t, err, "a.json", want)
	}
}

// manyKeys is a list of objects of n keys each, 5 million in all.
func manyKeys(n int) string {
	var object strings.Builder
	for i := range n {
		object.WriteString(`,"` + string(rune('a'+i%26)) + string(rune(0x4e00+i)) + `":1`)
	}
	return "[" + strings.Repeat("{"+object.String()[1:]+"},", 5_000_000/n) + "{}]"
}
