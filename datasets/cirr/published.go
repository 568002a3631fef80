package cirr

import "gocir/datasets"

// published are the sizes of the rc2 files in the authors' repository (github.com/Cuberick-Orion/CIRR, branch
// cirr_dataset); the triplets of train are from table 2 of the paper (Liu et al., ICCV 2021).
var published = []datasets.PublishedSplit{
	{Split: "train", Triplets: 28225, Images: 16939, EmptyCaptions: datasets.Unknown},
	{Split: "val", Triplets: 4181, Images: 2297, EmptyCaptions: 0},
	{Split: "test1", Triplets: 4148, Images: 2315, EmptyCaptions: 1},
}

// Distinct names in the three split files, which share none.
const distinctImages = 16939 + 2297 + 2315

// Published are the sizes of the published files.
func (d *Dataset) Published() datasets.Published {
	return datasets.Published{
		Images: distinctImages,
		Splits: published,
		Notes: []string{
			"Published counts are those of the rc2 files in the authors' repository, Cuberick-Orion/CIRR; " +
				"the triplets of train are from the paper.",
			"The paper says 4,184 triplets in val, which its authors correct to 4,181, and 21,552 images in all, " +
				"one more than the split files name (21,551).",
			"The caption of pair 27098 in test1 is blank. test1 is published without targets.",
		},
	}
}
