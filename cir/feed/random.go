package feed

// Streams keep draws for different purposes apart.
const (
	shuffleStream uint64 = iota
	forwardStream
	backwardStream
)

// hash mixes its arguments into 64 random-looking bits. Draws are addressed, not taken in turn, so they don't depend on
// what was drawn before; and unlike a library's generator it will give the same bits with every version of Go.
//
// Each argument is a step of the SplitMix64 generator (Steele, Lea, Flood 2014), started from the last one's output.
func hash(values ...uint64) uint64 {
	var h uint64
	for _, v := range values {
		h += v + 0x9E3779B97F4A7C15
		h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
		h = (h ^ h>>27) * 0x94D049BB133111EB
		h ^= h >> 31
	}
	return h
}

// uniform turns 64 random bits into a number of [0, 1).
func uniform(bits uint64) float64 { return float64(bits>>11) / (1 << 53) }
