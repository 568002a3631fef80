package tokenize

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gocir/atomicfile"
)

// The special tokens. A vocabulary holds the first five; the last two are BLIP's, which every Tokenizer adds behind it.
const (
	padToken      = "[PAD]"
	unknownToken  = "[UNK]"
	beginToken    = "[CLS]"
	endToken      = "[SEP]"
	maskToken     = "[MASK]"
	decoderToken  = "[DEC]"
	encoderToken  = "[ENC]"
	addedTokens   = 2
	maxVocabulary = 16 << 20 // bytes; the public vocabulary has 0.2 MB
	maxWords      = 1 << 20  // the public one has 30,522; the word embedding has a row for each
)

var literals = [...]string{unknownToken, endToken, padToken, beginToken, maskToken, decoderToken, encoderToken}

// literalAt returns the literal at the front of text, in exactly that spelling, or "".
func literalAt(text string) string {
	if text[0] != '[' {
		return ""
	}
	for _, name := range literals {
		if strings.HasPrefix(text, name) {
			return name
		}
	}
	return ""
}

//go:embed vocab.txt
var publicVocabulary []byte

const publicSHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"

// Default returns the tokenizer of the embedded bert-base-uncased vocabulary: 30,522 words, Size 30,524. It is built at
// the first call and shared. It panics where the program was built with an altered vocabulary.
func Default() *Tokenizer { return public() }

var public = sync.OnceValue(func() *Tokenizer {
	t, err := builtIn(publicVocabulary)
	if err != nil {
		panic(err)
	}
	return t
})

// builtIn checks that data is the public vocabulary, bit for bit, before it reads it.
func builtIn(data []byte) (*Tokenizer, error) {
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != publicSHA256 {
		return nil, fmt.Errorf("embedded vocabulary: SHA-256 %s, want %s: restore cir/tokenize/vocab.txt and build again", got, publicSHA256)
	}
	return parse(data)
}

// Open reads a vocabulary from a text file in UTF-8, one word per line, the id being the number of the line from 0. See
// New for what a vocabulary must hold. Lines may end in CR LF.
func Open(path string) (*Tokenizer, error) {
	data, err := atomicfile.ReadFile(path, maxVocabulary)
	if err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	t, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("vocabulary %s: %w", path, err)
	}
	return t, nil
}

func parse(data []byte) (*Tokenizer, error) {
	if len(data) == 0 {
		return nil, errors.New("the file is empty: want one word per line, [PAD] first")
	}
	data = bytes.TrimSuffix(data, []byte("\n"))
	lines := 1 + bytes.Count(data, []byte("\n"))
	if lines > maxWords {
		return nil, fmt.Errorf("%d lines: a vocabulary has one word per line, %d at most", lines, maxWords)
	}
	words := make([]string, 0, lines)
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		words = append(words, string(bytes.TrimSuffix(line, []byte("\r"))))
	}
	return New(words)
}

// New makes a tokenizer of a vocabulary, whose words have their place as id: [PAD] is first, because id 0 is padding to
// the text encoder; [UNK], [CLS] and [SEP] are anywhere; [MASK] may be missing, and is unknown in a text then. Pieces
// that continue a word begin with "##". [DEC] and [ENC] are added behind and must not be there. The error lists what is
// missing, double, empty, not UTF-8 or in the wrong place.
func New(vocabulary []string) (*Tokenizer, error) {
	t := &Tokenizer{
		first: make(map[string]int32, len(vocabulary)),
		rest:  make(map[string]int32, len(vocabulary)/4),
	}
	var found problems
	for i, token := range vocabulary {
		if token == decoderToken || token == encoderToken {
			found.add(fmt.Errorf("line %d is %s, which is added behind the vocabulary: leave it out", i+1, token))
		} else if err := t.addToken(token); err != nil {
			found.add(err)
		}
	}
	for _, err := range t.checkSpecial() {
		found.add(err)
	}
	if err := found.err(); err != nil {
		return nil, err
	}
	t.unknown, t.begin, t.end = t.first[unknownToken], t.first[beginToken], t.first[endToken]
	return t, errors.Join(t.addToken(decoderToken), t.addToken(encoderToken))
}

// addToken gives a token the next id.
func (t *Tokenizer) addToken(token string) error {
	id := int32(len(t.tokens))
	t.tokens = append(t.tokens, token)
	if token == "" {
		return fmt.Errorf("line %d is empty", id+1)
	}
	if !utf8.ValidString(token) {
		return fmt.Errorf("line %d, %.60q, is not UTF-8", id+1, token)
	}
	pieces, piece := t.filed(token)
	if before, double := pieces[piece]; double {
		return fmt.Errorf("%.60q is on line %d and again on line %d", token, before+1, id+1)
	}
	pieces[piece] = id
	t.widest = max(t.widest, len(piece))
	return nil
}

// filed returns the map that holds a token, and its key there.
func (t *Tokenizer) filed(token string) (pieces map[string]int32, piece string) {
	if piece, found := cutContinuation(token); found {
		return t.rest, piece
	}
	return t.first, token
}

// checkSpecial reports the special tokens that are missing or in the wrong place.
func (t *Tokenizer) checkSpecial() (problems []error) {
	for _, name := range []string{padToken, unknownToken, beginToken, endToken} {
		id, ok := t.first[name]
		if !ok {
			problems = append(problems, fmt.Errorf("%s is missing: is this an uncased BERT vocabulary, one word per line?", name))
		} else if name == padToken && id != 0 {
			problems = append(problems, fmt.Errorf("%s is on line %d, want it on line 1: id 0 is padding to the text encoder", name, id+1))
		}
	}
	return problems
}

// problems keeps the last few that are added, the special tokens among them, and counts the rest: a wrong file has
// thousands.
type problems struct {
	last []error
	more int
}

func (p *problems) add(err error) {
	const most = 8
	if p.last = append(p.last, err); len(p.last) > most {
		p.last = slices.Delete(p.last, 0, 1)
		p.more++
	}
}

func (p *problems) err() error {
	if p.more > 0 {
		return errors.Join(append(p.last, fmt.Errorf("and %d problems more", p.more))...)
	}
	return errors.Join(p.last...)
}

// CheckRows returns an error where a word embedding of that many rows was not trained with this vocabulary.
func (t *Tokenizer) CheckRows(rows int) error {
	if rows == t.Size() {
		return nil
	}
	return fmt.Errorf("a vocabulary of %d words needs a word embedding of %d rows ([DEC] and [ENC] are added), this one has %d: use the vocabulary the weights were trained with",
		t.Size()-addedTokens, t.Size(), rows)
}
