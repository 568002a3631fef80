package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"gocir/cir/preprocess"
)

// A Source gives encoded pictures (PNG, JPEG, …) by name; every datasets.Dataset is one. Both methods are called from
// several goroutines at once.
type Source interface {
	Image(name string) ([]byte, error)
	HasImage(name string) bool
}

// Images embeds pictures with a frozen image encoder.
type Images struct {
	// Encode maps pixels [n, 3, S, S], S = Recipe.Size, to embeddings [n, Width]. n is always BatchSize, so that an
	// encoder is compiled once: missing rows of the last batch are zero. It is called from one goroutine and must not
	// keep pixels.
	Encode func(pixels []float32, n int) ([]float32, error)
	Width  int               // E, the length of an embedding
	Recipe preprocess.Recipe // how pixels are made from a picture

	BatchSize int // pictures per call of Encode; 0: 32

	// CacheDir is where embeddings are kept between runs; empty: nowhere. WeightsDigest then stands for all that Encode
	// does to pixels: the digest of the encoder's weights, and what else changes its output.
	CacheDir      string
	WeightsDigest string
	FlushEvery    int // pictures per file of the cache; 0: 1024. Each minute's work is written in any case.

	// SkipMissing leaves pictures out that are not there or can't be read, and reports them; without it they are an
	// error.
	SkipMissing bool
	Progress    func(done, total int) // told after each picture or batch, from one goroutine; nil: nobody
}

// A Report says where the embeddings came from. Each distinct name is counted once.
type Report struct {
	Cached   int          // from the cache
	Encoded  int          // encoded now
	Repeated int          // same bytes as another picture that was encoded now
	Missing  []ImageError // those not there, then those not readable; each in the order of the names
	Unusable []string     // files of the cache that were damaged or alien, and why; their pictures were encoded again

	Folder string // of the cache, where it has the embeddings of these weights and this recipe; empty: there is no cache
	Held   int    // embeddings that were in it
}

// Notes say, a line each, which files of the cache could not be used, and how many pictures were encoded although there is
// a cache, and why. There are none where all came from the cache, or where there is no cache.
func (r *Report) Notes() []string {
	var notes []string
	for _, told := range r.Unusable {
		notes = append(notes, "embedding cache: not used: "+told)
	}
	if r.Folder == "" || r.Encoded == 0 {
		return notes
	}
	why := "it did not hold them as they are now"
	switch {
	case len(r.Unusable) > 0:
		why = "files of it could not be used"
	case r.Held == 0:
		why = "it held nothing for these weights and this preprocessing"
	}
	return append(notes, fmt.Sprintf("embedding cache: %d of %d pictures were encoded: %s (%s)", r.Encoded, r.Cached+r.Encoded+r.Repeated, why, r.Folder))
}

// An ImageError says why a picture could not be used.
type ImageError struct {
	Name string
	Err  error
}

// Error names the picture.
func (e ImageError) Error() string { return fmt.Sprintf("image %q: %v", e.Name, e.Err) }

// Unwrap is the cause.
func (e ImageError) Unwrap() error { return e.Err }

// A MissingError lists every picture that is not there, or, if all are there, every one that can't be read.
type MissingError struct {
	Images []ImageError
	Total  int // distinct names asked for
}

// Error counts all and names the first twenty.
func (e *MissingError) Error() string {
	const most = 20
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d images are missing or unreadable (skip missing images to go on without them):",
		len(e.Images), e.Total)
	for _, image := range e.Images[:min(most, len(e.Images))] {
		fmt.Fprintf(&b, "\n  %v", image)
	}
	if more := len(e.Images) - most; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	return b.String()
}

// Validate reports every way in which e cannot run.
func (e Images) Validate() error {
	errs := []error{e.Recipe.Validate()}
	if e.Encode == nil {
		errs = append(errs, errors.New("no Encode function"))
	}
	if e.Width < 1 {
		errs = append(errs, fmt.Errorf("width %d, want the encoder's embedding width", e.Width))
	}
	if e.BatchSize < 0 || e.FlushEvery < 0 {
		errs = append(errs, fmt.Errorf("batch size %d, flush every %d: negative", e.BatchSize, e.FlushEvery))
	}
	if e.CacheDir != "" && e.WeightsDigest == "" {
		errs = append(errs, errors.New("a cache needs WeightsDigest, or embeddings of other weights would be taken for these"))
	}
	return errors.Join(errs...)
}

// Embed gives the embeddings of names, in their order; a name may occur more than once. Pictures are read and decoded
// on all cores while earlier ones are encoded; each distinct picture is encoded once. Memory is bounded by two batches
// of pixels and the embeddings.
//
// Missing files are a *[MissingError] before anything is encoded. At an unreadable picture encoding stops, the rest is
// still read, and the *MissingError lists all of them. Other errors (of Encode, the cache, ctx; an embedding with NaN)
// stop the run and name the picture. The report is never nil, and what was encoded before an error is in the cache.
func (e Images) Embed(ctx context.Context, source Source, names []string) (*Embeddings, *Report, error) {
	if err := e.Validate(); err != nil {
		return nil, new(Report), fmt.Errorf("embedding images: %w", err)
	}
	e.BatchSize = cmp.Or(e.BatchSize, 32)
	r := newImageRun(e, source, names)
	if err := r.run(ctx); err != nil {
		return nil, &r.report, fmt.Errorf("embedding %d images: %w", r.total, err)
	}
	return r.embeddings(names), &r.report, nil
}

// ahead is how many pictures may wait for the encoder: the next batch, and one in each worker's hands.
func (e Images) ahead() int { return e.BatchSize + runtime.GOMAXPROCS(0) }
