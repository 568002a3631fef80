package wardrobe

var (
	neckWords  = [][]string{{"round"}, {"v"}, {"square"}, {"high"}}
	printWords = []string{"none", "star", "heart", "moon", "square"}
	fitWords   = [][]string{{"tight", "slim"}, {"regular", "normal"}, {"loose", "wide"}}
	hemWords   = [][]string{{"very short", "cropped"}, {"short"}, {"long"}, {"very long", "full length"}}
)

var detailRules = append([]rule{
	{
		changes: setOf(neckline), means: value(neckline),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.pick(neckWords[t[neckline]]...)}, "has a %s neck", "has a %s neckline")
		},
	},
	{
		changes: setOf(neckline), relative: true,
		means: when(func(ref, t look) bool { return ref[neckline] != t[neckline] }),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.pick(neckWords[ref[neckline]]...)}, "has a neck that is not %s", "has no %s neck")
		},
	},
	{
		changes: setOf(collar), means: value(collar),
		words: func(v voice, _, t look) string {
			if t[collar] == 1 {
				return v.pick("has a collar", "comes with a collar")
			}
			return v.pick("has no collar", "is without a collar")
		},
	},
	{
		changes: setOf(hemline), means: value(hemline),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.pick(hemWords[t[hemline]]...)}, "is %s", "is cut %s")
		},
	},
	{
		changes: setOf(hemline), relative: true, means: direction(hemline, 0),
		words: func(v voice, ref, t look) string {
			if t[hemline] > ref[hemline] {
				return v.pick("is longer", "is a longer cut", "is longer in length", "reaches lower")
			}
			return v.pick("is shorter", "is a shorter cut", "is shorter in length", "ends higher")
		},
	},
	{
		changes: setOf(hemline), relative: true, means: steps(hemline, 0),
		words: func(v voice, ref, t look) string {
			by := int(t[hemline]) - int(ref[hemline])
			return v.sizes(by, "longer", "shorter")
		},
	},
	{
		changes: setOf(fit), means: value(fit),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{v.pick(fitWords[t[fit]]...)}, "has a %s fit", "is cut with a %s fit")
		},
	},
	{
		changes: setOf(fit), relative: true, means: direction(fit, 0),
		words: func(v voice, ref, t look) string {
			if t[fit] > ref[fit] {
				return v.pick("is looser", "is wider", "is less tight")
			}
			return v.pick("is tighter", "is narrower", "is more fitted")
		},
	},
	{
		changes: setOf(fit), relative: true, means: steps(fit, 0),
		words: func(v voice, ref, t look) string {
			return v.sizes(int(t[fit])-int(ref[fit]), "wider", "narrower")
		},
	},
	{
		changes: setOf(pocket), means: value(pocket),
		words: func(v voice, _, t look) string {
			if t[pocket] == 1 {
				return v.pick("has a pocket", "comes with a pocket on the chest")
			}
			return v.pick("has no pocket", "is without the pocket")
		},
	},
	{
		changes: setOf(printKind), means: value(printKind),
		words: func(v voice, ref, t look) string {
			if t[printKind] != noPrint {
				return v.pickf([]any{printWords[t[printKind]]}, "has a %s on it", "has a %s print", "shows a %s on the chest")
			}
			was := printWords[ref[printKind]]
			return v.pick("has no "+was, "has no print", "is without the "+was)
		},
	},
	{
		changes: setOf(beltColour), means: value(beltColour),
		words: func(v voice, _, t look) string {
			if t[beltColour] != noColour {
				return v.pickf([]any{indefinite(v.colour(t[beltColour]))}, "has %s belt", "comes with %s belt")
			}
			return v.pick("has no belt", "is without a belt", "comes without the belt")
		},
	},
	{
		changes: setOf(beltColour), reads: setOf(patternKind, patternColour), relative: true,
		means: when(func(ref, t look) bool {
			return ref[patternColour] != noColour && ref[beltColour] != t[beltColour] && t[beltColour] == ref[patternColour]
		}),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{v.patterns(ref)}, "has a belt in the colour of the %s", "has a belt that matches the %s")
		},
	},
}, buttonRules...)

var buttonRules = []rule{
	{
		changes: setOf(buttonCount), means: value(buttonCount),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{count(t[buttonCount], "button")}, "has %s", "comes with %s")
		},
	},
	{
		changes: setOf(buttonCount), relative: true, means: steps(buttonCount, 0),
		words: func(v voice, ref, t look) string {
			by := int(t[buttonCount]) - int(ref[buttonCount])
			if by > 0 {
				return "has " + []string{"", "one more button", "two more buttons", "three more buttons", "four more buttons"}[by]
			}
			return "has " + []string{"", "one button fewer", "two buttons fewer", "three buttons fewer", "four buttons fewer"}[-by]
		},
	},
	{
		changes: setOf(buttonCount), relative: true, means: direction(buttonCount, 0),
		words: func(v voice, ref, t look) string {
			if t[buttonCount] > ref[buttonCount] {
				return "has more buttons"
			}
			return v.pick("has fewer buttons", "has less buttons")
		},
	},
	{
		changes: setOf(buttonCount), relative: true, means: timesTwo(buttonCount),
		words: func(v voice, ref, t look) string {
			if t[buttonCount] > ref[buttonCount] {
				return v.pick("has twice as many buttons", "has double the buttons")
			}
			return v.pick("has half as many buttons", "has half the buttons")
		},
	},
}

// timesTwo says that a number has doubled or halved.
func timesTwo(s slot) func(ref, target look) int {
	return func(ref, target look) int {
		switch a, b := ref[s], target[s]; {
		case a > 0 && b == 2*a:
			return 1
		case b > 0 && a == 2*b:
			return -1
		}
		return 0
	}
}

// sizes says by how many sizes something grew (up) or shrank (down).
func (v voice) sizes(by int, up, down string) string {
	word := up
	if by < 0 {
		by, word = -by, down
	}
	return "is " + []string{"", v.pick("one size", "slightly"), v.pick("two sizes", "much"), "three sizes"}[by] + " " + word
}
