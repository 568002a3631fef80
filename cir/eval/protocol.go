package eval

import (
	"fmt"
	"slices"
	"strings"

	"gocir/datasets"
)

// A Protocol says which images a query searches and which recalls are taken. Numbers of different protocols can't be
// compared; papers often leave out which one they used.
type Protocol string

const (
	// FashionIQ searches every image of the category's split: R@10 and R@50. It is the protocol of the original and of
	// the published results.
	//
	// UPSTREAM: the reference stays in the ranking, often at its top, though it is never the target; CIRR takes it out.
	FashionIQ Protocol = "fashioniq-split"
	// FashionIQVAL searches the smaller gallery that some papers use: the references and targets of the category's
	// triplets. All else is as in FashionIQ. Its recalls are higher.
	FashionIQVAL Protocol = "fashioniq-val"
	// CIRR searches every image of the split but the query's reference. R@1, 5, 10, 50, and Rs@1, 2, 3 within the
	// subset, whose reference is taken out too.
	CIRR Protocol = "cirr"
)

// Protocols are all of a data set's protocols, the one of the published results first.
func Protocols(dataset string) []Protocol {
	switch dataset {
	case "fashioniq":
		return []Protocol{FashionIQ, FashionIQVAL}
	case "cirr":
		return []Protocol{CIRR}
	}
	return nil
}

// Dataset is the name of the data set that the protocol is for: "fashioniq" or "cirr".
func (p Protocol) Dataset() string {
	if p == CIRR {
		return "cirr"
	}
	return "fashioniq"
}

// Describe says in words what is searched, for the notes of a table.
func (p Protocol) Describe() string {
	switch p {
	case FashionIQ:
		return "FashionIQ, gallery: all images of the category's split; the reference stays in the ranking"
	case FashionIQVAL:
		return "FashionIQ, smaller gallery (VAL): the references and targets of the category's triplets; the reference stays in the ranking"
	case CIRR:
		return "CIRR, gallery: all images of the split; the reference is taken out of the ranking and of the subset"
	}
	return string(p)
}

// Validate reports a protocol that does not exist.
func (p Protocol) Validate() error {
	all := []Protocol{FashionIQ, FashionIQVAL, CIRR}
	if slices.Contains(all, p) {
		return nil
	}
	return fmt.Errorf("no protocol %q: choose one of %s", string(p), strings.Trim(fmt.Sprint(all), "[]"))
}

func (p Protocol) cutoffs() []int {
	if p == CIRR {
		return []int{1, 5, 10, 50}
	}
	return []int{10, 50}
}

// searched marks the images of the split's gallery that the protocol searches; nil where it searches all.
func (p Protocol) searched(split *datasets.Split, position map[string]int) []bool {
	if p != FashionIQVAL {
		return nil
	}
	marks := make([]bool, len(split.Gallery))
	for _, t := range split.Triplets {
		marks[position[t.Reference]] = true
		if t.Target != "" {
			marks[position[t.Target]] = true
		}
	}
	return marks
}
