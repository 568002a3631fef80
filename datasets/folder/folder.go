// Package folder makes a gallery of any folder of images.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gocir/datasets"
)

// Split is the name of the only split: the gallery, without triplets.
const Split = "all"

var extensions = []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}

// A Dataset is the images in a folder and the folders below it. It may be used by several goroutines at once.
type Dataset struct {
	files *datasets.Folder
	names []string
}

var _ datasets.Dataset = (*Dataset)(nil)

// Open lists the images of a folder: regular files that end in .jpg, .jpeg, .png, .webp, .gif or .bmp, in upper or
// lower case. Symbolic links are not followed, and files and folders whose name begins with a dot are passed over.
// A folder without an image is an error.
func Open(dir string) (*Dataset, error) {
	files, err := datasets.OpenFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("images: %w", err)
	}
	d := &Dataset{files: files}
	if err := fs.WalkDir(files.FS(), ".", d.visit); err != nil {
		return nil, fmt.Errorf("images in %s: %w", dir, err)
	}
	if len(d.names) == 0 {
		return nil, fmt.Errorf("images in %s: no file ends in %s", dir, strings.Join(extensions, ", "))
	}
	slices.Sort(d.names)
	return d, nil
}

func (d *Dataset) visit(name string, entry fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case name != "." && strings.HasPrefix(path.Base(name), "."):
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	case !entry.Type().IsRegular() || !slices.Contains(extensions, strings.ToLower(path.Ext(name))):
		return nil
	}
	if err := datasets.CheckName(name); err != nil {
		return fmt.Errorf("%w: rename the file", err)
	}
	d.names = append(d.names, name)
	return nil
}

// Names are the paths of the images below the folder, with slashes and extension, sorted by bytes.
func (d *Dataset) Names() []string { return slices.Clone(d.names) }

// Name is "folder".
func (d *Dataset) Name() string { return "folder" }

// Categories is one, without a name.
func (d *Dataset) Categories() []string { return []string{""} }

// Split is the gallery, without triplets; category is "", split is "all".
func (d *Dataset) Split(category, split string) (*datasets.Split, error) {
	if category != "" || split != Split {
		return nil, fmt.Errorf("a folder of images has no %q of category %q: its only split is %q, without category",
			split, category, Split)
	}
	return &datasets.Split{Name: Split, Gallery: d.Names()}, nil
}

// Image reads the picture file of an image name.
func (d *Dataset) Image(name string) ([]byte, error) {
	if !d.listed(name) {
		return nil, fmt.Errorf("image %q: it was not in %s when the folder was opened: %w",
			name, d.files.Path("."), fs.ErrNotExist)
	}
	data, err := d.files.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("image: %w: it was removed since the folder was opened", err)
	}
	return data, err
}

// HasImage reports whether the name was listed and the file is still there.
func (d *Dataset) HasImage(name string) bool {
	return d.listed(name) && d.files.Has(name)
}

func (d *Dataset) listed(name string) bool {
	_, found := slices.BinarySearch(d.names, name)
	return found
}
