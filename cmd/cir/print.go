package main

import (
	"gocir/cir/report"
)

// formatFlag says how a result is printed.
type formatFlag struct {
	Format string `enum:"table,json,csv,md" default:"table" placeholder:"NAME" help:"How the result is printed: table, json, csv or md (Markdown)." eg:"-format json"`
}

// plainFormat is formatFlag for what is no single table.
type plainFormat struct {
	Format string `enum:"table,json" default:"table" placeholder:"NAME" help:"How the result is printed: table or json." eg:"-format json"`
}

func (f formatFlag) print(a *app, table report.Table) error {
	format := map[string]string{"table": "terminal", "md": "markdown"}[f.Format]
	if format == "" {
		format = f.Format
	}
	return table.Write(a.stdout, format)
}
