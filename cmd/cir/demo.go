package main

import (
	"fmt"

	"gocir/lab"
)

type demoCommand struct {
	Dir    string `default:"demo" placeholder:"DIR" help:"Folder for data, runs and report." otherwise:"demo" eg:"-dir my-demo"`
	Images int    `default:"6000" placeholder:"N" help:"Pictures to draw, 200 to 200,000." eg:"-images 3000"`
	Seeds  int    `default:"3" placeholder:"N" help:"Trainings of each kind, which differ in their seed." eg:"-seeds 5"`
	Quick  bool   `help:"Ten steps of each training: shows that everything works; its numbers say nothing." otherwise:"off" eg:"-quick"`

	machineFlags `embed:""`
	shareFlags   `embed:""`
}

// Run runs the demo. Its last line is the path of the report.
func (c *demoCommand) Run(a *app) error {
	if c.Seeds < 1 {
		return misuse("-seeds %d is not positive", c.Seeds)
	}
	b, line, err := c.openBackend(a)
	if err != nil {
		return err
	}
	a.kept = c.Dir
	made, err := lab.Demo(a, lab.WorkbenchOptions{
		Dir: c.Dir, Backend: b, Devices: c.Devices, About: map[string]string{"backend": line}, Images: c.Images, Quick: c.Quick,
		Watch: a.progress.Watch, Note: a.note,
	}, c.Seeds)
	if err != nil {
		return err
	}
	a.progress.Clear()
	for _, table := range made.Tables {
		if err := table.WriteTerminal(a.stdout); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	for _, finding := range made.Findings {
		fmt.Fprintln(a.stdout, finding)
	}
	fmt.Fprintln(a.stdout)
	for _, path := range made.Submissions {
		fmt.Fprintln(a.stdout, "submission file:", path)
	}
	fmt.Fprintf(a.stdout, "done in %.1f minutes; the report is\n%s\n", made.Minutes, made.HTML)
	return nil
}
