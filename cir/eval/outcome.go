package eval

import (
	"fmt"
	"slices"

	"gocir/datasets"
)

// TopNames is how many names an Outcome keeps: as many as the largest cut-off, and as many as a CIRR submission holds.
const TopNames = 50

// A Ranking is the order of the gallery for one query, the best first.
type Ranking struct {
	Names  []string
	Scores []float32 // of Names, never rising; nil where unknown: then no ties are seen
}

// An Outcome is what is kept of one query's ranking. Names that the protocol does not search are not in it.
type Outcome struct {
	Query      int // number of the triplet in the split, from 0
	Triplet    datasets.Triplet
	Rank       int      // of the target, from 0; -1 where it was not found or is hidden
	SubsetRank int      // the same within the subset; -1 in FashionIQ too
	Tied       bool     // another image has the target's score, so that its place in the gallery decided
	Top        []string // the best TopNames names, fewer in a smaller gallery
	SubsetTop  []string // CIRR: the subset without the reference, the best first
}

// Outcome ranks the gallery for a query by scores, [G], aligned with the split's gallery, without sorting it. Equal
// scores are ordered by the place in the gallery. A score that is not finite is an error.
func (e *Evaluation) Outcome(query int, scores []float32) (Outcome, error) {
	if query < 0 || query >= len(e.places) {
		return Outcome{}, e.errorf("there is no query %d: the split has %d", query, len(e.places))
	}
	if len(scores) != len(e.split.Gallery) {
		return Outcome{}, e.errorf("query %d: %d scores for a gallery of %d images", query, len(scores), len(e.split.Gallery))
	}
	p := e.places[query]
	o := Outcome{Query: query, Triplet: e.split.Triplets[query], Rank: -1, SubsetRank: -1}
	if i := firstNotFinite(scores); i >= 0 {
		return Outcome{}, e.errorf("query %d (triplet %s): the score of %q is %v: check the weights for NaN or Inf", query, o.Triplet.ID, e.split.Gallery[i], scores[i])
	}
	if p.target >= 0 {
		o.Rank, o.Tied = e.rank(scores, p)
	}
	o.Top = e.names(e.best(scores, p.reference))
	e.rankSubset(&o, p, scores)
	return o, nil
}

// firstNotFinite is the place of the first score that is NaN or infinite, -1 where there is none.
func firstNotFinite(scores []float32) int {
	for i, score := range scores {
		if score-score != 0 {
			return i
		}
	}
	return -1
}

// rank counts the images before the target, and tells whether others have its score.
func (e *Evaluation) rank(scores []float32, p places) (rank int, tied bool) {
	target := scores[p.target]
	for i, score := range scores {
		if score < target || i == p.target || !e.candidate(i, p.reference) {
			continue
		}
		tied = tied || score == target
		if better(scores, i, p.target) {
			rank++
		}
	}
	return rank, tied
}

// best are the first TopNames images in order.
func (e *Evaluation) best(scores []float32, reference int) []int {
	best := make([]int, 0, TopNames)
	for i, score := range scores {
		full := len(best) == TopNames
		if full && score <= scores[best[TopNames-1]] || !e.candidate(i, reference) {
			continue // most images: an equal score comes later in the gallery, so it is no better
		}
		if full {
			best = best[:TopNames-1]
		}
		at := len(best)
		for at > 0 && score > scores[best[at-1]] {
			at--
		}
		best = slices.Insert(best, at, i)
	}
	return best
}

// rankSubset orders the subset, which is small.
func (e *Evaluation) rankSubset(o *Outcome, p places, scores []float32) {
	if e.protocol != CIRR {
		return
	}
	subset := slices.Clone(p.subset)
	slices.SortFunc(subset, func(a, b int) int {
		if better(scores, a, b) {
			return -1
		}
		return 1
	})
	o.SubsetTop = e.names(subset)
	o.SubsetRank = slices.Index(subset, p.target)
}

// candidate reports whether the protocol searches image i for a query with that reference.
func (e *Evaluation) candidate(i, reference int) bool {
	if e.protocol == CIRR && i == reference {
		return false
	}
	return e.searched == nil || e.searched[i]
}

// better reports whether image i comes before image j.
func better(scores []float32, i, j int) bool {
	return scores[i] > scores[j] || scores[i] == scores[j] && i < j
}

func (e *Evaluation) names(images []int) []string {
	names := make([]string, len(images))
	for i, image := range images {
		names[i] = e.split.Gallery[image]
	}
	return names
}

// FromRanking takes a query's outcome from a finished ranking. The ranking may end early, as that of an approximate
// search does: a target that is not in it counts as not found.
func (e *Evaluation) FromRanking(query int, r Ranking) (Outcome, error) {
	if query < 0 || query >= len(e.places) {
		return Outcome{}, e.errorf("there is no query %d: the split has %d", query, len(e.places))
	}
	p := e.places[query]
	o := Outcome{Query: query, Triplet: e.split.Triplets[query], Rank: -1, SubsetRank: -1}
	kept, err := e.searchedOf(r, p.reference)
	if err != nil {
		return Outcome{}, e.errorf("query %d (triplet %s): %w", query, o.Triplet.ID, err)
	}
	o.Top = slices.Clone(kept.Names[:min(TopNames, len(kept.Names))])
	for rank, name := range kept.Names {
		at := e.position[name]
		if at == p.target {
			o.Rank, o.SubsetRank, o.Tied = rank, len(o.SubsetTop), kept.tied(rank)
		}
		if slices.Contains(p.subset, at) {
			o.SubsetTop = append(o.SubsetTop, name)
		}
	}
	if e.protocol != CIRR {
		o.SubsetRank = -1
	}
	return o, nil
}

// searchedOf is the ranking without the images that the protocol does not search. It refuses a name that is not in the
// gallery or comes twice, and scores that rise or are no numbers.
func (e *Evaluation) searchedOf(r Ranking, reference int) (kept Ranking, err error) {
	if r.Scores != nil && len(r.Scores) != len(r.Names) {
		return kept, fmt.Errorf("the ranking has %d names and %d scores", len(r.Names), len(r.Scores))
	}
	seen := make([]bool, len(e.split.Gallery))
	for place, name := range r.Names {
		at, err := e.find("ranked image", name)
		if err != nil {
			return kept, err
		}
		if seen[at] {
			return kept, fmt.Errorf("image %q is in the ranking twice", name)
		}
		seen[at] = true
		if r.Scores != nil && !(r.Scores[place] <= r.Scores[max(place-1, 0)]) {
			return kept, fmt.Errorf("the ranking's scores rise or are no numbers at place %d (%v, after %v)", place, r.Scores[place], r.Scores[max(place-1, 0)])
		}
		if !e.candidate(at, reference) {
			continue
		}
		kept.Names = append(kept.Names, name)
		if r.Scores != nil {
			kept.Scores = append(kept.Scores, r.Scores[place])
		}
	}
	return kept, nil
}

// tied reports whether a neighbour has the same score.
func (r Ranking) tied(place int) bool {
	return r.Scores != nil &&
		(place > 0 && r.Scores[place-1] == r.Scores[place] ||
			place+1 < len(r.Scores) && r.Scores[place+1] == r.Scores[place])
}
