package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"gocir/atomicfile"
	"gocir/cir/eval"
	"gocir/cir/report"
	"gocir/datasets"
	"gocir/models"
)

// Results are an evaluation as data: what was measured, with what, how long it took.
type Results struct {
	Dataset  string            `json:"dataset"`
	Split    string            `json:"split"`
	Composer Composer          `json:"composer"`
	Files    models.Files      `json:"files"`
	Backend  string            `json:"backend"`
	About    map[string]string `json:"about,omitempty"` // commit and hardware, where the caller knows them
	Encoded  int               `json:"encoded"`         // gallery images encoded for this
	Cached   int               `json:"cached"`          // gallery images whose embeddings were there
	Seconds  float64           `json:"seconds"`
	Results  []eval.Result     `json:"results"` // by protocol, the one of the published results first
}

// Evaluate measures a split of every category under all protocols of the data set.
func (s *Session) Evaluate(ctx context.Context, d datasets.Dataset, split string, c Composer) (*Results, error) {
	start := time.Now()
	splits, err := s.PrepareAll(ctx, d, split)
	if err != nil {
		return nil, err
	}
	r := &Results{
		Dataset: d.Name(), Split: split, Composer: c, Files: s.options.Files, Backend: s.Model.Backend.Name(),
	}
	for _, e := range splits {
		r.Encoded, r.Cached = r.Encoded+e.Report.Encoded, r.Cached+e.Report.Cached
	}
	if r.Results, err = s.Measure(ctx, splits, c, eval.Protocols(d.Name()), nil); err != nil {
		return nil, err
	}
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}

// Table is a row per protocol and category.
func (r *Results) Table() report.Table {
	t := ResultTable(fmt.Sprintf("%s %s, composer %s", r.Dataset, r.Split, r.Composer), r.Results...)
	t.Notes = append(t.Notes, fmt.Sprintf("%.1f s on backend %s: %d gallery images encoded, %d taken from the cache.", r.Seconds, r.Backend, r.Encoded, r.Cached))
	return t
}

// ResultTable is a table of results of one data set: a row per protocol and category, then their mean.
func ResultTable(title string, results ...eval.Result) report.Table {
	t := report.Table{Title: title, Columns: []string{"protocol", "category", "queries", "gallery", "ties", "left out"}}
	if len(results) == 0 {
		return t
	}
	for _, metric := range results[0].Metrics {
		t.Columns = append(t.Columns, metric.Name)
	}
	for _, all := range results {
		for _, part := range append(all.Categories[:len(all.Categories):len(all.Categories)], all) {
			t.Add(row(part, t.Columns[6:])...)
			t.Notes = append(t.Notes, leftOut(part)...)
		}
		t.Notes = append(t.Notes, fmt.Sprintf("Protocol %s: %s.", all.Protocol, all.Protocol.Describe()))
	}
	t.Notes = append(t.Notes, "Recalls in percent. A tie is a query whose target has the same score as another image; the place in the gallery decides.")
	return t
}

func row(r eval.Result, metrics []string) []report.Cell {
	category := report.Cell{} // CIRR has none
	switch {
	case len(r.Categories) > 0:
		category = report.Text("mean")
	case r.Category != "":
		category = report.Text(r.Category)
	}
	cells := []report.Cell{
		report.Text(string(r.Protocol)), category, report.Count(r.Queries), report.Count(r.Gallery),
		report.Count(r.Ties), report.Count(len(r.LeftOut)),
	}
	for _, name := range metrics {
		cell := report.Cell{}
		if value, ok := r.Metric(name); ok {
			cell = report.Number(value, 2)
		}
		cells = append(cells, cell)
	}
	return cells
}

// leftOut names the first queries that were not measured; of categories together each has said its own.
func leftOut(r eval.Result) []string {
	if len(r.LeftOut) == 0 || len(r.Categories) > 0 {
		return nil
	}
	first := r.LeftOut[:min(5, len(r.LeftOut))]
	of := strings.TrimSpace(fmt.Sprintf("%s %s", r.Protocol, r.Category)) // CIRR has no category
	return []string{fmt.Sprintf("%s: %d queries left out for want of a picture, the first %v.", of, len(r.LeftOut), first)}
}

// Write writes report.md and results.json into dir.
func (r *Results) Write(dir string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	var text bytes.Buffer
	if err := r.Table().WriteMarkdown(&text); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := atomicfile.WriteFile(filepath.Join(dir, "report.md"), text.Bytes()); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := atomicfile.WriteFile(filepath.Join(dir, "results.json"), append(data, '\n')); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
