package wardrobe

import "math/rand/v2"

// A rule is one thing that a caption can say of how a target differs from its reference.
type rule struct {
	changes  slotSet // the slots it is about
	reads    slotSet // slots whose value in the reference its words rely on
	relative bool    // it means nothing without the reference: comparisons, exchanges, negations

	// means returns what is said of ref and target as a number, 0 where the rule does not apply. Of the target it
	// looks at no slot but those in changes. Two targets with the same number are told in the same words.
	means func(ref, target look) int

	// words says it, as a clause with its verb; it is asked only where the rule applies.
	words func(v voice, ref, target look) string
}

// value says which value a slot gets.
func value(s slot) func(ref, target look) int {
	return func(ref, target look) int {
		if ref[s] == target[s] {
			return 0
		}
		return 1 + int(target[s])
	}
}

// presentValue is value for slots that hold something before and after.
func presentValue(s slot) func(ref, target look) int {
	return func(ref, target look) int {
		if ref[s] == 0 || target[s] == 0 {
			return 0
		}
		return value(s)(ref, target)
	}
}

// when says one thing only.
func when(holds func(ref, target look) bool) func(ref, target look) int {
	return func(ref, target look) int {
		if holds(ref, target) {
			return 1
		}
		return 0
	}
}

// swapped says that two slots have exchanged their values.
func swapped(a, b slot) func(ref, target look) int {
	return when(func(ref, target look) bool {
		return ref[a] != 0 && ref[b] != 0 && ref[a] != ref[b] && target[a] == ref[b] && target[b] == ref[a]
	})
}

// direction says whether an ordered slot went up or down, without saying how far. Nothing is said of values under least.
func direction(s slot, least uint8) func(ref, target look) int {
	return func(ref, target look) int {
		if ref[s] < least || target[s] < least {
			return 0
		}
		return sign(int(target[s]) - int(ref[s]))
	}
}

// steps says how far an ordered slot went up or down.
func steps(s slot, least uint8) func(ref, target look) int {
	return func(ref, target look) int {
		if ref[s] < least || target[s] < least {
			return 0
		}
		return int(target[s]) - int(ref[s])
	}
}

func sign(n int) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

// explain finds rules that together tell every difference between ref and target, each slot by one rule and none of
// them relying on what another changes. It is nil where it finds none. Rules that are relative, or those that are not,
// are tried first, as asked.
func (k *kind) explain(r *rand.Rand, ref, target look, relative bool) []rule {
	missing := differences(ref, target)
	var chosen []rule
	var changed, read slotSet
	for _, i := range k.order(r, relative) {
		rule := k.rules[i]
		if rule.changes&missing == 0 || rule.changes&(changed|read) != 0 || rule.reads&changed != 0 ||
			rule.means(ref, target) == 0 {
			continue
		}
		chosen = append(chosen, rule)
		changed |= rule.changes
		read |= rule.reads
		missing &^= rule.changes
	}
	if missing != 0 {
		return nil
	}
	return chosen
}

// order is a random order of the rules, the wanted ones first.
func (k *kind) order(r *rand.Rand, relative bool) []int {
	var first, last []int
	for _, i := range r.Perm(len(k.rules)) {
		if k.rules[i].relative == relative {
			first = append(first, i)
		} else {
			last = append(last, i)
		}
	}
	return append(first, last...)
}

// most is the number of looks that a statement may leave open before it is taken for too vague.
const most = 4096

// matches counts the looks of the gallery of which the rules say the same as of target, and which are like ref in all
// that is not said.
func (k *kind) matches(rules []rule, ref, target look, gallery map[look]bool) int {
	open := []look{ref}
	for _, rule := range rules {
		said := rule.means(ref, target)
		var next []look
		for _, outcome := range k.variants(ref, rule.changes) {
			if rule.means(ref, outcome) != said {
				continue
			}
			for _, l := range open {
				for _, s := range rule.changes.list() {
					l[s] = outcome[s]
				}
				next = append(next, l)
			}
		}
		if open = next; len(open) > most {
			return most
		}
	}
	count := 0
	for _, l := range open {
		if gallery[l] {
			count++
		}
	}
	return count
}

// variants returns base with every combination of values in the given slots.
func (k *kind) variants(base look, slots slotSet) []look {
	all := []look{base}
	for _, s := range slots.list() {
		var next []look
		for _, l := range all {
			for v := range k.attributes[s].values {
				l[s] = uint8(v)
				next = append(next, l)
			}
		}
		all = next
	}
	return all
}
