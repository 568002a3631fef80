package embed

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// A digest is the SHA-256 of an encoded picture.
type digest = [sha256.Size]byte

// An imageRun is one call of Images.Embed.
type imageRun struct {
	Images
	source Source
	names  []string // distinct
	total  int      // how many distinct names were asked for
	done   int
	report Report

	cache   *cache
	digests map[string]digest    // of each picture read
	fresh   map[digest][]float32 // encoded in this run; nil while its batch is being filled
	batch   []item
	pixels  []float32 // [BatchSize, 3, S, S]
	buffers sync.Pool // *[]float32, [3, S, S]
}

// An item is a picture on its way to the encoder.
type item struct {
	name   string
	digest digest
	pixels *[]float32 // nil if the cache has the embedding
	err    error      // the picture can't be read
	panic  any        // a fault of ours: stops everything
}

func newImageRun(e Images, source Source, names []string) *imageRun {
	size := 3 * e.Recipe.Size * e.Recipe.Size
	r := &imageRun{
		Images: e, source: source, names: distinct(names),
		digests: make(map[string]digest, len(names)), fresh: make(map[digest][]float32),
		pixels: make([]float32, e.BatchSize*size),
	}
	r.total = len(r.names)
	r.buffers.New = func() any { pixels := make([]float32, size); return &pixels }
	return r
}

func (r *imageRun) run(ctx context.Context) (err error) {
	if err := r.checkPresence(); err != nil {
		return err
	}
	if r.cache, err = openCache(r.Images, &r.report); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.cache.flush()) }()
	for it := range ordered(ctx, len(r.names), r.ahead(), r.load) {
		if err := r.take(it); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped after %d: %w", r.done, context.Cause(ctx))
	}
	if r.failing() {
		return &MissingError{r.report.Missing, r.total}
	}
	return r.encode()
}

// checkPresence looks for every file before hours are spent on encoding.
func (r *imageRun) checkPresence() error {
	present := r.names[:0]
	for _, name := range r.names {
		if r.source.HasImage(name) {
			present = append(present, name)
		} else {
			r.report.Missing = append(r.report.Missing, ImageError{name, errors.New("no such image")})
		}
	}
	r.names, r.done = present, r.total-len(present)
	if r.failing() {
		return &MissingError{r.report.Missing, r.total}
	}
	return nil
}

// failing tells that the run will end in a MissingError.
func (r *imageRun) failing() bool { return len(r.report.Missing) > 0 && !r.SkipMissing }

// load reads picture i and, unless the cache knows it, makes its pixels. Workers call it.
func (r *imageRun) load(i int) (it item) {
	it.name = r.names[i]
	defer func() { it.panic = recover() }()
	data, err := r.source.Image(it.name)
	if err != nil {
		it.err = err
		return it
	}
	it.digest = sha256.Sum256(data)
	if _, ok := r.cache.rows[it.digest]; ok {
		return it
	}
	it.pixels = r.buffers.Get().(*[]float32)
	it.err = r.Recipe.Load(*it.pixels, data)
	return it
}

// take receives the pictures in order and encodes each full batch.
func (r *imageRun) take(it item) error {
	if it.panic != nil {
		return fmt.Errorf("image %q: decoding panicked: %v", it.name, it.panic)
	}
	if it.err != nil {
		r.report.Missing = append(r.report.Missing, ImageError{it.name, it.err})
	} else {
		r.digests[it.name] = it.digest
	}
	_, repeated := r.fresh[it.digest]
	switch {
	case it.err != nil || r.failing(): // it's only counted
	case it.pixels == nil:
		r.report.Cached++
	case repeated:
		r.report.Repeated++
	default:
		r.append(it)
		if len(r.batch) == r.BatchSize {
			return r.encode()
		}
		return nil
	}
	r.release(it)
	r.advance(1)
	return nil
}

// append puts a picture into the batch.
func (r *imageRun) append(it item) {
	size := len(*it.pixels)
	copy(r.pixels[len(r.batch)*size:], *it.pixels)
	r.release(it)
	r.fresh[it.digest] = nil
	r.batch = append(r.batch, it)
}

// encode embeds the batch, the last one padded with zeros: the encoder is compiled for one shape.
func (r *imageRun) encode() error {
	n := len(r.batch)
	if n == 0 {
		return nil
	}
	if err := r.cache.prepare(); err != nil {
		return err
	}
	clear(r.pixels[n*len(r.pixels)/r.BatchSize:])
	rows, err := guarded(r.BatchSize*r.Width, func() ([]float32, error) { return r.Encode(r.pixels, r.BatchSize) })
	if err != nil {
		return fmt.Errorf("encoding the batch from image %q to %q: %w", r.batch[0].name, r.batch[n-1].name, err)
	}
	rows = slices.Clone(rows[:n*r.Width]) // the encoder may use its buffer again
	for i, it := range r.batch {
		if err := finite(rows[i*r.Width : (i+1)*r.Width]); err != nil {
			return fmt.Errorf("embedding of image %q: %w", it.name, err)
		}
	}
	return r.keep(rows)
}

// keep notes the embeddings of the batch, in the cache too, and begins the next.
func (r *imageRun) keep(rows []float32) error {
	for i, it := range r.batch {
		row := rows[i*r.Width : (i+1)*r.Width]
		r.fresh[it.digest] = row
		if err := r.cache.add(it.digest, row); err != nil {
			return err
		}
	}
	n := len(r.batch)
	r.batch = r.batch[:0]
	r.report.Encoded += n
	r.advance(n)
	return nil
}

func (r *imageRun) release(it item) {
	if it.pixels != nil {
		r.buffers.Put(it.pixels)
	}
}

func (r *imageRun) advance(n int) {
	r.done += n
	if r.Progress != nil {
		r.Progress(r.done, r.total)
	}
}

// embeddings puts the rows in the order of names, without those that were left out.
func (r *imageRun) embeddings(names []string) *Embeddings {
	e := &Embeddings{Width: r.Width, Data: make([]float32, 0, len(names)*r.Width)}
	for _, name := range names {
		d, ok := r.digests[name]
		if !ok {
			continue
		}
		row, ok := r.fresh[d]
		if !ok {
			row = r.cache.rows[d]
		}
		e.Names = append(e.Names, name)
		e.Data = append(e.Data, row...)
	}
	return e
}

// guarded calls an encoder, turns its panics into errors and checks the size of what it gives.
func guarded(want int, encode func() ([]float32, error)) (rows []float32, err error) {
	defer func() {
		if p := recover(); p != nil {
			rows, err = nil, fmt.Errorf("the encoder panicked: %v", p)
		}
	}()
	if rows, err = encode(); err == nil && len(rows) != want {
		return nil, fmt.Errorf("the encoder gave %d numbers, want %d: is Width its embedding width?", len(rows), want)
	}
	return rows, err
}

// distinct keeps the first of equal names, in order.
func distinct[T cmp.Ordered](names []T) []T {
	seen, kept := make(map[T]bool, len(names)), make([]T, 0, len(names))
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			kept = append(kept, name)
		}
	}
	return kept
}
