package main

import (
	"fmt"
	"slices"
	"strings"

	"gocir/cir/report"
	"gocir/cir/verify"
	"gocir/datasets"
)

type verifyCommand struct {
	Dir   string   `arg:"" help:"Folder of golden cases, laid out as testdata/golden/a."`
	Kinds []string `placeholder:"LIST" help:"Kinds of cases to check, with commas between." otherwise:"all" eg:"-kinds 'tokenizer,image encoder'"`

	machineFlags `embed:""`
	formatFlag   `embed:""`
}

// Run verifies. A miss is a failure.
func (c *verifyCommand) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	b, _, err := c.openBackend(a)
	if err != nil {
		return err
	}
	var rows []verify.Row
	pass := verify.Run(verify.Set{Dir: c.Dir, Backend: b, Kinds: c.Kinds}, func(row verify.Row) {
		rows = append(rows, row)
		a.logf("%s: %d cases, %s", row.Kind, row.Cases, verdict(row))
	})
	if c.Format == "json" {
		err = a.printJSON(rows)
	} else {
		err = c.print(a, verifyTable(c.Dir, rows))
	}
	if err == nil && !pass {
		err = fmt.Errorf("%s: not every golden case is met on this backend", c.Dir)
	}
	return err
}

func (c *verifyCommand) check() error {
	for _, kind := range c.Kinds {
		if !slices.Contains(verify.Kinds(), kind) {
			return misuse("no kind of cases %q; there are %s", kind, strings.Join(verify.Kinds(), ", "))
		}
	}
	if !datasets.IsFolder(c.Dir) {
		return fmt.Errorf("verifying: there is no folder %s (this project's golden cases are in testdata/golden/a)", c.Dir)
	}
	return nil
}

func verdict(row verify.Row) string {
	if row.Pass {
		return "pass"
	}
	return fmt.Sprintf("%d missed", len(row.Misses))
}

// verifyTable is a row per kind; the notes list every miss.
func verifyTable(dir string, rows []verify.Row) report.Table {
	table := report.Table{Title: "golden cases of " + dir, Columns: []string{"kind", "cases", "largest error", "tolerance", "result"}}
	for _, row := range rows {
		size, tolerance := report.Text("exact"), report.Text("exact")
		if row.Tolerance > 0 {
			size, tolerance = report.Text(fmt.Sprintf("%.2g", row.Error)), report.Text(fmt.Sprintf("%.2g", row.Tolerance))
		}
		table.Add(report.Text(row.Kind), report.Count(row.Cases), size, tolerance, report.Text(verdict(row)))
		for _, miss := range row.Misses {
			table.Notes = append(table.Notes, row.Kind+": "+miss)
		}
	}
	return table
}
