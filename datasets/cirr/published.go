package cirr

import "gocir/datasets"

// Published are the sizes of the published files.
func (d *Dataset) Published() datasets.Published {
	return datasets.Published{}
}
