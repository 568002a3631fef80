package wardrobe

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	slashpath "path"
	"path/filepath"
	"slices"
	"strings"

	"gocir/datasets"
)

// DrawLike copies the annotation files of FashionIQ and CIRR (those of them that there are) from annotations to dir,
// and draws a picture for each image name in their split files. What is on a picture follows from its name and the
// seed alone: it has nothing to do with the captions. So real names, captions and sizes can be tried without the
// photographs. Annotations is the folder that holds fashionIQ_dataset, cirr_dataset or both.
//
// A FashionIQ name gets a garment of the first category that lists it. Folder and progress are as for Draw.
func DrawLike(ctx context.Context, annotations, dir string, o Options, progress func(done, total int)) error {
	o = o.withDefaults()
	o.Images = 0
	if err := o.validateLike(); err != nil {
		return fmt.Errorf("drawing a wardrobe in %s: %w", dir, err)
	}
	c := copier{drawing: &drawing{files: map[string][]byte{}}, options: o, owner: map[string]string{}, fileOf: map[string]string{}}
	err := c.open(annotations)
	if err == nil {
		err = c.collect()
	}
	if err != nil {
		return fmt.Errorf("drawing a picture for each name in %s: %w", annotations, err)
	}
	h := header{Source: sourceLike, Options: o, Names: c.digest()}
	return draw(ctx, dir, h, progress, func(d *drawing) error {
		maps.Copy(d.files, c.files)
		d.pictures = c.pictures
		for i := range d.pictures {
			d.pictures[i].invent(o.Seed)
		}
		return ctx.Err()
	})
}

// invent chooses what is on a picture by its name.
func (p *picture) invent(seed uint64) {
	r := stream(seed, "look of "+p.name)
	if p.kind == scenes {
		p.look = scenes.random(r, look{}, 0)
		return
	}
	of := slices.Index(categories, p.category)
	p.look = garments.random(r, look{category: uint8(of)}, setOf(category))
}

// A copier collects annotation files and the pictures that they name.
type copier struct {
	*drawing
	from    map[string]*datasets.Folder // by the name of a data set's folder
	options Options
	owner   map[string]string // by file: the name that has it
	fileOf  map[string]string // by name
}

// open opens the folders of the data sets that are there, which may be links.
func (c *copier) open(annotations string) error {
	c.from = map[string]*datasets.Folder{}
	for _, set := range []string{"fashionIQ_dataset", cirrRoot} {
		dir := filepath.Join(annotations, set)
		if !datasets.IsFolder(dir) {
			continue
		}
		folder, err := datasets.OpenFolder(dir)
		if err != nil {
			return err
		}
		c.from[set] = folder
	}
	return nil
}

// within is the data set's folder that holds a file, nil where there is none, and the file's name below it.
func (c *copier) within(name string) (*datasets.Folder, string) {
	set, below, _ := strings.Cut(name, "/")
	return c.from[set], below
}

func (c *copier) collect() error {
	found := 0
	for _, split := range append(slices.Clone(fashionSplits), "test1") {
		if len(c.options.Splits) > 0 && !slices.Contains(c.options.Splits, split) {
			continue
		}
		for _, category := range categories {
			n, err := c.fashion(category, split)
			if err != nil {
				return err
			}
			found += n
		}
		n, err := c.scenes(split)
		if err != nil {
			return err
		}
		found += n
	}
	if found == 0 {
		return fmt.Errorf("no split files: it should hold %s/split.*.json or %s/split.rc2.*.json", fashionSplitDir, cirrSplitDir)
	}
	_, err := c.take(cirrRoot + "/LICENSE")
	return err
}

// take copies a file if there is one, and returns it.
func (c *copier) take(name string) ([]byte, error) {
	folder, below := c.within(name)
	if folder == nil {
		return nil, nil
	}
	text, err := folder.Read(below)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		c.files[name] = text
	}
	return text, err
}

// fashion collects one split of one category. It returns the number of names.
func (c *copier) fashion(category, split string) (int, error) {
	if _, err := c.take(fmt.Sprintf("%s/cap.%s.%s.json", fashionCaptions, category, split)); err != nil {
		return 0, err
	}
	file := fmt.Sprintf("%s/split.%s.%s.json", fashionSplitDir, category, split)
	text, err := c.take(file)
	if text == nil || err != nil {
		return 0, err
	}
	folder, below := c.within(file)
	names, err := folder.Names(below)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		p := picture{name: name, file: fashionFile(name, c.options.Format), category: category, split: split, kind: garments}
		if err := datasets.CheckName(p.file); err != nil || strings.Contains(name, "/") {
			return 0, errors.Join(fmt.Errorf("reading %s: image name %q cannot be a file name", file, name), err)
		}
		if err := c.add(p); err != nil {
			return 0, fmt.Errorf("reading %s: %w", file, err)
		}
	}
	return len(names), nil
}

// scenes collects one split of CIRR. It returns the number of names.
func (c *copier) scenes(split string) (int, error) {
	if _, err := c.take(fmt.Sprintf("%s/cap.rc2.%s.json", cirrCaptions, split)); err != nil {
		return 0, err
	}
	file := fmt.Sprintf("%s/split.rc2.%s.json", cirrSplitDir, split)
	text, err := c.take(file)
	if text == nil || err != nil {
		return 0, err
	}
	folder, below := c.within(file)
	_, paths, err := folder.Paths(below)
	if err != nil {
		return 0, err
	}
	for _, name := range sortedKeys(paths) {
		path := paths[name]
		if !isJPEG(path) && !strings.EqualFold(slashpath.Ext(path), ".png") {
			return 0, fmt.Errorf("reading %s: %q has the path %q, want a .png or .jpg below the data set's folder", file, name, path)
		}
		p := picture{name: name, file: cirrRoot + "/" + path, split: split, kind: scenes}
		if err := c.add(p); err != nil {
			return 0, fmt.Errorf("reading %s: %w", file, err)
		}
	}
	return len(paths), nil
}

// add adds a picture, unless it was added before.
func (c *copier) add(p picture) error {
	owner, taken := c.owner[p.file]
	file, known := c.fileOf[p.name]
	switch {
	case !taken && !known:
		c.owner[p.file], c.fileOf[p.name] = p.name, p.file
		c.pictures = append(c.pictures, p)
	case taken && owner != p.name:
		return fmt.Errorf("%q and %q have the same file %s", owner, p.name, p.file)
	case file != p.file:
		return fmt.Errorf("%q has two files, %s and %s", p.name, file, p.file)
	}
	return nil
}

// digest is a sum over all that is copied and drawn.
func (c *copier) digest() string {
	h := sha256.New()
	for _, name := range sortedKeys(c.files) {
		fmt.Fprintf(h, "%q %x\n", name, sha256.Sum256(c.files[name]))
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
