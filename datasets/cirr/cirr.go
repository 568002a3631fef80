// Package cirr reads CIRR (Liu et al., ICCV 2021), release rc2: photographs in subsets of six look-alikes, with one
// relative caption per triplet. datasets/README.md says where the files come from and which quirks they have.
package cirr

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"gocir/datasets"
)

// SubsetSize is the number of images in each subset, the reference among them.
const SubsetSize = 6

var (
	splits = []string{"train", "val", "test1"}
	// Where the paths of the split files may begin, below the data set's folder: the photographs beside the folder
	// cirr, or in img_raw, on either side of it.
	layouts = []string{".", "img_raw", "cirr", "cirr/img_raw"}
)

// A Dataset is CIRR in a folder. It may be used by several goroutines at once.
type Dataset struct {
	files     *datasets.Folder   // captions, image_splits
	images    []*datasets.Folder // one per layout that is there
	galleries map[string]func() (gallery, error)
}

// A gallery is one split file: names in file order, and the relative path of each.
type gallery struct {
	names []string
	paths map[string]string
}

var _ datasets.Checked = (*Dataset)(nil)

// Open opens CIRR in dir, which is the folder cirr_dataset, the one that holds it, or a clone of CIRR's repository
// with the photographs in it. Annotations are enough to open it; the folders of photographs, where there are any, are
// expected to be there already.
func Open(dir string) (*Dataset, error) {
	base := filepath.Join(dir, "cirr_dataset")
	if !datasets.IsFolder(base) {
		base = dir
	}
	files := filepath.Join(base, "cirr")
	if !datasets.IsFolder(filepath.Join(files, "image_splits")) {
		files = base
	}
	if !datasets.IsFolder(filepath.Join(files, "image_splits")) {
		return nil, fmt.Errorf("CIRR: no folder cirr/image_splits in %s or its sub-folder cirr_dataset: "+
			"name the folder that holds cirr/captions and cirr/image_splits (datasets/README.md)", dir)
	}
	folder, err := datasets.OpenFolder(files)
	if err != nil {
		return nil, fmt.Errorf("CIRR: %w", err)
	}
	d := &Dataset{files: folder, galleries: make(map[string]func() (gallery, error))}
	for _, split := range splits {
		d.galleries[split] = sync.OnceValues(func() (gallery, error) { return d.gallery(split) })
	}
	if err := d.openImages(base); err != nil {
		return nil, fmt.Errorf("CIRR: %w", err)
	}
	return d, nil
}

func (d *Dataset) openImages(base string) error {
	for _, layout := range layouts {
		place := filepath.Join(base, filepath.FromSlash(layout))
		if !slices.ContainsFunc([]string{"train", "dev", "test1"}, func(part string) bool {
			return datasets.IsFolder(filepath.Join(place, part))
		}) {
			continue
		}
		folder, err := datasets.OpenFolder(place)
		if err != nil {
			return err
		}
		d.images = append(d.images, folder)
	}
	return nil
}

// Name is "cirr".
func (d *Dataset) Name() string { return "cirr" }

// Categories is one, without a name.
func (d *Dataset) Categories() []string { return []string{""} }

// Splits are train, val, test1.
func (d *Dataset) Splits() []string { return slices.Clone(splits) }

// Split reads the captions and the gallery of a split; category is "". Every triplet has one caption, which may be
// blank (pair 27098 of test1 is). In test1 none has a target. Reference, target and the images of the subset are in
// the gallery. In val and test1 a subset is six images with the reference, and in val with the target.
func (d *Dataset) Split(category, split string) (*datasets.Split, error) {
	names, err := d.Gallery(category, split)
	if err != nil {
		return nil, err
	}
	triplets, err := d.triplets(split, names)
	if err != nil {
		return nil, datasets.Explain("CIRR "+split, err)
	}
	return &datasets.Split{Name: split, Gallery: names, Triplets: triplets}, nil
}

// Gallery reads only the image names of a split, in file order.
func (d *Dataset) Gallery(category, split string) ([]string, error) {
	if category != "" {
		return nil, fmt.Errorf("CIRR has no category %q: it has none", category)
	}
	read, ok := d.galleries[split]
	if !ok {
		return nil, fmt.Errorf("CIRR has no split %q: choose from %s", split, strings.Join(splits, ", "))
	}
	g, err := read()
	if err != nil {
		return nil, datasets.Explain("CIRR "+split, err)
	}
	return slices.Clone(g.names), nil
}

func (d *Dataset) gallery(split string) (gallery, error) {
	names, paths, err := d.files.Paths("image_splits/split.rc2." + split + ".json")
	return gallery{names, paths}, err
}

// Image reads the picture file of an image name, at the path that a split file gives it.
func (d *Dataset) Image(name string) ([]byte, error) {
	place, err := d.place(name)
	if err != nil {
		return nil, fmt.Errorf("CIRR image %s: %w", name, err)
	}
	if len(d.images) == 0 {
		return nil, fmt.Errorf("CIRR image %s: no folder train, dev or test1 beside %s or in img_raw: "+
			"datasets/README.md says where to get the photographs: %w", name, d.files.Path("."), fs.ErrNotExist)
	}
	var tried []string
	for _, folder := range d.images {
		data, err := folder.Read(place)
		if err == nil {
			return data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("CIRR image %s: %w", name, err)
		}
		tried = append(tried, folder.Path(place))
	}
	return nil, fmt.Errorf("CIRR image %s: no file %s: list the missing ones with `cir data check`: %w",
		name, strings.Join(tried, " or "), fs.ErrNotExist)
}

// HasImage reports whether there is a picture file for the name, without reading it.
func (d *Dataset) HasImage(name string) bool {
	place, err := d.place(name)
	return err == nil && slices.ContainsFunc(d.images, func(folder *datasets.Folder) bool { return folder.Has(place) })
}

// place is the path that a split file gives to an image. A split file that is absent or broken is passed over where
// another one knows the name.
func (d *Dataset) place(name string) (string, error) {
	var broken []error
	for _, split := range splits {
		g, err := d.galleries[split]()
		if place, ok := g.paths[name]; ok {
			return place, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			broken = append(broken, datasets.Explain("CIRR "+split, err))
		}
	}
	return "", errors.Join(append([]error{errors.New("no split file names it")}, broken...)...)
}
