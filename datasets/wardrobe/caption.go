package wardrobe

import (
	"slices"
	"strings"
)

// garmentCaptions writes two relative captions. Each may leave something out, together they say everything.
func garmentCaptions(v voice, said []rule, ref, target look) []string {
	said = slices.Clone(said)
	v.Shuffle(len(said), func(i, j int) { said[i], said[j] = said[j], said[i] })
	first, second := said, said
	switch style := v.IntN(4); {
	case len(said) > 1 && style == 0: // each its part
		first, second = said[:len(said)-1], said[len(said)-1:]
	case len(said) > 1 && style == 1: // the second says less
		second = said[1:]
	case len(said) > 1 && style == 2: // the first says less
		first = said[:1]
	}
	a := v.garmentCaption(first, ref, target)
	b := v.garmentCaption(second, ref, target)
	for range 3 {
		if a != b {
			break
		}
		b = v.garmentCaption(second, ref, target)
	}
	return []string{a, b}
}

// garmentCaption joins the clauses of the rules in a random order.
func (v voice) garmentCaption(said []rule, ref, target look) string {
	var b strings.Builder
	for i, at := range v.Perm(len(said)) {
		clause := said[at].words(v, ref, target)
		if has, ok := strings.CutPrefix(clause, "has "); ok && i > 0 && v.chance(0.3) {
			b.WriteString(" with " + has)
			continue
		}
		if i > 0 {
			b.WriteString(v.pick(" and ", " and ", ", ", " and it "))
		}
		b.WriteString(clause)
	}
	noun := v.pick(garmentNouns[target[category]]...)
	return v.finish(v.pick("", "", "", "", "it ", "the "+noun+" ", "this one ", "looks the same but ", "is similar but ") + b.String())
}

var garmentNouns = [][]string{dress: {"dress", "gown"}, shirt: {"shirt"}, toptee: {"top", "tee"}}

// finish writes a caption as carelessly as people do: some begin with a capital, some end with a full stop.
func (v voice) finish(caption string) string {
	if v.chance(0.2) {
		caption = strings.ToUpper(caption[:1]) + caption[1:]
	}
	if v.chance(0.15) {
		caption += "."
	}
	return caption
}

// sceneCaption writes one relative caption.
func sceneCaption(v voice, said []rule, ref, target look) string {
	var clauses []string
	for _, at := range v.Perm(len(said)) {
		clauses = append(clauses, said[at].words(v, ref, target))
	}
	text := clauses[0]
	for _, c := range clauses[1:] {
		text += v.pick(", ", " and ", " and ") + c
	}
	return v.finish(text)
}
