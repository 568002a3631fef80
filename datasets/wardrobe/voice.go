package wardrobe

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A voice chooses among the ways of saying one thing.
type voice struct{ *rand.Rand }

// pick is one of the options.
func (v voice) pick(options ...string) string { return options[v.IntN(len(options))] }

// pickf fills one of the formats; all of them take the same arguments.
func (v voice) pickf(arguments []any, formats ...string) string {
	return fmt.Sprintf(v.pick(formats...), arguments...)
}

// colour is one of the names of c.
func (v voice) colour(c colour) string { return v.pick(palette[c-1].names...) }

// chance is true with probability p.
func (v voice) chance(p float64) bool { return v.Float64() < p }

var numbers = []string{"no", "one", "two", "three", "four"}

// count is "no dogs", "one dog", "two dogs".
func count(n uint8, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return numbers[n] + " " + plural(noun)
}

func plural(noun string) string { return noun + "s" }

// indefinite puts "a" or "an" before a phrase.
func indefinite(phrase string) string {
	if strings.ContainsRune("aeiou", rune(phrase[0])) {
		return "an " + phrase
	}
	return "a " + phrase
}
