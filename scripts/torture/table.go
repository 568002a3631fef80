package main

import (
	"strings"
	"time"

	"gocir/cir/report"
)

// A row of the table.
type row struct {
	fault, holds string
	tried, lost  int
	took         time.Duration
}

// markdown is the table of all rows, under a line that says when and where it was made.
func markdown(rows []row, took time.Duration) (string, error) {
	table := report.Table{Columns: []string{"fault", "tried", "lost", "what holds", "seconds"}}
	for _, r := range rows {
		table.Add(report.Text(r.fault), report.Count(r.tried), report.Count(r.lost), report.Text(r.holds), report.Number(r.took.Seconds(), 0))
	}
	var text strings.Builder
	text.WriteString(about(took) + "\n\n")
	err := table.WriteMarkdown(&text)
	return text.String(), err
}

func anyLost(rows []row) bool {
	for _, r := range rows {
		if r.lost > 0 {
			return true
		}
	}
	return false
}
