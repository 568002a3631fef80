package tokenize

import (
	"slices"
	"strings"
)

// A Direction is the mark that tells the text encoder which way a triplet is read.
//
// UPSTREAM: the marks are not tokens of their own. To the tokenizer each is three word pieces: "[", "forward", "]".
type Direction string

// The two directions: reference and text to target, and target and text back to reference.
const (
	Forward  Direction = "[FORWARD]"
	Backward Direction = "[BACKWARD]"
)

// Mark puts the direction before each part of a relative caption.
//
// UPSTREAM: parts are cut at every "and", also inside words: "handbag" becomes " [FORWARD] hand [FORWARD] bag". Empty
// parts get a mark too. Published weights were trained on that text, so it stays.
func Mark(caption string, d Direction) string {
	parts := strings.Split(caption, "and")
	for i, part := range parts {
		parts[i] = " " + string(d) + " " + part
	}
	return strings.Join(parts, "and")
}

// The branches of FashionIQText: which of the two captions are used, in which order. Validation always uses Both.
const (
	Both = iota
	Exchanged
	FirstOnly
	SecondOnly

	Branches // how many there are
)

// FashionIQText joins two captions, marked before, as the branch says: "A and B", "B and A", "A" or "B"; any other
// branch gives "B" too. Each caption is stripped of dots, question marks, commas and spaces at both ends, and the one
// that comes first is capitalised.
//
// UPSTREAM: Python's capitalize also lower-cases the rest of that caption, "[FORWARD]" included, and begins "ß" with
// "Ss"; an uncased tokenizer sees only the latter.
func FashionIQText(first, second string, branch int) string {
	first, second = strings.Trim(first, ".?, "), strings.Trim(second, ".?, ")
	switch branch {
	case Both:
		return capitalize(first) + " and " + second
	case Exchanged:
		return capitalize(second) + " and " + first
	case FirstOnly:
		return capitalize(first)
	default:
		return capitalize(second)
	}
}

// BranchOfDraw turns a draw from [0, 1) into a branch, each as likely as the next. The two directions of a triplet have
// a draw each.
//
// UPSTREAM: exactly 0.25 and exactly 0.5 fall into the last branch.
func BranchOfDraw(draw float64) int {
	switch {
	case draw < 0.25:
		return Both
	case 0.25 < draw && draw < 0.5:
		return Exchanged
	case 0.5 < draw && draw < 0.75:
		return FirstOnly
	default:
		return SecondOnly
	}
}

// ModificationText marks the captions of one triplet and makes one text of them. Two captions (FashionIQ) are joined as
// the branch says; a single one (CIRR) is used as it is, whatever the branch. Other numbers, which neither data set
// has, are all joined by "and".
func ModificationText(captions []string, d Direction, branch int) string {
	if len(captions) == 2 {
		return FashionIQText(Mark(captions[0], d), Mark(captions[1], d), branch)
	}
	return Mark(strings.Join(captions, " and "), d)
}

// Flatten puts the captions of a batch of triplets in one row: those of the first triplet, then those of the second,
// and so on.
func Flatten(captions [][]string) []string { return slices.Concat(captions...) }
