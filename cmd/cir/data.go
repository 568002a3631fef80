package main

import (
	"fmt"

	"gocir/datasets"
	"gocir/datasets/wardrobe"
	"gocir/lab"
)

type checkCommand struct {
	Dataset    string   `required:"" enum:"fashioniq,cirr" placeholder:"NAME" help:"Data set: fashioniq or cirr." eg:"-dataset cirr"`
	Data       string   `required:"" placeholder:"DIR" help:"Folder that holds fashionIQ_dataset or cirr_dataset, or is it." eg:"-data datasets/data"`
	Categories []string `placeholder:"LIST" help:"FashionIQ's categories, with commas between." otherwise:"dress,shirt,toptee" eg:"-categories dress,shirt"`

	plainFormat `embed:""`
}

// Run checks. What is missing or broken is a failure; another count than the published one is not.
func (c *checkCommand) Run(a *app) error {
	d, err := lab.OpenDataset(c.Dataset, c.Data, c.Categories...)
	if err != nil {
		return err
	}
	report := datasets.Check(d)
	if c.Format == "json" {
		err = a.printJSON(report)
	} else {
		err = report.WriteText(a.stdout)
	}
	if err == nil && !report.Whole() {
		err = fmt.Errorf("%s in %s is not whole: the report names what is missing or broken", c.Dataset, c.Data)
	}
	return err
}

type drawCommand struct {
	Data      string   `required:"" aliases:"dir" placeholder:"DIR" help:"Folder for the data set: absent, empty, or one that was drawn alike." eg:"-data datasets/data/wardrobe"`
	N         int      `aliases:"images" default:"3000" placeholder:"N" help:"Pictures, 200 to 200,000." eg:"-n 20000"`
	Seed      uint64   `default:"0" placeholder:"N" help:"Seed; equal seeds draw equal files." eg:"-seed 1"`
	Size      int      `default:"64" placeholder:"PIXELS" help:"Longer side of a picture in pixels, 32 to 1,024." eg:"-size 128"`
	PictureAs string   `enum:"png,jpg" default:"png" placeholder:"NAME" help:"File format of garments: png or jpg." eg:"-picture-as jpg"`
	Like      string   `placeholder:"DIR" help:"Folder with annotation files of FashionIQ or CIRR: draw a picture for each name in them." otherwise:"names and captions are made up too" eg:"-like annotations"`
	Splits    []string `placeholder:"LIST" help:"Splits that -like draws pictures for, with commas between: train, val, test, test1." otherwise:"all" eg:"-splits val"`
}

// Run draws.
func (c *drawCommand) Run(a *app) error {
	options := wardrobe.Options{Images: c.N, Seed: c.Seed, ImageSize: c.Size, Format: c.PictureAs, Splits: c.Splits}
	if err := options.Validate(); err != nil {
		return usageError{err}
	}
	if len(c.Splits) > 0 && c.Like == "" {
		return misuse("-splits goes with -like")
	}
	a.kept = fmt.Sprintf("What was drawn in %s is no data set yet; the same command draws it anew.", c.Data)
	watch := func(done, total int) { a.progress.Watch("drawing", done, total) }
	var err error
	if c.Like != "" {
		err = wardrobe.DrawLike(a, c.Like, c.Data, options, watch)
	} else {
		err = wardrobe.Draw(a, c.Data, options, watch)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, c.Data)
	return err
}
