package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"gocir/cir/report"
)

// A Report is what a run of the benchmark leaves.
type Report struct {
	Date    string            `json:"date"`
	About   map[string]string `json:"about"` // what the program was built with, and the machine
	Results []Result          `json:"results"`
}

// Table is a row for each comparison: ours, the others, and how far the goals are met.
func (r Report) Table() report.Table {
	table := report.Table{Columns: []string{"what", "in", "gocir", "others", "times as fast as", "memory, GiB"}}
	for _, result := range r.Results {
		own := "not measured"
		var others, memory, ratios []string
		for i, m := range result.Ways {
			value := result.value(m)
			if i == 0 {
				own = value
			} else {
				others = append(others, m.Way+" "+value)
			}
			if m.Peak > 0 && m.Way != pureGo.name {
				memory = append(memory, fmt.Sprintf("%s %.2g", m.Way, m.Peak/(1<<30)))
			}
		}
		for _, met := range result.Goals {
			ratios = append(ratios, met.text())
		}
		table.Add(report.Text(result.What), report.Text(result.Unit), report.Text(own), report.Text(strings.Join(others, ", ")),
			report.Text(strings.Join(ratios, "; ")), report.Text(strings.Join(memory, ", ")))
		if result.Note != "" {
			table.Notes = append(table.Notes, result.What+": "+result.Note+".")
		}
	}
	return table
}

func (m Met) text() string {
	switch goal := fmt.Sprintf("%s, goal %.3g", m.Against, m.Least); {
	case m.Ratio == 0:
		return "not measured: " + goal
	case m.Ratio < m.Least:
		return number(m.Ratio) + "× " + goal + ": missed"
	default:
		return number(m.Ratio) + "× " + goal
	}
}

// value is a side's median, in the row's unit.
func (r Result) value(m Measured) string {
	t := m.Median()
	switch {
	case m.Failed != "":
		return "failed"
	case t == 0:
		return "not measured"
	case r.Amount > 0:
		return number(r.Amount / t)
	case r.Amount < 0: // a unit of so many seconds
		return number(t / -r.Amount)
	}
	return number(t)
}

// number has three digits, and all those before the point.
func number(x float64) string {
	if x >= 1000 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// Line is a comparison in one line: every side's speed, and how far the goals are met.
func (r Result) Line() string {
	var sides []string
	for _, m := range r.Ways {
		sides = append(sides, m.Way+" "+r.value(m))
	}
	line := fmt.Sprintf("%s: %s (%s)", r.What, strings.Join(sides, ", "), r.Unit)
	for _, met := range r.Goals {
		line += "; " + met.text()
	}
	return line
}

// Agreement says in one line how many sides there are and whether their numbers are ours, without any speed.
func (r Result) Agreement() string {
	if err := r.faults(); err != nil {
		return err.Error()
	}
	if len(r.Ways) == 1 {
		return r.What + ": runs"
	}
	return fmt.Sprintf("%s: %d sides run and agree", r.What, len(r.Ways))
}

// JSON is the report for programs.
func (r Report) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the benchmark's report: %w", err)
	}
	return append(text, '\n'), nil
}

// ReadReport reads a report that JSON wrote.
func ReadReport(path string) (r Report, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, fmt.Errorf("reading the benchmark's report %s: %w", path, err)
	}
	return r, nil
}

// The lines of a Markdown file between which its table stands.
const (
	tableBegin = "<!-- cir bench: begin -->"
	tableEnd   = "<!-- cir bench: end -->"
)

// Markdown is the table with a line above it that says when and where it was measured.
func (r Report) Markdown() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s: %s, %s cores, %s.\n\n", r.Date, r.About["processor"], r.About["cores"], r.About["go"])
	err := r.Table().WriteMarkdown(&b)
	return b.String(), err
}

// Insert puts Markdown between the two lines of the file at path that mark its place.
func (r Report) Insert(path string) error {
	table, err := r.Markdown()
	if err != nil {
		return err
	}
	return report.Insert(path, tableBegin, tableEnd, table)
}
