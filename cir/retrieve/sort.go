package retrieve

import (
	"math"
	"slices"
)

// sortKey is smaller for a better score and, of equal scores, for an earlier place in the gallery.
func sortKey(score float32, place int) uint64 {
	if score == 0 {
		score = 0 // -0 is the same score
	}
	bits := math.Float32bits(score)
	if bits>>31 == 0 {
		bits = ^bits & (1<<31 - 1) // positive scores come first, the largest bits foremost
	}
	return uint64(bits)<<32 | uint64(uint32(place))
}

// fromKey is what a key was made of. A score of -0 comes back as 0.
func fromKey(key uint64) (score float32, place int) {
	bits := uint32(key >> 32)
	if bits>>31 == 0 {
		bits = ^bits & (1<<31 - 1)
	}
	return math.Float32frombits(bits), int(uint32(key))
}

// A best keeps the limit best of the images it is shown.
type best struct {
	limit int
	keys  []uint64 // of these and, until they are cut, as many others
	floor float32  // no image with a score below it can be among the best
}

func newBest(limit int) best { return best{limit: limit, floor: float32(math.Inf(-1))} }

// add shows b the scores of the images from, from+1, …
func (b *best) add(from int, scores []float32) {
	for i, score := range scores {
		if score < b.floor {
			continue
		}
		b.keys = append(b.keys, sortKey(score, from+i))
		if len(b.keys) == 2*b.limit {
			b.keys = b.sorted()
			b.floor, _ = fromKey(b.keys[b.limit-1])
		}
	}
}

// sorted are the keys of the best, in order.
func (b *best) sorted() []uint64 {
	slices.Sort(b.keys)
	return b.keys[:min(b.limit, len(b.keys))]
}

// sortKeys sorts keys that were made in order of place: a radix sort of the scores by 11 bits at a time keeps equal
// scores in their order, and is several times faster than a sort by comparison.
func sortKeys(keys []uint64) {
	const digits, mask = 1 << 11, 1<<11 - 1
	if len(keys) < digits/4 {
		slices.Sort(keys)
		return
	}
	from, to := keys, make([]uint64, len(keys))
	for shift := 32; shift < 64; shift += 11 {
		var starts [digits]int
		for _, key := range from {
			starts[key>>shift&mask]++
		}
		for d, begin := 0, 0; d < digits; d++ {
			begin, starts[d] = begin+starts[d], begin
		}
		for _, key := range from {
			d := key >> shift & mask
			to[starts[d]] = key
			starts[d]++
		}
		from, to = to, from
	}
	copy(keys, from) // three passes: the last one wrote to the other slice
}
