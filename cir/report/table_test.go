package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
)

// hostile has every kind of cell, and texts that want to break each format.
func hostile() Table {
	t := Table{Title: "R@10 | <b>", Columns: []string{"run", "R@10", "count"}, Notes: []string{"in percent"}}
	t.Add(Text("a|b*<i>\x1b[31m\nnew line"), Spread(43.494, 0.206, 2), Count(3))
	t.Add(Text(`"quoted", comma`), Number(math.NaN(), 2), Cell{})
	t.Add(Text("plain"), Number(7, 1), Count(12))
	return t
}

func written(t *testing.T, table Table, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := table.Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A buffer is no terminal: aligned columns, numbers flush right, one line a row, no escape sequence.
func TestPlainTable(t *testing.T) {
	want := `R@10 | <b>

run                            R@10  count
---------------------  ------------  -----
a|b*<i> [31m new line  43.49 ± 0.21      3
"quoted", comma                   –      –
plain                           7.0     12

in percent
`
	if got := written(t, hostile(), "terminal"); got != want {
		t.Errorf("plain table:\n%s\nwant\n%s", got, want)
	}
}

func TestMarkdownKeepsEachCharacterInItsCell(t *testing.T) {
	want := `### R@10 \| &lt;b&gt;

| run | R@10 | count |
| --- | ---: | ---: |
| a\|b\*&lt;i&gt; \[31m new line | 43.49 ± 0.21 | 3 |
| "quoted", comma | – | – |
| plain | 7.0 | 12 |

- in percent
`
	if got := written(t, hostile(), "markdown"); got != want {
		t.Errorf("Markdown:\n%s\nwant\n%s", got, want)
	}
}

// JSON and CSV keep what the others round or replace.
func TestJSONKeepsAllDigits(t *testing.T) {
	var back struct {
		Columns []string
		Rows    []map[string]any
	}
	if err := json.Unmarshal([]byte(written(t, hostile(), "json")), &back); err != nil {
		t.Fatal(err)
	}
	first := back.Rows[0]
	spread, ok := first["R@10"].(map[string]any)
	if !ok || spread["mean"] != 43.494 || spread["deviation"] != 0.206 || first["run"] != "a|b*<i>\x1b[31m\nnew line" {
		t.Errorf("first row %v", first)
	}
	if v, ok := back.Rows[1]["R@10"]; !ok || v != nil {
		t.Errorf("NaN became %v, want null", v)
	}
	if data, err := json.Marshal(Number(math.Inf(1), 2)); err != nil || string(data) != `"+Inf"` {
		t.Errorf("infinity became %s (error %v)", data, err)
	}
}

func TestCSVHasAColumnForDeviations(t *testing.T) {
	records, err := csv.NewReader(strings.NewReader(written(t, hostile(), "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"run", "R@10", "R@10 deviation", "count"},
		{"a|b*<i>\x1b[31m\nnew line", "43.494", "0.206", "3"},
		{`"quoted", comma`, "", "", ""},
		{"plain", "7", "", "12"},
	}
	for i, record := range records {
		if strings.Join(record, "¦") != strings.Join(want[i], "¦") {
			t.Errorf("record %d: %q, want %q", i, record, want[i])
		}
	}
}

func TestBadTablesAreRefused(t *testing.T) {
	short := hostile()
	short.Add(Text("x"))
	for _, c := range []struct {
		table Table
		want  string
	}{
		{short, "row 3: 1 cells for 3 columns"},
		{Table{Title: "T"}, "no columns"},
		{Table{Columns: []string{"a", "b", "a"}}, `two columns "a"`},
	} {
		for _, format := range Formats {
			if err := c.table.Write(io.Discard, format); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, want one with %q", format, err, c.want)
			}
		}
	}
	if err := hostile().Write(io.Discard, "xml"); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("format xml: error %v, want one that names the formats", err)
	}
}

// Upright where it fits, on its side where only that fits, plain where neither does; no text is lost.
func TestStyledTableFitsTheWindow(t *testing.T) {
	table := Table{Columns: []string{"run", "first metric", "second metric", "third metric", "fourth metric"}}
	table.Add(Text("stage II"), Number(1, 2), Number(2, 2), Number(3, 2), Number(4, 2))
	r := lipgloss.NewRenderer(io.Discard)
	for _, c := range []struct{ width, lines, most int }{{100, 5, 100}, {40, 8, 40}, {10, 3, 100}} {
		got := table.styled(r, c.width)
		if lines := strings.Count(got, "\n"); lines != c.lines || lipgloss.Width(got) > c.most {
			t.Errorf("window of %d: %d lines of %d, want %d lines of at most %d:\n%s", c.width, lines, lipgloss.Width(got), c.lines, c.most, got)
		}
		for _, text := range append([]string{"stage II", "4.00"}, table.Columns...) {
			if !strings.Contains(got, text) {
				t.Errorf("window of %d: %q is lost:\n%s", c.width, text, got)
			}
		}
	}
}
