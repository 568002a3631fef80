package wardrobe

var (
	placeWords  = []string{"in a meadow", "on a beach", "in the snow", "in the desert", "on a street", "in a forest"}
	animalWords = [][]string{{"dog"}, {"cat"}, {"rabbit", "hare"}, {"duck"}, {"turtle"}, {"elephant"}}
	thingWords  = []string{"", "ball", "house", "car", "umbrella", "balloon", "tree"}
	sideWords   = []string{"", "left", "right"}
	sizeWords   = [][]string{{"small", "little"}, {"medium"}, {"large", "big"}}
	skyWords    = []string{"", "a sun", "a cloud", "a rainbow"}
)

// What captions say of scenes. Each rule's words are a clause of its own, often an order.
var sceneRules = append(append(animalRules, thingRules...), placeRules...)

var placeRules = []rule{
	{
		changes: setOf(place), means: value(place),
		words: func(v voice, _, t look) string {
			return v.pickf([]any{placeWords[t[place]]}, "the scene is %s", "take the picture %s", "now it is %s")
		},
	},
	{
		changes: setOf(place), relative: true,
		means: when(func(ref, t look) bool { return ref[place] != t[place] }),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{placeWords[ref[place]]}, "it is not %s", "the scene is no longer %s")
		},
	},
	{
		changes: setOf(sky), means: value(sky),
		words: func(v voice, ref, t look) string {
			if t[sky] == clearSky {
				was := skyWords[ref[sky]][len("a "):]
				return v.pick("the sky is clear", "remove the "+was, "there is no "+was+" in the sky")
			}
			return v.pickf([]any{skyWords[t[sky]]}, "add %s", "there is %s in the sky", "%s is in the sky")
		},
	},
	{
		changes: setOf(facing, thingSide), relative: true,
		means: when(func(ref, t look) bool {
			m := mirrored(ref)
			return ref[thingSide] != noSide && t[facing] == m[facing] && t[thingSide] == m[thingSide]
		}),
		words: func(v voice, _, _ look) string {
			return v.pick("mirror the image", "flip the picture", "the picture is seen in a mirror")
		},
	},
}

var thingRules = []rule{
	{
		changes: setOf(thingKind, thingColour, thingSide),
		means: func(ref, t look) int {
			if t[thingKind] == noThing || t[thingKind] == ref[thingKind] {
				return 0
			}
			return int(t[thingKind])<<16 + int(t[thingColour])<<8 + int(t[thingSide])
		},
		words: func(v voice, ref, t look) string {
			what := indefinite(v.colour(t[thingColour]) + " " + thingWords[t[thingKind]])
			return v.pickf([]any{what, sideWords[t[thingSide]]}, "add %s on the %s", "put %s on the %s side", "there is %s on the %s")
		},
	},
	{
		changes: setOf(thingKind, thingColour, thingSide),
		means:   when(func(ref, t look) bool { return ref[thingKind] != noThing && t[thingKind] == noThing }),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{thingWords[ref[thingKind]]}, "remove the %s", "there is no %s", "without the %s", "take the %s away")
		},
	},
	{
		changes: setOf(thingKind), means: presentValue(thingKind),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{indefinite(thingWords[t[thingKind]]), thingWords[ref[thingKind]]},
				"there is %s instead of the %s", "put %s in place of the %s", "turn the %[2]s into %[1]s")
		},
	},
	{
		changes: setOf(thingColour), reads: setOf(thingKind), means: presentValue(thingColour),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{thingWords[ref[thingKind]], v.colour(t[thingColour])}, "the %s is %s", "make the %s %s", "paint the %s %s")
		},
	},
	{
		changes: setOf(thingColour), reads: setOf(thingKind), relative: true, means: shadeDirection(thingColour),
		words: func(v voice, ref, t look) string {
			return "the " + thingWords[ref[thingKind]] + " is " + comparison(ref[thingColour], t[thingColour])
		},
	},
	{
		changes: setOf(thingColour), reads: setOf(thingKind, animalColour), relative: true,
		means: when(func(ref, t look) bool {
			return ref[thingKind] != noThing && ref[thingColour] != t[thingColour] && t[thingColour] == ref[animalColour]
		}),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{thingWords[ref[thingKind]], v.animals(ref, t)}, "the %s has the same colour as the %s", "the %s matches the %s")
		},
	},
	{
		changes: setOf(thingSide), reads: setOf(thingKind), relative: true, means: presentValue(thingSide),
		words: func(v voice, ref, _ look) string {
			return v.pickf([]any{thingWords[ref[thingKind]]}, "the %s is on the other side", "move the %s to the other side", "the %s is on the opposite side")
		},
	},
	{
		changes: setOf(thingSide), reads: setOf(thingKind), means: presentValue(thingSide),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{thingWords[ref[thingKind]], sideWords[t[thingSide]]}, "the %s is on the %s", "move the %s to the %s")
		},
	},
}

// shadeDirection says that a colour became darker or lighter.
func shadeDirection(s slot) func(ref, target look) int {
	return func(ref, target look) int {
		by, _ := darkening(ref[s], target[s])
		return sign(by)
	}
}

func comparison(from, to colour) string {
	if by, _ := darkening(from, to); by > 0 {
		return "darker"
	}
	return "lighter"
}
