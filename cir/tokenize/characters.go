package tokenize

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A class is what the cleaning of a text does to a code point.
type class uint8

const (
	dropped   class = iota // control, format, private use, surrogate, unassigned, U+0000, U+FFFD
	space                  // separates words
	ideograph              // is a word by itself
	letter                 // anything else, punctuation included
)

// classOf follows BERT's cleaning, not unicode.IsSpace: vertical tab, form feed, U+001C to U+001F and U+0085 are
// control characters and dropped before words are split; U+2028 and U+2029 are not, and do split.
func classOf(r rune) class {
	if r < utf8.RuneSelf {
		return asciiClass[r]
	}
	switch {
	case r == utf8.RuneError, unicode.Is(unicode.C, r), unicode.Is(sinceUnicode15, r):
		return dropped
	case unicode.Is(unicode.Zs, r), r == '\u2028', r == '\u2029':
		return space
	case unicode.Is(ideographs, r):
		return ideograph
	}
	return letter
}

var asciiClass = func() (classes [utf8.RuneSelf]class) {
	for r := range classes {
		if r > ' ' && r < 0x7F {
			classes[r] = letter
		}
	}
	for _, r := range "\t\n\r " {
		classes[r] = space
	}
	return classes
}()

// ideographs are the CJK blocks that BERT knows: neither kana nor Hangul, and none added since Unicode 8.
var ideographs = &unicode.RangeTable{
	R16: []unicode.Range16{{0x3400, 0x4DBF, 1}, {0x4E00, 0x9FFF, 1}, {0xF900, 0xFAFF, 1}},
	R32: []unicode.Range32{
		{0x20000, 0x2A6DF, 1},
		{0x2A700, 0x2B73F, 1},
		{0x2B740, 0x2B81F, 1},
		{0x2B820, 0x2CEAF, 1},
		{0x2F800, 0x2FA1F, 1},
	},
}

// sinceUnicode15 are the code points that Unicode 15.0, Go's version, has and Unicode 14 has not. Nothing else that is
// used here differs between the two: letter cases, decompositions and categories are the same.
var sinceUnicode15 = &unicode.RangeTable{
	R16: []unicode.Range16{{0x0CF3, 0x0CF3, 1}, {0x0ECE, 0x0ECE, 1}},
	R32: []unicode.Range32{
		{0x10EFD, 0x10EFF, 1},
		{0x1123F, 0x11241, 1},
		{0x11B00, 0x11B09, 1},
		{0x11F00, 0x11F10, 1},
		{0x11F12, 0x11F3A, 1},
		{0x11F3E, 0x11F59, 1},
		{0x1342F, 0x1342F, 1},
		{0x13439, 0x13455, 1},
		{0x1B132, 0x1B132, 1},
		{0x1B155, 0x1B155, 1},
		{0x1D2C0, 0x1D2D3, 1},
		{0x1DF25, 0x1DF2A, 1},
		{0x1E030, 0x1E06D, 1},
		{0x1E08F, 0x1E08F, 1},
		{0x1E4D0, 0x1E4F9, 1},
		{0x1F6DC, 0x1F6DC, 1},
		{0x1F774, 0x1F776, 1},
		{0x1F77B, 0x1F77F, 1},
		{0x1F7D9, 0x1F7D9, 1},
		{0x1FA75, 0x1FA77, 1},
		{0x1FA87, 0x1FA88, 1},
		{0x1FAAD, 0x1FAAF, 1},
		{0x1FABB, 0x1FABD, 1},
		{0x1FABF, 0x1FABF, 1},
		{0x1FACE, 0x1FACF, 1},
		{0x1FADA, 0x1FADB, 1},
		{0x1FAE8, 0x1FAE8, 1},
		{0x1FAF7, 0x1FAF8, 1},
		{0x2B739, 0x2B739, 1},
		{0x31350, 0x323AF, 1},
	},
}

// isPunctuation counts all ASCII signs as punctuation, `$` and `+` too; beyond ASCII only category P.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiClass[r] == letter && !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}
	return unicode.Is(unicode.P, r)
}

// lower lower-cases one code point by itself, so sigma is never final. U+0130 gives "i" and a combining dot in Python;
// the dot is left out, as fold would drop it.
func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	if r < utf8.RuneSelf {
		return r
	}
	return unicode.ToLower(r)
}

// fold lower-cases what a glued literal left in capitals, decomposes canonically and drops the marks of category Mn.
func fold(word []rune, plain bool) []rune {
	for i, r := range word {
		word[i] = lower(r)
	}
	if plain {
		return word
	}
	return slices.DeleteFunc(decompose(word), func(r rune) bool { return unicode.Is(unicode.Mn, r) })
}

// decompose returns the canonical decomposition of word. It goes by code points because norm.NFD on a whole string
// breaks sequences of more than 30 marks up (stream-safe text), which moves the marks that are not Mn.
func decompose(word []rune) []rune {
	var (
		out     = make([]rune, 0, 2*len(word))
		in, nfd []byte
	)
	for _, r := range word {
		if r < 0xC0 {
			out = append(out, r)
			continue
		}
		in = utf8.AppendRune(in[:0], r)
		nfd = norm.NFD.Append(nfd[:0], in...)
		for b := nfd; len(b) > 0; {
			r, size := utf8.DecodeRune(b)
			out, b = append(out, r), b[size:]
		}
	}
	reorder(out)
	return out
}

// reorder sorts each run of combining marks by combining class, as canonical order demands.
func reorder(word []rune) {
	for i := 0; i < len(word); i++ {
		start := i
		for i < len(word) && combiningClass(word[i]) != 0 {
			i++
		}
		slices.SortStableFunc(word[start:i], func(a, b rune) int { return cmp.Compare(combiningClass(a), combiningClass(b)) })
	}
}

func combiningClass(r rune) uint8 {
	if r < 0x300 {
		return 0
	}
	var buf [utf8.UTFMax]byte
	return norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).CCC()
}
