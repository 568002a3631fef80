package report

import (
	"fmt"
	"slices"

	"gocir/cir/eval"
)

// A Measured is one row of a results table: one recipe, or published numbers, with a result per seed.
type Measured struct {
	Name string
	Runs []eval.Result
}

// Results is the table of results under one protocol, which its notes describe. Several runs of a row are shown as
// their mean and standard deviation. A metric that a row lacks, as published results do, is an empty cell.
func Results(title string, rows ...Measured) (Table, error) {
	var columns []column
	for _, row := range rows {
		if len(row.Runs) == 0 {
			return Table{}, fmt.Errorf("results table %q: %s has no result", title, row.Name)
		}
		for _, run := range row.Runs {
			if run.Protocol != rows[0].Runs[0].Protocol {
				return Table{}, fmt.Errorf("results table %q: numbers of the protocols %s and %s can't stand in one table", title, rows[0].Runs[0].Protocol, run.Protocol)
			}
			if run.Split != row.Runs[0].Split {
				return Table{}, fmt.Errorf("results table %q: the runs of %s are of the splits %s and %s", title, row.Name, row.Runs[0].Split, run.Split)
			}
			columns = addColumns(columns, run)
		}
	}
	if len(columns) == 0 {
		return Table{}, fmt.Errorf("results table %q: nothing was measured", title)
	}
	t := Table{Title: title, Columns: []string{"run", "split"}}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.title())
	}
	for _, row := range rows {
		cells := []Cell{Text(row.Name), Text(row.Runs[0].Split)}
		for _, c := range columns {
			cells = append(cells, c.cell(row.Runs))
		}
		t.Add(cells...)
	}
	t.Notes = notes(rows)
	return t, nil
}

// A column is a metric of a category, or over all.
type column struct{ category, metric string }

func (c column) title() string {
	if c.category == "" {
		return c.metric
	}
	return c.category + " " + c.metric
}

// addColumns adds what a result has, the categories first.
func addColumns(columns []column, r eval.Result) []column {
	for _, c := range r.Categories {
		columns = addColumns(columns, c)
	}
	for _, m := range r.Metrics {
		if c := (column{r.Category, m.Name}); !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// cell is the column's number over a row's runs; empty unless all of them have it.
func (c column) cell(runs []eval.Result) Cell {
	var found []eval.Result
	for _, run := range runs {
		for _, r := range append([]eval.Result{run}, run.Categories...) {
			if value, ok := r.Metric(c.metric); ok && r.Category == c.category {
				found = append(found, eval.Result{Metrics: []eval.Metric{{Name: c.metric, Value: value}}})
			}
		}
	}
	if len(found) != len(runs) {
		return Cell{}
	}
	summary, err := eval.Summarize(found...)
	if err != nil {
		return Cell{}
	}
	if len(runs) == 1 {
		return Number(summary[0].Mean, 2)
	}
	return Spread(summary[0].Mean, summary[0].Deviation, 2)
}

// notes say what the numbers mean: the protocol, the sizes, the ties, what was left out.
func notes(rows []Measured) []string {
	protocol := rows[0].Runs[0].Protocol
	out := []string{fmt.Sprintf("Recalls in percent. Protocol %s: %s.", protocol, protocol.Describe())}
	for _, row := range rows {
		r := row.Runs[0]
		if r.Queries == 0 {
			continue // published: the sizes are not ours to tell
		}
		note := fmt.Sprintf("%s: %d queries, %d gallery images, %d with a tied target", row.Name, r.Queries, r.Gallery, r.Ties)
		if len(r.LeftOut) > 0 {
			note += fmt.Sprintf(", %d left out for want of a picture", len(r.LeftOut))
		}
		if n := len(row.Runs); n > 1 {
			note += fmt.Sprintf("; mean ± standard deviation over %d runs", n)
		}
		out = append(out, note+".")
	}
	return out
}
