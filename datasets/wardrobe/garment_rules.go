package wardrobe

// What captions say of garments. Each rule's words are clauses such as "is darker" or "has a belt".
var garmentRules = append(append(append(colourRules, patternRules...), sleeveRules...), detailRules...)

var colourRules = []rule{
	{
		changes: setOf(bodyColour), means: value(bodyColour),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.colour(t[bodyColour])}, "is %s", "is %s", "is %s in colour", "comes in %s", "has a body that is %s")
		},
	},
	{
		changes: setOf(bodyColour), relative: true,
		means: func(ref, t look) int {
			by, _ := darkening(ref[bodyColour], t[bodyColour])
			return sign(by)
		},
		words: func(v voice, ref, t look) string {
			if by, _ := darkening(ref[bodyColour], t[bodyColour]); by > 0 {
				return v.pick("is darker", "is a darker shade", "has a deeper colour", "is darker in colour")
			}
			return v.pick("is lighter", "is a lighter shade", "has a paler colour", "is lighter in colour")
		},
	},
	{
		changes: setOf(bodyColour), relative: true,
		means: func(ref, t look) int {
			by, _ := darkening(ref[bodyColour], t[bodyColour])
			return by
		},
		words: func(v voice, ref, t look) string {
			by, _ := darkening(ref[bodyColour], t[bodyColour])
			return map[int]string{
				1: v.pick("is one shade darker", "is a bit darker"), 2: v.pick("is two shades darker", "is far darker"),
				-1: v.pick("is one shade lighter", "is a bit lighter"), -2: v.pick("is two shades lighter", "is far lighter"),
			}[by]
		},
	},
	{
		changes: setOf(bodyColour), relative: true,
		means: when(func(ref, t look) bool { return hue(ref[bodyColour]) != hue(t[bodyColour]) }),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.colour(ref[bodyColour])}, "is not %s", "is no longer %s", "is in another colour than %s")
		},
	},
	{
		changes: setOf(bodyColour, sleeveColour), relative: true, means: swapped(bodyColour, sleeveColour),
		words: func(v voice, _, _ look) string {
			return v.pick("has the colours of body and sleeves swapped", "has its sleeves in the old body colour and the body in that of the sleeves",
				"exchanges the colour of its sleeves with that of its body")
		},
	},
	{
		changes: setOf(bodyColour, patternColour), reads: setOf(patternKind), relative: true, means: swapped(bodyColour, patternColour),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.patterns(ref)}, "has the colours of body and %s swapped", "has %s and ground in the opposite colour order",
				"exchanges the colour of its %s with that of its body")
		},
	},
	{
		changes: setOf(patternColour, sleeveColour), reads: setOf(patternKind), relative: true, means: swapped(patternColour, sleeveColour),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.patterns(ref)}, "has the colours of sleeves and %s swapped", "exchanges the colour of its %s with that of its sleeves")
		},
	},
}

var patternRules = []rule{
	{
		changes: setOf(patternKind, patternColour),
		means: func(ref, t look) int {
			if t[patternKind] == plain || t[patternKind] == ref[patternKind] {
				return 0
			}
			return int(t[patternKind])<<8 + int(t[patternColour])
		},
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.colour(t[patternColour]), v.patterns(t)}, "has %s %s", "is covered in %s %s", "shows %s %s")
		},
	},
	{
		changes: setOf(patternKind), means: presentValue(patternKind),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.patterns(t), v.patterns(ref)}, "has %s instead of %s", "has %s in place of the %s", "has %s rather than %s")
		},
	},
	{
		changes: setOf(patternKind, patternColour),
		means:   when(func(ref, t look) bool { return ref[patternKind] != plain && t[patternKind] == plain }),
		words: func(v voice, ref, _ look) string {
			return v.pick("is plain", "has no pattern", "is a solid colour", "is solid", "has no "+v.patterns(ref))
		},
	},
	{
		changes: setOf(patternKind, patternColour), relative: true,
		means: when(func(ref, t look) bool { return striped(ref) && !striped(t) }),
		words: func(v voice, _, _ look) string {
			return v.pick("is not striped", "is no longer striped", "is without stripes")
		},
	},
	{
		changes: setOf(patternKind, patternColour), relative: true,
		means: when(func(ref, t look) bool { return ref[patternKind] >= dots && t[patternKind] != ref[patternKind] }),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.patterns(ref)}, "has no %s", "is without %s", "has lost its %s")
		},
	},
	{
		changes: setOf(patternColour), reads: setOf(patternKind), means: presentValue(patternColour),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.colour(t[patternColour]), v.patterns(ref)}, "has %s %s", "has %[2]s in %[1]s", "shows %s %s")
		},
	},
	{
		changes: setOf(patternKind), relative: true,
		means: when(func(ref, t look) bool { return striped(ref) && striped(t) && ref[patternKind] != t[patternKind] }),
		words: func(v voice, _, _ look) string {
			return v.pick("has stripes that run the other way", "has its stripes turned", "has stripes in the other direction")
		},
	},
	{
		changes: setOf(patternColour), reads: setOf(patternKind), relative: true,
		means: func(ref, t look) int {
			by, _ := darkening(ref[patternColour], t[patternColour])
			return sign(by)
		},
		words: func(v voice, ref, t look) string {
			if by, _ := darkening(ref[patternColour], t[patternColour]); by > 0 {
				return "has darker " + v.patterns(ref)
			}
			return v.pick("has lighter ", "has paler ") + v.patterns(ref)
		},
	},
}

// patterns is a word for the pattern of a garment that has one.
func (v voice) patterns(l look) string {
	switch l[patternKind] {
	case verticalStripes:
		return v.pick("vertical stripes", "upright stripes")
	case horizontalStripes:
		return v.pick("horizontal stripes", "cross stripes")
	case dots:
		return v.pick("dots", "spots")
	default:
		return v.pick("checks", "squares")
	}
}
