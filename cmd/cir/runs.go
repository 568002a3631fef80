package main

import (
	"fmt"

	"gocir/cir/report"
	"gocir/cir/train"
	"gocir/lab"
)

type runsCommand struct {
	Dir string `arg:"" optional:"" default:"checkpoints/runs" help:"Folder of run folders; checkpoints/runs if none is given."`

	plainFormat `embed:""`
}

// Run lists.
func (c *runsCommand) Run(a *app) error {
	runs, err := train.Runs(c.Dir)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return a.printJSON(runs)
	}
	if len(runs) == 0 {
		_, err := fmt.Fprintf(a.stdout, "no runs in %s\n", c.Dir)
		return err
	}
	return runTable(runs).WriteTerminal(a.stdout)
}

func runTable(runs []train.Listed) report.Table {
	t := report.Table{
		Title: "runs", Columns: []string{"run", "state", "epochs", "steps", "best validation", "last word"},
		Notes: []string{"`cir train -resume FOLDER/RUN` goes on with one that is interrupted, failed or killed."},
	}
	for _, r := range runs {
		best := "none"
		if result, _ := bestResult(r.Recipe, r.History); result != nil {
			metric := lab.MainMetric(r.Recipe.Dataset)
			value, _ := result.Metric(metric)
			best = fmt.Sprintf("%s %.2f", metric, value)
		}
		t.Add(report.Text(r.Folder), report.Text(string(r.Status.State)), report.Text(fmt.Sprintf("%d of %d", r.Status.Epochs, r.Recipe.Epochs)),
			report.Count(r.Status.Steps), report.Text(best), report.Text(r.Status.Why))
	}
	return t
}
