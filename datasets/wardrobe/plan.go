package wardrobe

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"
)

// A shelf is one split of one category of garments, or one split of the scenes: a gallery with names and triplets.
type shelf struct {
	kind     *kind
	category string // empty for scenes
	split    string
	gallery  *gallery
	names    []string // of the gallery's looks, place by place
	order    []int    // the places in the order of the split file
	triplets []triplet
}

// The splits of both data sets, as their authors name them.
var (
	fashionSplits = []string{"train", "val", "test"}
	sceneSplits   = []string{"train", "val", "test1"}
)

// shares are the parts of a whole that splits and categories get, near the originals'.
var (
	fashionSplitShares = []int{60, 20, 20}
	sceneSplitShares   = []int{64, 18, 18}
	categoryShares     = []int{26, 40, 34}
)

// plan chooses every picture and every caption; nothing is drawn yet.
func plan(ctx context.Context, o Options) ([]*shelf, error) {
	groups := o.Images / 3 / groupSize
	shelves := make([]*shelf, 0, len(categories)*len(fashionSplits)+len(sceneSplits))
	sizes := divide(o.Images-groups*groupSize, categoryShares)
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(cmp.Or(o.Workers, -1))
	start := func(s *shelf, arrange func(r *rand.Rand)) {
		shelves = append(shelves, s)
		tasks.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			arrange(stream(o.Seed, fmt.Sprintf("shelf %s %s", s.category, s.split)))
			return nil
		})
	}
	for i, category := range categories {
		for j, size := range divide(sizes[i], fashionSplitShares) {
			s := &shelf{kind: garments, category: category, split: fashionSplits[j]}
			start(s, func(r *rand.Rand) { s.arrangeGarments(r, uint8(i), size, familyShare(o.Images)) })
		}
	}
	for j, size := range divide(groups, sceneSplitShares) {
		s := &shelf{kind: scenes, split: sceneSplits[j]}
		start(s, func(r *rand.Rand) { s.arrangeScenes(r, size, max(familyShare(o.Images)/8, 1)) })
	}
	return shelves, tasks.Wait()
}

// familyShare is how many garments a family has: enough to fill the first places of a ranking, and few enough that
// the training split has families of every colour.
func familyShare(images int) int { return min(max(images/60, 8), 200) }

// divide cuts a whole into parts near the shares (of a hundred), none of them empty; the first takes the rest.
func divide(whole int, shares []int) []int {
	parts := make([]int, len(shares))
	rest := whole
	for i := len(shares) - 1; i > 0; i-- {
		parts[i] = max(1, (whole*shares[i]+50)/100)
		rest -= parts[i]
	}
	parts[0] = rest
	return parts
}

func (s *shelf) arrangeGarments(r *rand.Rand, category uint8, size, share int) {
	s.gallery = garmentGallery(r, category, size, share)
	most := tripletsOfTarget
	if s.split == "train" {
		most = tripletsOfTargetTrain
	}
	s.triplets = s.gallery.garmentTriplets(r, most)
	used := map[string]bool{}
	for range s.gallery.looks {
		s.names = append(s.names, freshName(r, s, used))
	}
	s.order = r.Perm(size)
}

// freshName is ten letters and digits, as FashionIQ's names are. The third and fourth tell the shelf, so that names of
// different shelves differ.
func freshName(r *rand.Rand, s *shelf, used map[string]bool) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for {
		name := []byte{'B', '0', s.category[0] - 'a' + 'A', letters[slices.Index(fashionSplits, s.split)]}
		for len(name) < 10 {
			name = append(name, letters[r.IntN(len(letters))])
		}
		if !used[string(name)] {
			used[string(name)] = true
			return string(name)
		}
	}
}

func (s *shelf) arrangeScenes(r *rand.Rand, groups, share int) {
	s.gallery = sceneGallery(r, groups, share)
	most := pairsOfGroup
	if s.split == "train" {
		most = pairsOfGroupTrain
	}
	s.triplets = s.gallery.sceneTriplets(r, most)
	for i := range s.gallery.looks {
		s.names = append(s.names, fmt.Sprintf("%s-%d-%d-img%d", prefix(s.split), i/groupSize, i%groupSize/2, i%2))
	}
	s.order = r.Perm(len(s.names))
}

// prefix begins the names of a split's scenes: CIRR calls its val pictures dev.
func prefix(split string) string {
	if split == "val" {
		return "dev"
	}
	return split
}
