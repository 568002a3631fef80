package fashioniq

import "gocir/datasets"

// published are the sizes of the files in the authors' repository (github.com/XiaoxiaoGuo/fashion-iq): triplets,
// image names, empty captions.
var published = []datasets.PublishedSplit{
	{Category: "dress", Split: "train", Triplets: 5985, Images: 11452, EmptyCaptions: 0},
	{Category: "dress", Split: "val", Triplets: 2017, Images: 3817, EmptyCaptions: 0},
	{Category: "dress", Split: "test", Triplets: 2024, Images: 3818, EmptyCaptions: 0},
	{Category: "shirt", Split: "train", Triplets: 5988, Images: 19036, EmptyCaptions: 0},
	{Category: "shirt", Split: "val", Triplets: 2038, Images: 6346, EmptyCaptions: 1},
	{Category: "shirt", Split: "test", Triplets: 2038, Images: 6346, EmptyCaptions: 1},
	{Category: "toptee", Split: "train", Triplets: 6027, Images: 16121, EmptyCaptions: 12},
	{Category: "toptee", Split: "val", Triplets: 1961, Images: 5373, EmptyCaptions: 2},
	{Category: "toptee", Split: "test", Triplets: 2056, Images: 5374, EmptyCaptions: 0},
}

// Distinct names in all nine split files: 3,302 are in two of them, of different categories.
const distinctImages = 74381

// Published are the sizes of the published files. The number of distinct images is known for all three categories
// together.
func (d *Dataset) Published() datasets.Published {
	p := datasets.Published{
		Images: datasets.Unknown,
		Splits: published,
		Notes: []string{
			"Published counts are those of the files in the authors' repository, XiaoxiaoGuo/fashion-iq.",
			"Papers speak of 77,684 images. The nine split files hold 77,683 names, of which 3,302 occur in two categories: " +
				"74,381 distinct images are all there are.",
			"16 of the captions are empty. The test split is published without targets.",
		},
	}
	if len(d.categories) == len(categories) {
		p.Images = distinctImages
	}
	return p
}
