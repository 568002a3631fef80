package tokenize

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// MaxLength is how many ids of a text the original keeps at most, [CLS] and [SEP] included.
const MaxLength = 77

// A Tokenizer maps texts to WordPiece ids. It never changes once built, so any number of goroutines may share one.
type Tokenizer struct {
	tokens []string         // by id; [DEC] and [ENC] are the last two
	first  map[string]int32 // pieces that begin a word
	rest   map[string]int32 // pieces that continue one, without their "##"
	widest int              // bytes of the longest piece

	unknown, begin, end int32 // [UNK], [CLS], [SEP]
}

// Size returns how many rows a word embedding needs: the words of the vocabulary, [DEC] and [ENC].
func (t *Tokenizer) Size() int { return len(t.tokens) }

// ID returns the id of a token by its name, such as "dress", "##less" or "[ENC]".
func (t *Tokenizer) ID(token string) (id int32, ok bool) {
	pieces, piece := t.filed(token)
	id, ok = pieces[piece]
	return id, ok
}

// Tokens returns the names of ids, for reading: continuation pieces begin with "##". An id outside the vocabulary,
// which no text of this tokenizer gives, is shown as its number in angle brackets.
func (t *Tokenizer) Tokens(ids []int32) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		if id < 0 || int(id) >= len(t.tokens) {
			names[i] = fmt.Sprintf("<%d>", id)
			continue
		}
		names[i] = t.tokens[id]
	}
	return names
}

// Encode returns the ids of text between [CLS] and [SEP], at most maxLength of them: what is too much is cut off before
// [SEP]. A maxLength below 2 counts as 2.
func (t *Tokenizer) Encode(text string, maxLength int) []int32 {
	s := scanner{t: t, plain: true}
	s.encode(text, maxLength)
	return s.ids
}

// A scanner encodes texts one after another into one slice of ids.
type scanner struct {
	t     *Tokenizer
	ids   []int32
	limit int    // length of ids at which the text in work is cut off
	word  []rune // lower-case, without control characters; white space has not come yet
	plain bool   // word is ASCII
	alone bool   // word is one of the literals, and nothing else
	piece []byte // scratch of wordPiece
}

func (s *scanner) encode(text string, maxLength int) {
	s.limit = len(s.ids) + min(max(maxLength, 2), math.MaxInt-len(s.ids)) - 1
	s.ids = append(s.ids, s.t.begin)
	for len(text) > 0 && len(s.ids) < s.limit {
		text = text[s.step(text):]
	}
	s.flush()
	s.ids = append(s.ids[:min(len(s.ids), s.limit)], s.t.end)
}

// step takes a literal or one code point off the front of text and returns its length in bytes. Invalid UTF-8 reads as
// U+FFFD, one byte at a time, and is dropped like it.
func (s *scanner) step(text string) int {
	if name := literalAt(text); name != "" {
		s.literal(name)
		return len(name)
	}
	r, size := utf8.DecodeRuneInString(text)
	switch classOf(r) {
	case letter:
		s.add(lower(r))
	case space:
		s.flush()
	case ideograph:
		s.flush()
		s.add(r)
		s.flush()
	}
	return size
}

// add lengthens the word in work.
func (s *scanner) add(r rune) {
	s.plain = s.plain && r < utf8.RuneSelf
	s.alone = false
	s.word = append(s.word, r)
}

// literal takes one of the seven literals.
//
// UPSTREAM: [DEC] and [ENC] are tokens anywhere, even within a word; the other five only as words of their own. Glued
// to anything they fall into pieces like other text (release 4.15.0; later ones find them anywhere).
func (s *scanner) literal(name string) {
	if name == decoderToken || name == encoderToken {
		s.flush()
		s.ids = append(s.ids, s.t.first[name])
		return
	}
	alone := len(s.word) == 0
	for _, r := range name {
		s.add(r)
	}
	s.alone = alone
}

// flush turns the word in work into pieces and begins the next one.
func (s *scanner) flush() {
	if s.alone {
		s.wordPiece(s.word)
	} else {
		s.word = fold(s.word, s.plain)
		s.splitPunctuation(s.word)
	}
	s.word, s.plain, s.alone = s.word[:0], true, false
}

// splitPunctuation makes each punctuation character a word by itself.
func (s *scanner) splitPunctuation(word []rune) {
	start := 0
	for i, r := range word {
		if len(s.ids) >= s.limit {
			return
		}
		if isPunctuation(r) {
			s.wordPiece(word[start:i])
			s.wordPiece(word[i : i+1])
			start = i + 1
		}
	}
	s.wordPiece(word[start:])
}
