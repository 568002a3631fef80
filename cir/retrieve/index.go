package retrieve

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gocir/cir/embed"
)

// An Index is a gallery ready to search. It may be used by several goroutines at once.
type Index struct {
	// About is what the caller wants kept with the index: the digest of the weights, the preprocessing recipe, the data
	// set. Save writes it and Open gives it back; keys that begin with "gocir." are the file format's own.
	About map[string]string

	embeddings *embed.Embeddings
}

// New makes an index of a copy of e. normalise divides each row by its L2 norm; without it the rows must be
// normalised, or scores are no cosines. A name that occurs twice, an empty gallery, numbers that are too few, too many
// or not finite are errors.
func New(e *embed.Embeddings, normalise bool) (*Index, error) {
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("building an index: %w", err)
	}
	if len(e.Names) == 0 {
		return nil, errors.New("building an index: the gallery is empty")
	}
	own := &embed.Embeddings{Names: slices.Clone(e.Names), Width: e.Width, Data: slices.Clone(e.Data)}
	for i, name := range own.Names {
		if first, _ := own.Index(name); first != i {
			return nil, fmt.Errorf("building an index: %q is image %d and image %d: names must differ", name, first, i)
		}
		if normalise {
			Normalize(own.Row(i))
		}
	}
	return &Index{embeddings: own}, nil
}

// Normalize divides v by its L2 norm, in place. A norm below 1e-12 is taken as 1e-12, so zeros stay zeros.
func Normalize(v []float32) {
	var sum float64
	for _, a := range v {
		sum += float64(a) * float64(a)
	}
	norm := max(math.Sqrt(sum), 1e-12)
	for i, a := range v {
		v[i] = float32(float64(a) / norm)
	}
}

// Len is G, the size of the gallery.
func (x *Index) Len() int { return len(x.embeddings.Names) }

// Width is E, the length of an embedding.
func (x *Index) Width() int { return x.embeddings.Width }

// Names are the gallery's image names, in order: a copy.
func (x *Index) Names() []string { return slices.Clone(x.embeddings.Names) }

// Embedding is the vector of an image, [E], as the index holds it, and whether the image is there. Don't write to it.
func (x *Index) Embedding(name string) ([]float32, bool) {
	i, ok := x.embeddings.Index(name)
	if !ok {
		return nil, false
	}
	return x.embeddings.Row(i), true
}

// checkQueries refuses queries of another width or with NaN or Inf, and says how many there are.
func (x *Index) checkQueries(queries []float32) (int, error) {
	width := x.Width()
	if len(queries)%width != 0 {
		return 0, fmt.Errorf("searching: %d numbers are no queries of width %d: was the index made by another model?",
			len(queries), width)
	}
	for i, v := range queries {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, fmt.Errorf("searching: number %d of query %d is %v", i%width, i/width, v)
		}
	}
	return len(queries) / width, nil
}

// checkQuery is checkQueries for exactly one.
func (x *Index) checkQuery(query []float32) error {
	if len(query) != x.Width() {
		return fmt.Errorf("searching: query of width %d, index of width %d: was the index made by another model?",
			len(query), x.Width())
	}
	_, err := x.checkQueries(query)
	return err
}
