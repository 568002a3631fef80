package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"gocir/cir/eval"
	"gocir/datasets"
	"gocir/torture"
)

// strangeNames are names of images and of submissions that mean something to a file system, a browser, a table or a
// terminal.
var strangeNames = []string{
	"", ".", "..", "../x", "../../etc/passwd", "/etc/passwd", "a/b", `a\b`, "a\x00b", "a\nb", "a\r\nb", "\x1b[2J\x1b]0;x\x07", "\u009b2J", "\x7f",
	strings.Repeat("x", 255), strings.Repeat("x", 4096), strings.Repeat("漢", 1365), "日本語", "кот", "قطة", "हिन्दी", "𝒳𐍈", "e\u0301", "💃🏽", "a\u202egnp",
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</title><script>", "javascript:alert(1)", "&lt;b&gt;", "{{.}}", "]]>", "<!--", "'", `"`,
	"a|b", "| - |", "`x`", "**x**", "[x](http://x)", "# x", "=1+1", "@x", "a,b", "a;b", "a\tb", "%s%n", "$(id)", "-rf", "con", "\ufeff", "\u2028",
}

// Names come out of files and pages as they went in, and do nothing there.
func TestTortureNames(t *testing.T) {
	tally := torture.Begin(t, "names with `..`, absolute, NUL, symbolic links out of the folder, 4,096 characters, other scripts",
		"refused with the name, or read as the file of that name; nothing outside of the folder is read or written")
	for i := 0; i < len(strangeNames); i += torture.Times(2, 1) {
		name := strangeNames[i]
		for what, problem := range map[string]func(string) error{"submission": submitted, "submission's name": submissionNamed, "page": onPage, "table": inTable} {
			tally.Tried()
			if err := problem(name); err != nil {
				tally.Lost("%s, name %.60q: %v", what, name, err)
			}
		}
	}
}

// submitted reads a submission of the name back.
func submitted(name string) error {
	o := eval.Outcome{Triplet: datasets.Triplet{ID: "7", Reference: "r"}, Top: []string{name}, SubsetTop: []string{name}}
	recall, subset, err := Submission([]eval.Outcome{o})
	if err != nil {
		return err
	}
	for _, data := range [][]byte{recall, subset} {
		var got map[string]any
		if err := json.Unmarshal(data, &got); err != nil {
			return err
		}
		if back := fmt.Sprint(got["7"]); back != "["+name+"]" {
			return fmt.Errorf("it is %.60q in the file", back)
		}
	}
	return nil
}

// submissionNamed writes a submission of that name: it is refused, or in its folder.
func submissionNamed(name string) error {
	base, err := os.MkdirTemp("", "names")
	if err != nil {
		return err
	}
	defer os.RemoveAll(base)
	dir := filepath.Join(base, "in")
	o := eval.Outcome{Triplet: datasets.Triplet{ID: "7"}, Top: []string{"a"}, SubsetTop: []string{"a"}}
	paths, refused := WriteSubmission(dir, name, []eval.Outcome{o})
	entries, err := os.ReadDir(base)
	if err != nil || len(entries) > 1 {
		return fmt.Errorf("%v lie beside the folder: %v", entries, err)
	}
	written, err := os.ReadDir(dir)
	switch {
	case refused != nil && os.IsNotExist(err):
		return nil
	case err != nil:
		return err
	case refused != nil && len(written) > 0:
		return fmt.Errorf("refused with %v, and %d files are left", refused, len(written))
	case refused == nil && len(written) != len(paths):
		return fmt.Errorf("%d files for %q", len(written), paths)
	}
	return nil
}

// onPage looks for the name on a page, wherever one has names.
func onPage(name string) error {
	table := Table{Title: name, Columns: []string{name, "x"}, Rows: [][]Cell{{Text(name), Count(1)}}, Notes: []string{name}}
	p := Page{
		Title: name, Summary: name, Facts: []Fact{{name, name}}, Notes: []string{name},
		Sections: []Section{{Title: name, Text: []string{name}, Tables: []Table{table}, Figures: []Figure{{Caption: name, Data: []byte("<svg></svg>")}}}},
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return err
	}
	text := b.String()
	for _, bad := range []string{"<script", "<img src=x", "onerror=alert(1)>"} {
		if strings.Contains(text, bad) {
			return fmt.Errorf("the page holds %q", bad)
		}
	}
	if shown := printable(name); !strings.Contains(html.UnescapeString(text), shown) {
		return fmt.Errorf("the page does not show %.60q", shown)
	}
	return nil
}

// inTable reads a table with the name back, in each format.
func inTable(name string) error {
	table := Table{Title: name, Columns: []string{"a", "b"}, Rows: [][]Cell{{Text(name), Count(1)}}, Notes: []string{name}}
	for _, format := range []string{"terminal", "markdown", "csv", "json"} {
		var b bytes.Buffer
		if err := table.Write(&b, format); err != nil {
			return err
		}
		if err := shows(format, b.String(), name); err != nil {
			return fmt.Errorf("%s: %w", format, err)
		}
	}
	return nil
}

// shows checks that people see no control characters, and that programs read the name.
func shows(format, text, name string) error {
	switch format {
	case "csv":
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 2 || rows[1][0] != strings.ReplaceAll(name, "\r\n", "\n") {
			return fmt.Errorf("the rows are %.100q, %w", rows, err)
		}
	case "json":
		var got any
		quoted, err := json.Marshal(name)
		if err := errors.Join(err, json.Unmarshal([]byte(text), &got)); err != nil {
			return err
		}
		if strings.Count(text, string(quoted)) < 3 {
			return fmt.Errorf("it lacks the name: %.100s", text)
		}
	default:
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
			return errors.New("it holds a control character")
		}
	}
	return nil
}
