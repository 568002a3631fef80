package wardrobe

import "math/rand/v2"

// A triplet is a pair of looks of one gallery, by their places, and what is said of them.
type triplet struct {
	reference, target int
	captions          []string
	said              []rule
}

// The chance that a triplet is first tried in words that need the reference, and the same after an exchange.
const (
	relativeShare = 0.42
	exchangeShare = 0.75
)

// ways is in how many ways a pair of looks is tried to be told apart from all others.
const ways = 4

// tell finds words that, together with the reference, fit the target and nothing else in the gallery; nil if it
// finds none.
func (g *gallery) tell(r *rand.Rand, k *kind, reference, target int) []rule {
	ref, t := g.looks[reference], g.looks[target]
	share := relativeShare
	if g.twin[target] == reference {
		share = exchangeShare
	}
	relative := r.Float64() < share
	for range ways {
		rules := k.explain(r, ref, t, relative)
		if rules != nil && len(rules) <= mostRules && k.matches(rules, ref, t, g.has) == 1 {
			return rules
		}
	}
	return nil
}

// mostRules is how many things the captions of a triplet say at most.
const mostRules = 3

// garmentTriplets gives each garment up to so many references of the same family; most differ in one or two things.
func (g *gallery) garmentTriplets(r *rand.Rand, most int) []triplet {
	var triplets []triplet
	for _, family := range g.ranges {
		for target := family[0]; target < family[1]; target++ {
			found := 0
			for _, reference := range g.references(r, family, target) {
				if found == most {
					break
				}
				if said := g.tell(r, garments, reference, target); said != nil {
					captions := garmentCaptions(voice{r}, said, g.looks[reference], g.looks[target])
					triplets = append(triplets, triplet{reference, target, captions, said})
					found++
				}
			}
		}
	}
	r.Shuffle(len(triplets), func(i, j int) { triplets[i], triplets[j] = triplets[j], triplets[i] })
	return triplets
}

// references lists candidates for the reference of a target, the best first: often what it was exchanged from, else
// the nearest of one, two or three differences, as chance has it.
func (g *gallery) references(r *rand.Rand, family [2]int, target int) []int {
	var near [mostRules + 1][]int
	for _, i := range r.Perm(family[1] - family[0]) {
		i += family[0]
		if n := len(differences(g.looks[i], g.looks[target]).list()); n > 0 && n <= mostRules {
			near[n] = append(near[n], i)
		}
	}
	var list []int
	if twin := g.twin[target]; twin >= 0 && r.Float64() < 0.7 {
		list = append(list, twin)
	}
	first := 1 + r.IntN(mostRules)
	list = append(list, near[first]...)
	for n := 1; n <= mostRules; n++ {
		if n != first {
			list = append(list, near[n]...)
		}
	}
	return list[:min(len(list), 12)]
}

// How many triplets there are of one target (garments) or one group of six (scenes) at most. In FashionIQ few images
// are a target twice, and most of CIRR's groups have nine pairs. The train splits have more of both, since a tiny
// model that starts from nothing needs more examples than one that was pretrained on millions of pictures.
const (
	tripletsOfTarget      = 2
	tripletsOfTargetTrain = 2
	pairsOfGroup          = 9
	pairsOfGroupTrain     = 24
)

// sceneTriplets writes captions for up to so many pairs within each group.
func (g *gallery) sceneTriplets(r *rand.Rand, most int) []triplet {
	var triplets []triplet
	for _, group := range g.ranges {
		found := 0
		for _, pair := range r.Perm(groupSize * groupSize) {
			reference, target := group[0]+pair/groupSize, group[0]+pair%groupSize
			if reference == target || found == most {
				continue
			}
			if said := g.tell(r, scenes, reference, target); said != nil {
				caption := sceneCaption(voice{r}, said, g.looks[reference], g.looks[target])
				triplets = append(triplets, triplet{reference, target, []string{caption}, said})
				found++
			}
		}
	}
	return triplets
}
