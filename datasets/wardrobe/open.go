package wardrobe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gocir/datasets"
)

// A Wardrobe knows what is on the pictures of a data set that Draw or DrawLike has written.
type Wardrobe struct {
	header   header
	pictures []picture
	byName   map[string]int
}

// A Description says what one picture shows, without comparing it to any other.
type Description struct {
	Image   string // image name
	Text    string // such as "a long loose red dress with white dots, short sleeves and a round neck"
	Dataset string // "fashioniq" or "cirr"
}

// Open reads dir/wardrobe.json. It is an error if dir holds none, or one that was not finished.
func Open(dir string) (*Wardrobe, error) {
	path := filepath.Join(dir, indexFile)
	f, err := openIndex(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, unfinished := os.Stat(filepath.Join(dir, unfinishedFile)); unfinished == nil {
			return nil, fmt.Errorf("opening wardrobe %s: it is not finished: draw it again with the same options", dir)
		}
		return nil, fmt.Errorf("opening wardrobe: %w (draw one first)", err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening wardrobe: %w", err)
	}
	defer f.Close()
	w, err := read(json.NewDecoder(f))
	if err != nil {
		return nil, fmt.Errorf("opening wardrobe: reading %s: %w (remove the folder and draw it again)", path, err)
	}
	return w, nil
}

func read(d *json.Decoder) (*Wardrobe, error) {
	h, err := decodeHeader(d)
	if err != nil {
		return nil, err
	}
	if h.Format != formatVersion {
		return nil, fmt.Errorf("format %d, want %d", h.Format, formatVersion)
	}
	if err := expect(d, "images", json.Delim('[')); err != nil {
		return nil, err
	}
	w := &Wardrobe{header: h, byName: map[string]int{}}
	for d.More() {
		var e entry
		if err := decodeSmall(d, &e); err != nil {
			return nil, err
		}
		if err := w.add(e); err != nil {
			return nil, fmt.Errorf("image %q: %w", e.Name, err)
		}
	}
	return w, expect(d, json.Delim(']'), json.Delim('}'))
}

func (w *Wardrobe) add(e entry) error {
	k := garments
	if e.Dataset == scenes.dataset {
		k = scenes
	} else if e.Dataset != garments.dataset {
		return fmt.Errorf("data set %q: want %s or %s", e.Dataset, garments.dataset, scenes.dataset)
	}
	if err := datasets.CheckName(e.Name); err != nil {
		return err
	}
	if _, twice := w.byName[e.Name]; twice {
		return errors.New("the name is there twice")
	}
	l, err := k.parse(e.Attributes)
	if err != nil {
		return err
	}
	if err := datasets.CheckName(e.File); err != nil {
		return fmt.Errorf("its file: %w", err)
	}
	w.byName[e.Name] = len(w.pictures)
	w.pictures = append(w.pictures, picture{e.Name, e.File, e.Category, e.Split, k, l})
	return nil
}

// Options returns what the data set was drawn with.
func (w *Wardrobe) Options() Options { return w.header.Options }

// Attributes returns what an image shows, by the name of the attribute, such as "colour": "dark red". It is false for
// an image name that is not in the wardrobe.
func (w *Wardrobe) Attributes(image string) (map[string]string, bool) {
	i, ok := w.byName[image]
	if !ok {
		return nil, false
	}
	return w.pictures[i].kind.describe(w.pictures[i].look), true
}

// Descriptions returns the descriptions of the pictures of a split of both data sets (train, val, test or test1), in
// the order of the split files: three for each picture, in different words, always the same ones.
func (w *Wardrobe) Descriptions(split string) []Description {
	var all []Description
	for i := range w.pictures {
		p := &w.pictures[i]
		if p.split != split {
			continue
		}
		for _, text := range p.descriptions(w.header.Options.Seed) {
			all = append(all, Description{p.name, text, p.kind.dataset})
		}
	}
	return all
}
