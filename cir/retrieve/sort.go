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

// smallest gives the k smallest keys in order.
func smallest(keys []uint64, k int) []uint64 {
	k = min(k, len(keys))
	if k > len(keys)/8 {
		sortKeys(keys)
		return keys[:k]
	}
	best := slices.Clone(keys[:k])
	slices.Sort(best)
	for _, key := range keys[k:] {
		if key < best[k-1] {
			at, _ := slices.BinarySearch(best, key)
			copy(best[at+1:], best[at:k-1])
			best[at] = key
		}
	}
	return best
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
