package datasets

// Checked is what a Dataset must have besides for Check to compare it with the published one.
type Checked interface {
	Dataset
	// Splits are the names that Split takes.
	Splits() []string
	// Gallery reads the image names of a split without its triplets.
	Gallery(category, split string) ([]string, error)
	// Published are the published sizes, for the chosen categories.
	Published() Published
}

// Published are the sizes of a data set as its authors publish it.
type Published struct {
	Images int              // distinct image names in all splits; 0 where it is not known
	Splits []PublishedSplit // the known ones
	Notes  []string         // where the figures come from, and where sources disagree
}

// A PublishedSplit is one row of Published.
type PublishedSplit struct {
	Category, Split string
	Triplets        int // 0 where it is not known
	Images          int
	EmptyCaptions   int
}
