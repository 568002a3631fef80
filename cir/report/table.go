package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A Table is rows of cells under named columns.
type Table struct {
	Title   string
	Columns []string // unique names
	Rows    [][]Cell // each as long as Columns
	Notes   []string // below the table: the protocol, what was left out
}

// Formats are the names that Write takes.
var Formats = []string{"terminal", "markdown", "json", "csv"}

// Add appends a row. Its length is checked when the table is written.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// Validate reports a table without columns, a column name that comes twice, and a row that is too short or too long.
func (t Table) Validate() error {
	if len(t.Columns) == 0 {
		return fmt.Errorf("table %q has no columns", t.Title)
	}
	for i, name := range t.Columns {
		if slices.Contains(t.Columns[:i], name) {
			return fmt.Errorf("table %q has two columns %q", t.Title, name)
		}
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table %q, row %d: %d cells for %d columns", t.Title, i, len(row), len(t.Columns))
		}
	}
	return nil
}

// Write writes the table in one of Formats.
func (t Table) Write(w io.Writer, format string) error {
	switch format {
	case "terminal":
		return t.WriteTerminal(w)
	case "markdown":
		return t.WriteMarkdown(w)
	case "json":
		return t.WriteJSON(w)
	case "csv":
		return t.WriteCSV(w)
	}
	return fmt.Errorf("no table format %q: choose one of %s", format, strings.Join(Formats, ", "))
}

// WriteMarkdown writes a GitHub table, the title above it as a heading, the notes below as a list.
func (t Table) WriteMarkdown(w io.Writer) error {
	if err := t.Validate(); err != nil {
		return err
	}
	var b strings.Builder
	if t.Title != "" {
		fmt.Fprintf(&b, "### %s\n\n", escapeMarkdown(t.Title))
	}
	b.WriteString("|")
	for _, name := range t.Columns {
		fmt.Fprintf(&b, " %s |", escapeMarkdown(name))
	}
	b.WriteString("\n|")
	for column := range t.Columns {
		b.WriteString(map[bool]string{true: " ---: |", false: " --- |"}[t.isNumeric(column)])
	}
	b.WriteString("\n")
	for _, row := range t.Rows {
		b.WriteString("|")
		for _, cell := range row {
			fmt.Fprintf(&b, " %s |", escapeMarkdown(cell.String()))
		}
		b.WriteString("\n")
	}
	for i, note := range t.Notes {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- %s\n", escapeMarkdown(note))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// escapeMarkdown keeps text on its line and in its cell, and shows each character as itself.
func escapeMarkdown(s string) string {
	return strings.NewReplacer(
		`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "~", `\~`,
	).Replace(printable(s))
}

// WriteJSON writes {"title", "columns", "rows", "notes"}: each row is an object, column name to value.
func (t Table) WriteJSON(w io.Writer) error {
	if err := t.Validate(); err != nil {
		return err
	}
	rows := make([]map[string]Cell, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = make(map[string]Cell, len(row))
		for column, cell := range row {
			rows[i][t.Columns[column]] = cell
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Title   string            `json:"title"`
		Columns []string          `json:"columns"`
		Rows    []map[string]Cell `json:"rows"`
		Notes   []string          `json:"notes,omitempty"`
	}{t.Title, t.Columns, rows, t.Notes})
}

// WriteCSV writes a header and the rows, numbers with all their digits. A column with a standard deviation somewhere
// is followed by a second one, named "… deviation". Title and notes are left out.
func (t Table) WriteCSV(w io.Writer) error {
	if err := t.Validate(); err != nil {
		return err
	}
	records := make([][]string, 1+len(t.Rows))
	for column, name := range t.Columns {
		spreads := t.any(column, func(c Cell) bool { return c.kind == spread })
		records[0] = append(records[0], name)
		if spreads {
			records[0] = append(records[0], name+" deviation")
		}
		for i, row := range t.Rows {
			records[i+1] = append(records[i+1], row[column].plain())
			if spreads {
				records[i+1] = append(records[i+1], row[column].plainDeviation())
			}
		}
	}
	return csv.NewWriter(w).WriteAll(records)
}

func (c Cell) plainDeviation() string {
	if c.kind != spread {
		return ""
	}
	return strconv.FormatFloat(c.deviation, 'g', -1, 64)
}

// any reports whether a cell of the column is as asked.
func (t Table) any(column int, is func(Cell) bool) bool {
	return slices.ContainsFunc(t.Rows, func(row []Cell) bool { return is(row[column]) })
}

// isNumeric reports whether a column has numbers and no words; it is set flush right.
func (t Table) isNumeric(column int) bool {
	return !t.any(column, func(c Cell) bool { return c.kind == textual }) && t.any(column, func(c Cell) bool { return c.kind != empty })
}
