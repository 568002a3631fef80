// Package fashioniq reads FashionIQ (Wu et al., CVPR 2021): garments of three categories, with two relative captions
// per triplet. datasets/README.md says where the files come from and which quirks they have.
package fashioniq

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"gocir/datasets"
)

var (
	categories = []string{"dress", "shirt", "toptee"}
	splits     = []string{"train", "val", "test"}
	extensions = []string{".jpg", ".png", ".jpeg", ".webp"} // .jpg as published; copies with the others go round
)

// A Dataset is FashionIQ in a folder. It may be used by several goroutines at once.
type Dataset struct {
	files      *datasets.Folder // captions, image_splits
	images     *datasets.Folder // nil where there is no folder of images
	categories []string
}

var _ datasets.Checked = (*Dataset)(nil)

// Open opens FashionIQ in dir, which is the folder fashionIQ_dataset or the one that holds it. It chooses the given
// categories of dress, shirt and toptee, in that order whatever the order given; all three where none is given.
// Annotations are enough to open it; the folder of images, where there is one, is expected to be there already.
func Open(dir string, chosen ...string) (*Dataset, error) {
	for i, category := range chosen {
		if !slices.Contains(categories, category) {
			return nil, fmt.Errorf("FashionIQ has no category %q: choose from %s", category, strings.Join(categories, ", "))
		}
		if slices.Contains(chosen[:i], category) {
			return nil, fmt.Errorf("FashionIQ category %q is chosen twice", category)
		}
	}
	if len(chosen) == 0 {
		chosen = categories
	}
	d := &Dataset{categories: slices.Clone(chosen)}
	slices.Sort(d.categories)
	if err := d.open(dir); err != nil {
		return nil, fmt.Errorf("FashionIQ: %w", err)
	}
	return d, nil
}

func (d *Dataset) open(dir string) error {
	base := filepath.Join(dir, "fashionIQ_dataset")
	if !datasets.IsFolder(base) {
		base = dir
	}
	if !datasets.IsFolder(filepath.Join(base, "image_splits")) {
		return fmt.Errorf("no folder image_splits in %s or its sub-folder fashionIQ_dataset: "+
			"name the folder that holds captions, image_splits and images (datasets/README.md)", dir)
	}
	var err error
	if d.files, err = datasets.OpenFolder(base); err != nil {
		return err
	}
	if images := filepath.Join(base, "images"); datasets.IsFolder(images) {
		d.images, err = datasets.OpenFolder(images)
	}
	return err
}

// Name is "fashioniq".
func (d *Dataset) Name() string { return "fashioniq" }

// Categories are the chosen ones of dress, shirt, toptee.
func (d *Dataset) Categories() []string { return slices.Clone(d.categories) }

// Splits are train, val, test.
func (d *Dataset) Splits() []string { return slices.Clone(splits) }

// Split reads the captions and the gallery of one category in one split. Every triplet has two captions, of which one
// may be empty (16 are); in test none has a target. Reference and target are in the gallery.
func (d *Dataset) Split(category, split string) (*datasets.Split, error) {
	gallery, err := d.Gallery(category, split)
	if err != nil {
		return nil, err
	}
	triplets, err := d.triplets(category, split, gallery)
	if err != nil {
		return nil, datasets.Explain("FashionIQ "+category+"/"+split, err)
	}
	return &datasets.Split{Name: split, Category: category, Gallery: gallery, Triplets: triplets}, nil
}

// Gallery reads only the image names of one category in one split, in file order.
func (d *Dataset) Gallery(category, split string) ([]string, error) {
	if !slices.Contains(d.categories, category) {
		return nil, fmt.Errorf("FashionIQ category %q is not among the chosen ones: %s", category, strings.Join(d.categories, ", "))
	}
	if !slices.Contains(splits, split) {
		return nil, fmt.Errorf("FashionIQ has no split %q: choose from %s", split, strings.Join(splits, ", "))
	}
	names, err := d.files.Names("image_splits/split." + category + "." + split + ".json")
	if err != nil {
		return nil, datasets.Explain("FashionIQ "+category+"/"+split, err)
	}
	return names, nil
}

func (d *Dataset) triplets(category, split string, gallery []string) ([]datasets.Triplet, error) {
	file := "captions/cap." + category + "." + split + ".json"
	records, err := d.files.Records(file)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(gallery))
	for _, name := range gallery {
		known[name] = true
	}
	triplets := make([]datasets.Triplet, len(records))
	for i, record := range records {
		triplets[i], err = triplet(record, split != "test", known)
		if err != nil {
			return nil, fmt.Errorf("%s, record %d: %w", d.files.Path(file), i, err)
		}
		triplets[i].ID = fmt.Sprintf("%s-%s-%d", category, split, i)
	}
	return triplets, nil
}

// triplet reads one record. A target is asked for where the split has them; elsewhere one that is there is kept, as in
// copies of the test split whose owners filled it in.
func triplet(record *datasets.Record, hasTarget bool, known map[string]bool) (datasets.Triplet, error) {
	t := datasets.Triplet{Reference: record.Text("candidate"), Captions: record.Texts("captions")}
	if hasTarget || record.Has("target") {
		hasTarget = true
		t.Target = record.Text("target")
	}
	switch err := record.Err(); {
	case err != nil:
		return t, err
	case len(t.Captions) != 2:
		return t, fmt.Errorf("key %q: found %d captions, want 2", "captions", len(t.Captions))
	case !known[t.Reference]:
		return t, fmt.Errorf("key %q: image %q is not in the split", "candidate", t.Reference)
	case hasTarget && !known[t.Target]:
		return t, fmt.Errorf("key %q: image %q is not in the split", "target", t.Target)
	}
	return t, nil
}

// Image reads the picture file of an image name: images/<name> with .jpg, .png, .jpeg or .webp.
func (d *Dataset) Image(name string) ([]byte, error) {
	if err := datasets.CheckName(name); err != nil {
		return nil, fmt.Errorf("FashionIQ image: %w", err)
	}
	if d.images == nil {
		return nil, fmt.Errorf("FashionIQ image %s: there is no folder %s: datasets/README.md says where to fetch the pictures: %w",
			name, d.files.Path("images"), fs.ErrNotExist)
	}
	for _, extension := range extensions {
		data, err := d.images.Read(name + extension)
		if err == nil {
			return data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("FashionIQ image %s: %w", name, err)
		}
	}
	return nil, fmt.Errorf("FashionIQ image %s: no file %s (%s): list the missing ones with `cir data check`: %w",
		name, d.images.Path(name), strings.Join(extensions, ", "), fs.ErrNotExist)
}

// HasImage reports whether there is a picture file for the name, without reading it.
func (d *Dataset) HasImage(name string) bool {
	if d.images == nil || datasets.CheckName(name) != nil {
		return false
	}
	return slices.ContainsFunc(extensions, func(extension string) bool { return d.images.Has(name + extension) })
}
