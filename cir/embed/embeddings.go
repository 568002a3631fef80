package embed

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"sync"
)

// Embeddings are one vector of Width numbers per name: row i belongs to Names[i]. Don't change Names after the first
// call of Index.
type Embeddings struct {
	Names []string
	Width int
	Data  []float32 // [len(Names), Width], row-major

	once      sync.Once
	positions map[string]int
}

// Row is the embedding of Names[i], [Width]: a view, not a copy.
func (e *Embeddings) Row(i int) []float32 {
	return e.Data[i*e.Width : (i+1)*e.Width : (i+1)*e.Width]
}

// Index is the row of a name, the first if the name occurs more than once, and whether there is one.
func (e *Embeddings) Index(name string) (int, bool) {
	e.once.Do(func() {
		e.positions = make(map[string]int, len(e.Names))
		for i, name := range e.Names {
			if _, ok := e.positions[name]; !ok {
				e.positions[name] = i
			}
		}
	})
	i, ok := e.positions[name]
	return i, ok
}

// Validate reports what is wrong: a width below 1, too few or too many numbers, the first one that is not finite.
func (e *Embeddings) Validate() error {
	if e.Width < 1 {
		return fmt.Errorf("embeddings: width %d, want 1 or more", e.Width)
	}
	if len(e.Data) != len(e.Names)*e.Width {
		return fmt.Errorf("embeddings: %d numbers for %d names of width %d", len(e.Data), len(e.Names), e.Width)
	}
	for i, name := range e.Names {
		if err := finite(e.Row(i)); err != nil {
			return fmt.Errorf("embedding of %q: %w", name, err)
		}
	}
	return nil
}

// Part is the share of one of several machines or processes, counted from 0. It depends on each name alone, so a
// gallery that grows leaves the other names where they were.
func Part(names []string, part, parts int) ([]string, error) {
	if parts < 1 || part < 0 || part >= parts {
		return nil, fmt.Errorf("part %d of %d: parts are counted from 0 to the number of parts less one", part, parts)
	}
	var mine []string
	for _, name := range names {
		h := fnv.New64a()
		h.Write([]byte(name))
		if h.Sum64()%uint64(parts) == uint64(part) {
			mine = append(mine, name)
		}
	}
	return mine, nil
}

var errNotFinite = errors.New("not finite: check the weights for NaN or Inf with cir inspect")

func finite(row []float32) error {
	for i, v := range row {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("number %d is %v, %w", i, v, errNotFinite)
		}
	}
	return nil
}
