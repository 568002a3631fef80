// Package datasets holds what a data set for composed image retrieval is made of: triplets, splits, and the interface
// that its readers share. The readers are in the sub-folders; README.md says where the files come from.
package datasets

// A Triplet is one example: the reference image, changed as the captions say, is the target image.
type Triplet struct {
	ID        string   // unique within its split: CIRR's pair id, FashionIQ's "dress-val-17" (counted from 0)
	Reference string   // image name
	Target    string   // image name; empty where the split hides it
	Captions  []string // relative captions, as written: two in FashionIQ, one in CIRR; some are empty or blank
	Subset    []string // CIRR: the six images of the same group, the reference among them, in file order; nil elsewhere
}

// A Split is one part of a data set: what is searched, and the examples.
type Split struct {
	Name     string    // train, val, test (FashionIQ) or test1 (CIRR)
	Category string    // dress, shirt, toptee; empty in CIRR
	Gallery  []string  // image names, each once, in file order
	Triplets []Triplet // in file order
}

// A Dataset reads splits and pictures. It may be used by several goroutines at once.
type Dataset interface {
	// Name is "fashioniq" or "cirr".
	Name() string
	// Categories are FashionIQ's chosen ones; CIRR has one, named "".
	Categories() []string
	// Split reads one split of one category: train, val, and test (FashionIQ) or test1 (CIRR).
	// An error wraps fs.ErrNotExist where an annotation file is absent.
	Split(category, split string) (*Split, error)
	// Image reads the encoded picture file of an image name. It never leaves the data set's folder.
	Image(name string) ([]byte, error)
	// HasImage reports whether there is a picture file for the name, without reading it.
	HasImage(name string) bool
}

// Missing returns the names without a picture file, in their order.
func Missing(d Dataset, names []string) []string {
	var missing []string
	for _, name := range names {
		if !d.HasImage(name) {
			missing = append(missing, name)
		}
	}
	return missing
}
