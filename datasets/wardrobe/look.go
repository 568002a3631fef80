package wardrobe

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// A look is what a picture shows: one value for each slot of its kind. Looks are equal exactly where their pictures
// show the same thing.
type look [14]uint8

// A slot is a place in a look.
type slot = int

// Slots is a set of them.
type slotSet uint16

func setOf(list ...slot) slotSet {
	var set slotSet
	for _, s := range list {
		set |= 1 << s
	}
	return set
}

func (s slotSet) has(one slot) bool { return s&(1<<one) != 0 }

// list returns the slots in order.
func (s slotSet) list() []slot {
	var list []slot
	for one := range len(look{}) {
		if s.has(one) {
			list = append(list, one)
		}
	}
	return list
}

// differences is the set of slots in which two looks differ.
func differences(a, b look) slotSet {
	var set slotSet
	for s := range a {
		if a[s] != b[s] {
			set |= 1 << s
		}
	}
	return set
}

// An attribute names a slot and its values.
type attribute struct {
	name   string
	values []string
}

// A kind is garments or scenes: its attributes, slot by slot, which looks can be drawn, and what captions can say.
type kind struct {
	dataset    string // "fashioniq" or "cirr"
	attributes []attribute
	parts      map[slot][]slot // slots that mean nothing without the one they belong to
	settle     func(look) look // clears what has nothing to be on, such as the colour of missing sleeves
	valid      func(look) bool // of settled looks
	exchanges  []exchange      // changes that no single slot can make
	rules      []rule
}

// An exchange turns a look into one that differs in how its values are arranged.
type exchange func(look) look

// random draws slots until the look is valid. Those in fixed keep the values of base.
func (k *kind) random(r *rand.Rand, base look, fixed slotSet) look {
	for {
		l := base
		for s, a := range k.attributes {
			if !fixed.has(s) {
				l[s] = uint8(r.IntN(len(a.values)))
			}
		}
		if l = k.settle(l); k.valid(l) {
			return l
		}
	}
}

// describe returns the attributes of a look by name.
func (k *kind) describe(l look) map[string]string {
	values := make(map[string]string, len(k.attributes))
	for s, a := range k.attributes {
		values[a.name] = a.values[l[s]]
	}
	return values
}

// parse is the reverse of describe.
func (k *kind) parse(values map[string]string) (look, error) {
	var l look
	for s, a := range k.attributes {
		i := slices.Index(a.values, values[a.name])
		if i < 0 {
			return look{}, fmt.Errorf("attribute %q is %q, want one of %q", a.name, values[a.name], a.values)
		}
		l[s] = uint8(i)
	}
	if len(values) != len(k.attributes) {
		return look{}, fmt.Errorf("%d attributes, want %d; there are %q", len(values), len(k.attributes), slices.Sorted(maps.Keys(values)))
	}
	return l, nil
}
