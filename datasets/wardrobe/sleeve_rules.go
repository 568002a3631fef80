package wardrobe

var sleeveWords = [][]string{{"no"}, {"short"}, {"elbow length", "half length"}, {"long"}}

var sleeveRules = []rule{
	{
		changes: setOf(sleeveLength), means: presentValue(sleeveLength),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.sleeves(t)}, "has %s sleeves", "has %s sleeves", "comes with %s sleeves")
		},
	},
	{
		changes: setOf(sleeveLength, sleeveColour),
		means: func(ref, t look) int {
			if ref[sleeveLength] > 0 || t[sleeveLength] == 0 {
				return 0
			}
			return int(t[sleeveLength])
		},
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.sleeves(t)}, "has %s sleeves", "gets %s sleeves")
		},
	},
	{
		changes: setOf(sleeveLength, sleeveColour),
		means: func(ref, t look) int {
			if ref[sleeveLength] == t[sleeveLength] || t[sleeveLength] == 0 || t[sleeveColour] == noColour {
				return 0
			}
			return int(t[sleeveLength])<<8 + int(t[sleeveColour])
		},
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.sleeves(t), v.colour(t[sleeveColour])}, "has %s %s sleeves", "comes with %s %s sleeves", "has %s sleeves in %s")
		},
	},
	{
		changes: setOf(sleeveLength, sleeveColour),
		means:   when(func(ref, t look) bool { return ref[sleeveLength] > 0 && t[sleeveLength] == 0 }),
		words: func(v voice, _, _ look) string {
			return v.pick("is sleeveless", "has no sleeves", "comes without sleeves")
		},
	},
	{
		changes: setOf(sleeveLength), relative: true, means: direction(sleeveLength, 1),
		words: func(v voice, ref, t look) string {
			if t[sleeveLength] > ref[sleeveLength] {
				return v.pick("has longer sleeves", "has sleeves that are longer", "has more sleeve")
			}
			return v.pick("has shorter sleeves", "has sleeves that are shorter", "has less sleeve")
		},
	},
	{
		changes: setOf(sleeveLength), relative: true, means: steps(sleeveLength, 1),
		words: func(v voice, ref, t look) string {
			return map[int]string{
				1: v.pick("has slightly longer sleeves", "has sleeves one size longer"), 2: v.pick("has much longer sleeves", "has sleeves two sizes longer"),
				-1: v.pick("has slightly shorter sleeves", "has sleeves one size shorter"), -2: v.pick("has much shorter sleeves", "has sleeves two sizes shorter"),
			}[int(t[sleeveLength])-int(ref[sleeveLength])]
		},
	},
	{
		changes: setOf(sleeveColour), reads: setOf(sleeveLength), means: presentOrNew(sleeveColour, sleeveLength),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.colour(t[sleeveColour])}, "has %s sleeves", "has sleeves in %s")
		},
	},
	{
		changes: setOf(sleeveColour), reads: setOf(sleeveLength), relative: true,
		means: when(func(ref, t look) bool { return ref[sleeveColour] != noColour && t[sleeveColour] == noColour }),
		words: func(v voice, _, _ look) string {
			return v.pick("has sleeves in the same colour as the body", "has sleeves that match the body", "is not in two colours: the sleeves are like the body")
		},
	},
	{
		changes: setOf(sleeveColour), reads: setOf(sleeveLength, patternKind, patternColour), relative: true,
		means: when(func(ref, t look) bool {
			return ref[patternColour] != noColour && ref[sleeveColour] != t[sleeveColour] && t[sleeveColour] == ref[patternColour]
		}),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.patterns(ref)}, "has sleeves in the colour of the %s", "has sleeves that match the %s")
		},
	},
}

// presentOrNew says which value other than none a slot gets, where the slot it belongs to is not empty.
func presentOrNew(s, of slot) func(ref, target look) int {
	return func(ref, target look) int {
		if ref[of] == 0 || target[s] == 0 {
			return 0
		}
		return value(s)(ref, target)
	}
}

// sleeves is a word for the length of the sleeves.
func (v voice) sleeves(l look) string { return v.pick(sleeveWords[l[sleeveLength]]...) }
