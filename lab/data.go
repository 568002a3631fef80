package lab

import (
	"fmt"
	"image"

	"gocir/cir/embed"
	"gocir/cir/preprocess"
	"gocir/datasets"
	"gocir/datasets/cirr"
	"gocir/datasets/fashioniq"
)

// OpenDataset opens the data set of that name, fashioniq or cirr, in dir. Categories are FashionIQ's; none means all.
func OpenDataset(name, dir string, categories ...string) (datasets.Checked, error) {
	switch {
	case dir == "":
		return nil, fmt.Errorf("no folder of %s is given", name)
	case name == "fashioniq":
		return checked(fashioniq.Open(dir, categories...))
	case name != "cirr":
		return nil, fmt.Errorf("no data set %q; there are fashioniq and cirr", name)
	case len(categories) > 0:
		return nil, fmt.Errorf("CIRR has no categories: leave them out")
	}
	return checked(cirr.Open(dir))
}

// checked keeps the nil of a failed Open a nil.
func checked[D datasets.Checked](d D, err error) (datasets.Checked, error) {
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Pictures decodes pictures of a data set by name, for showing them; nil where that fails, or where one has more than
// preprocess.DefaultMaxPixels.
func Pictures(source embed.Source) func(name string) image.Image {
	return func(name string) image.Image {
		data, err := source.Image(name)
		if err != nil {
			return nil
		}
		decoded, err := preprocess.Decode(data)
		if err != nil {
			return nil
		}
		picture, err := decoded.Image()
		if err != nil {
			return nil
		}
		return picture
	}
}
