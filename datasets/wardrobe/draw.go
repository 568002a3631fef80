package wardrobe

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	slashpath "path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sync/errgroup"

	"gocir/atomicfile"
)

// Draw writes a generated data set below dir: dir/fashionIQ_dataset and dir/cirr_dataset in the public formats, each
// with all its splits, dir/vocab.txt and dir/wardrobe.json. The folder must be absent, empty, or hold a data set of
// the same options: a finished one is left as it is, an unfinished one is drawn anew.
//
// Progress, if not nil, is told the pictures drawn and their number, by one goroutine at a time. A data set that could
// not be finished, for which there is an error, has no wardrobe.json and is refused by Open.
func Draw(ctx context.Context, dir string, o Options, progress func(done, total int)) error {
	o = o.withDefaults()
	o.Splits = nil
	if err := o.Validate(); err != nil {
		return fmt.Errorf("drawing a wardrobe in %s: %w", dir, err)
	}
	return draw(ctx, dir, header{Source: sourceDrawn, Options: o}, progress, func(d *drawing) error {
		shelves, err := plan(ctx, o)
		if err != nil {
			return err
		}
		return d.addShelves(shelves, o)
	})
}

// A drawing is everything that a data set consists of.
type drawing struct {
	header   header
	pictures []picture
	files    map[string][]byte // by slash-separated name below the folder
}

// draw prepares and writes a data set, unless it is there already.
func draw(ctx context.Context, dir string, h header, progress func(done, total int), prepare func(*drawing) error) error {
	h.Format = formatVersion
	done, err := begin(dir, h)
	if err == nil && !done {
		d := &drawing{header: h, files: map[string][]byte{vocabFile: vocabulary()}}
		if err = prepare(d); err == nil {
			err = d.write(ctx, dir, progress)
		}
	}
	if err != nil {
		return fmt.Errorf("drawing a wardrobe in %s: %w%s", dir, err, advice(err))
	}
	return nil
}

// advice is what a user can do about an error.
func advice(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return " (free some space and draw again with the same options)"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return " (choose a folder that you may write to)"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return " (draw again with the same options to finish it)"
	}
	return ""
}

func (d *drawing) addShelves(shelves []*shelf, o Options) error {
	pair := 1
	for _, s := range shelves {
		var err error
		if s.kind == garments {
			err = s.fashionFiles(d.files)
		} else {
			err = s.cirrFiles(d.files, pair)
			pair += len(s.triplets)
		}
		if err != nil {
			return err
		}
		for _, at := range s.order {
			p := picture{name: s.names[at], category: s.category, split: s.split, kind: s.kind, look: s.gallery.looks[at]}
			if p.file = fashionFile(p.name, o.Format); s.kind == scenes {
				p.file = cirrRoot + "/" + s.scenePath(at)
			}
			d.pictures = append(d.pictures, p)
		}
	}
	return nil
}

// write writes the files, the pictures, and last what says that all is there.
func (d *drawing) write(ctx context.Context, dir string, progress func(done, total int)) error {
	for _, name := range sortedKeys(d.files) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(atomicfile.Clean(filepath.Dir(path), 0), atomicfile.WriteFile(path, d.files[name])); err != nil {
			return err
		}
	}
	if err := d.makeFolders(dir); err != nil {
		return err
	}
	if err := d.drawPictures(ctx, dir, progress); err != nil {
		return err
	}
	return d.finish(dir)
}

func (d *drawing) makeFolders(dir string) error {
	made := map[string]bool{}
	for _, p := range d.pictures {
		folder := slashpath.Dir(p.file)
		if made[folder] {
			continue
		}
		made[folder] = true
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(folder)), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// drawPictures draws on all processors. Pictures are written straight to their names and not synced one by one, which
// would take most of the time: until wardrobe.json is there the folder counts as unfinished.
func (d *drawing) drawPictures(ctx context.Context, dir string, progress func(done, total int)) error {
	tasks, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	var mutex sync.Mutex
	done := 0
	for range cmp.Or(d.header.Options.Workers, runtime.GOMAXPROCS(0)) {
		tasks.Go(func() error {
			var buffer bytes.Buffer
			for i := next.Add(1) - 1; i < int64(len(d.pictures)); i = next.Add(1) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := d.drawPicture(dir, &d.pictures[i], &buffer); err != nil {
					return err
				}
				mutex.Lock()
				if done++; progress != nil {
					progress(done, len(d.pictures))
				}
				mutex.Unlock()
			}
			return nil
		})
	}
	if err := tasks.Wait(); err != nil {
		return fmt.Errorf("after %d of %d pictures: %w", done, len(d.pictures), err)
	}
	return nil
}

func (d *drawing) drawPicture(dir string, p *picture, buffer *bytes.Buffer) error {
	buffer.Reset()
	if err := p.encode(buffer, d.header.Options.Seed, d.header.Options.ImageSize); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, filepath.FromSlash(p.file)), buffer.Bytes(), 0o644)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
