package tokenize

import (
	"strings"
	"unicode/utf8"
)

// longestWord is how many code points a word may have; a longer one is [UNK].
const longestWord = 100

const continuation = "##"

// cutContinuation returns a continuation piece without its "##", and any other token as it is. The bare "##" is such an
// other one: it continues nothing.
func cutContinuation(token string) (piece string, found bool) {
	if token == continuation {
		return token, false
	}
	return strings.CutPrefix(token, continuation)
}

// wordPiece adds the pieces of a word, longest match first; a word with an unmatched rest is one [UNK]. No word, no
// piece.
func (s *scanner) wordPiece(word []rune) {
	if len(word) > longestWord {
		s.ids = append(s.ids, s.t.unknown)
		return
	}
	s.piece = s.piece[:0]
	for _, r := range word {
		s.piece = utf8.AppendRune(s.piece, r)
	}
	before := len(s.ids)
	for rest, pieces := s.piece, s.t.first; len(rest) > 0; pieces = s.t.rest {
		id, size := longest(pieces, rest, s.t.widest)
		if size == 0 {
			s.ids = append(s.ids[:before], s.t.unknown)
			return
		}
		s.ids = append(s.ids, id)
		rest = rest[size:]
	}
}

// longest finds the longest piece at the front of text. Pieces are valid UTF-8, so bytes may be cut anywhere: half a
// code point matches nothing.
func longest(pieces map[string]int32, text []byte, widest int) (id int32, size int) {
	for size = min(len(text), widest); size > 0; size-- {
		if id, ok := pieces[string(text[:size])]; ok {
			return id, size
		}
	}
	return 0, 0
}
