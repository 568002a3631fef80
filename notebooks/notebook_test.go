// Package notebooks_test has the tests of the notebooks in this folder; README.md lists them. What their cells share is in
// package nb.
package notebooks_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A notebook is a file as Jupyter writes it, as far as tests read it.
type notebook struct {
	Name  string
	Bytes int
	Cells []cell

	Metadata struct {
		Gocir struct{ Code, Outputs string } // digests of what was executed and what came out
	}
}

type cell struct {
	Type    string `json:"cell_type"`
	Source  text
	Outputs []output
}

type output struct {
	Type string `json:"output_type"`
	Name string // of a stream
	Text text   // of a stream
	Data map[string]text
}

// A text is a string, or a list of lines, as Jupyter likes to write it.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var lines []string
	if err := json.Unmarshal(data, &lines); err == nil {
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

func read(t *testing.T, path string) notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := notebook{Name: filepath.Base(path), Bytes: len(data)}
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}

// committed are the notebooks of this folder.
func committed(t *testing.T) []notebook {
	t.Helper()
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks (%v)", err)
	}
	var all []notebook
	for _, path := range paths {
		all = append(all, read(t, path))
	}
	return all
}

func (n notebook) code() (cells []cell) {
	return slices.DeleteFunc(slices.Clone(n.Cells), func(c cell) bool { return c.Type != "code" })
}

func (n notebook) prose() string {
	var all strings.Builder
	for _, c := range n.Cells {
		if c.Type == "markdown" {
			all.WriteString(string(c.Source) + "\n\n")
		}
	}
	return all.String()
}

// codeDigest and outputsDigest are run.py's: each part is followed by a zero byte.
func (n notebook) codeDigest() string {
	var parts []string
	for _, c := range n.code() {
		parts = append(parts, string(c.Source))
	}
	return digest(parts)
}

func (n notebook) outputsDigest() string {
	var parts []string
	for _, c := range n.code() {
		for _, o := range c.Outputs {
			if o.Type == "stream" {
				parts = append(parts, o.Name+string(o.Text))
			}
			for _, kind := range o.kinds() {
				parts = append(parts, kind+string(o.Data[kind]))
			}
		}
	}
	return digest(parts)
}

func digest(parts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(append(parts, ""), "\x00")))
	return hex.EncodeToString(sum[:])
}

// kinds are the media types of a display, sorted.
func (o output) kinds() []string {
	var kinds []string
	for kind := range o.Data {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}
