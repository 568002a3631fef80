package notebooks_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The notebooks that there are, in the order in which they are read.
var titles = []string{"quickstart", "encoders", "stage-1", "stage-2", "evaluation", "ablations", "reproduce", "your-images"}

const (
	maxCellLines  = 20
	maxLineWidth  = 145 // columns, tabs being 4
	maxTotalBytes = 8 << 20
)

func TestAllNotebooksAreThere(t *testing.T) {
	all := committed(t)
	if len(all) != len(titles) {
		t.Fatalf("%d notebooks, want %d", len(all), len(titles))
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for i, n := range all {
		if want := fmt.Sprintf("%02d-%s.ipynb", i, titles[i]); n.Name != want {
			t.Errorf("notebook %d is %s, want %s", i, n.Name, want)
		}
		if row := regexp.MustCompile(`(?m)^\| \[` + n.Name + `\]\(` + n.Name + `\) \| .+ \| [0-9.]+ \|$`); !row.Match(readme) {
			t.Errorf("README.md has no line for %s: | [%s](%s) | purpose | minutes |", n.Name, n.Name, n.Name)
		}
		total += n.Bytes
	}
	if total > maxTotalBytes {
		t.Errorf("the notebooks have %d bytes, allowed are %d", total, maxTotalBytes)
	}
}

// Each notebook has the parts that a reader looks for: a question first, formulas, numbers that are its own, exercises.
func TestPartsOfANotebook(t *testing.T) {
	for _, n := range committed(t) {
		first := string(n.Cells[0].Source)
		if n.Cells[0].Type != "markdown" || !regexp.MustCompile(`^# \d\d · .+\n\n\*\*Question\.\*\* .+\?`).MatchString(first) {
			t.Errorf("%s does not begin with its number, title and question", n.Name)
		}
		if !strings.Contains(first, "$$") {
			t.Errorf("%s has no formula in its first cell", n.Name)
		}
		if !strings.Contains(first, "`make lab`") {
			t.Errorf("%s does not say what to do without the kernel", n.Name)
		}
		_, saw, found := strings.Cut(n.prose(), "\n## What we saw\n")
		saw, exercises, also := strings.Cut(saw, "\n## Exercises\n")
		if !found || !also {
			t.Errorf("%s lacks \"What we saw\" or \"Exercises\" after it", n.Name)
		}
		if !regexp.MustCompile(`\d`).MatchString(saw) {
			t.Errorf("%s: what we saw has no number", n.Name)
		}
		if got := len(regexp.MustCompile(`(?m)^\d\. `).FindAllString(exercises, -1)); got != 3 {
			t.Errorf("%s has %d exercises, want 3", n.Name, got)
		}
	}
}

// The first two code cells are the same everywhere, and no cell is longer than one takes in at a glance.
func TestCells(t *testing.T) {
	all := committed(t)
	for _, n := range all {
		for i := range 2 {
			if got, want := n.code()[i].Source, all[0].code()[i].Source; got != want {
				t.Errorf("%s: code cell %d differs from that of %s", n.Name, i, all[0].Name)
			}
		}
		for i, c := range n.code() {
			if lines := strings.Count(string(c.Source), "\n") + 1; i != 1 && lines > maxCellLines {
				t.Errorf("%s: code cell %d has %d lines, allowed are %d", n.Name, i, lines, maxCellLines)
			}
			for line := range strings.Lines(strings.ReplaceAll(string(c.Source), "\t", "    ")) {
				if utf8.RuneCountInString(line) > maxLineWidth {
					t.Errorf("%s: code cell %d has a line that is too wide for a page: %.40s…", n.Name, i, strings.TrimSpace(line))
				}
			}
			if i > 1 && strings.Contains(string(c.Source), "%%\n") && !strings.Contains(string(c.Source), "nb.") {
				t.Errorf("%s: code cell %d runs and neither shows nor checks anything", n.Name, i)
			}
		}
	}
}

// What is committed was executed as it stands: a cell that was changed, added or removed since, and an output that was
// edited, are found out.
func TestOutputsBelongToTheCode(t *testing.T) {
	for _, n := range committed(t) {
		if n.Metadata.Gocir.Code != n.codeDigest() {
			t.Errorf("%s: its code was changed after it was run: run `make notebooks`", n.Name)
		}
		if n.Metadata.Gocir.Outputs != n.outputsDigest() {
			t.Errorf("%s: its outputs are not those of its run: run `make notebooks`", n.Name)
		}
	}
}

// The outputs can be read without running anything, and say nothing of the machine that made them.
func TestOutputsAreSelfContained(t *testing.T) {
	private := regexp.MustCompile(`/(home|root|tmp|work|Users)/\S+|https?://(127\.0\.0\.1|localhost)`)
	for _, n := range committed(t) {
		for i, c := range n.code() {
			for _, o := range c.Outputs {
				if o.Type == "error" || o.Name == "stderr" {
					t.Errorf("%s: code cell %d has an error among its outputs: %.80s", n.Name, i, o.Text)
				}
				all := string(o.Text)
				for _, kind := range o.kinds() {
					if kind != "image/png" {
						all += string(o.Data[kind])
					}
				}
				if strings.Contains(all, "<script") || private.MatchString(all) {
					t.Errorf("%s: code cell %d has a script or a path of this machine in its output: %q", n.Name, i, private.FindString(all))
				}
			}
		}
		checkOutputs(t, n)
	}
}
