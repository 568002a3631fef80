package main

import (
	"fmt"

	"gocir/lab"
)

type evalCommand struct {
	Dataset    string   `required:"" enum:"fashioniq,cirr" placeholder:"NAME" help:"Data set: fashioniq or cirr." eg:"-dataset cirr"`
	Data       string   `required:"" placeholder:"DIR" help:"Folder that holds fashionIQ_dataset or cirr_dataset, or is it." eg:"-data datasets/data"`
	Split      string   `default:"val" placeholder:"NAME" help:"Split: train, val, or FashionIQ's test where its targets are known." eg:"-split val"`
	Categories []string `placeholder:"LIST" help:"FashionIQ's categories, with commas between." otherwise:"dress,shirt,toptee" eg:"-categories dress,shirt"`
	Out        string   `placeholder:"DIR" help:"Folder in which report.md and results.json are written too." otherwise:"they are not written" eg:"-out results/combiner"`

	formatFlag `embed:""`
	useFlags   `embed:""`
}

// Run evaluates.
func (c *evalCommand) Run(a *app) error {
	composer, err := c.composer()
	if err != nil {
		return err
	}
	d, err := lab.OpenDataset(c.Dataset, c.Data, c.Categories...)
	if err != nil {
		return err
	}
	session, line, err := c.open(a)
	if err != nil {
		return err
	}
	results, err := session.Evaluate(a, d, c.Split, composer)
	if err != nil {
		return err
	}
	results.About = builtWith()
	results.About["backend"] = line
	a.progress.Clear()
	if c.Format == "json" {
		err = a.printJSON(results)
	} else {
		err = c.print(a, results.Table())
	}
	if err != nil || c.Out == "" {
		return err
	}
	if err := results.Write(c.Out); err != nil {
		return err
	}
	a.logf("written: report.md and results.json in %s", c.Out)
	return nil
}

type submitCommand struct {
	Name  string `placeholder:"NAME" help:"Name of the submission, which ends the files' names." otherwise:"needed, but for -check" eg:"-name combiner-bi"`
	Data  string `required:"" placeholder:"DIR" help:"Folder that holds cirr_dataset, or is it." eg:"-data datasets/data"`
	Split string `default:"test1" placeholder:"NAME" help:"Split whose queries are answered." eg:"-split val"`
	Out   string `default:"." placeholder:"DIR" help:"Folder in which both files are written." eg:"-out submissions"`
	Check string `placeholder:"FILE" help:"Check a submission, whoever wrote it, against the split, and write none." otherwise:"off" eg:"-check recall_submission_combiner-bi.json"`

	useFlags `embed:""`
}

// Run writes a submission or checks one.
func (c *submitCommand) Run(a *app) error {
	if c.Check == "" && (c.Name == "" || c.Pretrained == "") {
		return misuse("writing a submission needs -name NAME and -pretrained FILE; checking one needs -check FILE")
	}
	d, err := lab.OpenDataset("cirr", c.Data)
	if err != nil {
		return err
	}
	if c.Check != "" {
		if err := lab.CheckSubmission(c.Check, d, c.Split); err != nil {
			return err
		}
		_, err := fmt.Fprintf(a.stdout, "%s is a submission for CIRR %s that the test server takes\n", c.Check, c.Split)
		return err
	}
	composer, err := c.composer()
	if err != nil {
		return err
	}
	session, _, err := c.open(a)
	if err != nil {
		return err
	}
	made, err := session.Submit(a, d, c.Split, composer, c.Out, c.Name)
	if err != nil {
		return err
	}
	if n := len(made.Missing); n > 0 {
		a.logf("%d gallery images lack a picture and are in no ranking, %s first", n, made.Missing[0])
	}
	for _, path := range made.Paths {
		fmt.Fprintln(a.stdout, path)
	}
	a.logf("%d queries answered; both files are as the test server wants them", made.Queries)
	return nil
}
