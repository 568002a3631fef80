package tokenize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// capitalize is Python's str.capitalize: the first code point to title case, the rest to lower case, with the full
// mappings of Unicode 14. Unlike the tokenizer's lower it looks at neighbours: a capital sigma that ends a word becomes
// U+03C2. Invalid UTF-8 becomes U+FFFD.
func capitalize(s string) string {
	if s == "" {
		return ""
	}
	text := []rune(s)
	var out strings.Builder
	out.WriteString(cases.Title(language.Und, cases.NoLower).String(string(text[:1])))
	for i, r := range text[1:] {
		switch {
		case r == 'Σ' && isFinal(text, i+1):
			out.WriteRune('ς')
		case r == 'İ':
			out.WriteString("i\u0307")
		default:
			out.WriteRune(unicode.ToLower(r))
		}
	}
	return out.String()
}

// isFinal reports whether the letter at i ends a word: a cased letter stands before it and none behind it, those that
// are ignored for case left out.
func isFinal(text []rune, i int) bool {
	before, after := i-1, i+1
	for before >= 0 && isCaseIgnorable(text[before]) {
		before--
	}
	for after < len(text) && isCaseIgnorable(text[after]) {
		after++
	}
	return before >= 0 && isCased(text[before]) && (after == len(text) || !isCased(text[after]))
}

// isCased is the Unicode property Cased.
func isCased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase) &&
		!unicode.Is(sinceUnicode15, r)
}

// isCaseIgnorable is the Unicode property Case_Ignorable: marks, format characters, modifiers, and the punctuation that
// may stand within a word.
func isCaseIgnorable(r rune) bool {
	if r < utf8.RuneSelf {
		return strings.ContainsRune("'.:^`", r)
	}
	return (unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune(withinWords, r)) &&
		!unicode.Is(sinceUnicode15, r)
}

// withinWords are the code points of Word_Break MidLetter and MidNumLet beyond ASCII.
const withinWords = "\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A"
