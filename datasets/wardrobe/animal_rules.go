package wardrobe

var animalRules = []rule{
	{
		changes: setOf(animalKind), means: value(animalKind),
		words: func(v voice, ref, t look) string {
			was, is := v.pick(animalWords[ref[animalKind]]...), v.pick(animalWords[t[animalKind]]...)
			if ref[animalCount] > 1 {
				was = plural(was)
			}
			if is = indefinite(is); t[animalCount] > 1 {
				is = plural(is[2:])
			}
			return v.pickf([]any{is, was}, "show %s instead of the %s", "%s in place of the %s", "replace the %[2]s with %[1]s")
		},
	},
	{
		changes: setOf(animalKind, animalCount),
		means: func(ref, t look) int {
			if ref[animalKind] == t[animalKind] || ref[animalCount] == t[animalCount] {
				return 0
			}
			return int(t[animalKind])<<8 + int(t[animalCount])
		},
		words: func(v voice, _, t look) string {
			return v.pickf([]any{count(t[animalCount], v.pick(animalWords[t[animalKind]]...))}, "show %s", "there are now %s")
		},
	},
	{
		changes: setOf(animalCount), means: value(animalCount),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{count(t[animalCount], v.animal(ref, t))}, "show %s", "there should be %s", "%s in the picture")
		},
	},
	{
		changes: setOf(animalCount), relative: true, means: steps(animalCount, 1),
		words: func(v voice, ref, t look) string {
			by, noun := int(t[animalCount])-int(ref[animalCount]), v.animal(ref, t)
			if by > 0 {
				return v.pickf([]any{count(uint8(by), "more "+noun)}, "add %s", "there should be %s")
			}
			return v.pickf([]any{count(uint8(-by), noun)}, "take %s away", "show %s fewer")
		},
	},
	{
		changes: setOf(animalCount), relative: true, means: timesTwo(animalCount),
		words: func(v voice, ref, t look) string {
			if t[animalCount] > ref[animalCount] {
				return v.pickf([]any{plural(v.animal(ref, t))}, "twice as many %s", "double the number of %s")
			}
			return v.pickf([]any{plural(v.animal(ref, t))}, "half as many %s", "halve the number of %s")
		},
	},
	{
		changes: setOf(animalCount), relative: true, means: direction(animalCount, 1),
		words: func(v voice, ref, t look) string {
			if t[animalCount] > ref[animalCount] {
				return v.pick("more ", "show more ") + plural(v.animal(ref, t))
			}
			return v.pick("fewer ", "show fewer ") + plural(v.animal(ref, t))
		},
	},
	{
		changes: setOf(animalColour), means: value(animalColour),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t), v.colour(t[animalColour])}, "make the %s %s", "paint the %s %s", "change the colour of the %s to %s")
		},
	},
	{
		changes: setOf(animalColour), relative: true, means: shadeDirection(animalColour),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t), comparison(ref[animalColour], t[animalColour])}, "make the %s %s", "give the %s a %s colour")
		},
	},
	{
		changes: setOf(animalColour, thingColour), reads: setOf(thingKind), relative: true, means: swapped(animalColour, thingColour),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t), thingWords[ref[thingKind]]}, "swap the colour of the %s with that of the %s", "let the %s trade colours with the %s")
		},
	},
	{
		changes: setOf(animalColour), reads: setOf(thingKind, thingColour), relative: true,
		means: when(func(ref, t look) bool {
			return ref[animalColour] != t[animalColour] && t[animalColour] == ref[thingColour]
		}),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t), thingWords[ref[thingKind]]}, "give the %s the colour of the %s", "make the %s match the %s")
		},
	},
	{
		changes: setOf(animalSize), means: value(animalSize),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t), v.pick(sizeWords[t[animalSize]]...)}, "make the %s %s", "show the %s at a %s size")
		},
	},
	{
		changes: setOf(animalSize), relative: true, means: direction(animalSize, 0),
		words: func(v voice, ref, t look) string {
			word := v.pick("bigger", "larger")
			if t[animalSize] < ref[animalSize] {
				word = "smaller"
			}
			return v.pickf([]any{v.animals(ref, t), word}, "make the %s %s", "show the %s %s")
		},
	},
	{
		changes: setOf(facing), relative: true, means: value(facing),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t)}, "turn the %s around", "let the %s look the other way", "make the %s face the opposite direction")
		},
	},
	{
		changes: setOf(facing), means: value(facing),
		words: func(v voice, ref, t look) string {
			return v.pickf([]any{v.animals(ref, t), sideWords[leftSide+t[facing]]}, "let the %s look to the %s", "make the %s face %s")
		},
	},
}

// animal is a word for one of the animals, whose kind is named only where it stays.
func (v voice) animal(ref, t look) string {
	if ref[animalKind] != t[animalKind] {
		return "animal"
	}
	return v.pick(animalWords[ref[animalKind]]...)
}

// animals is the word in the number of the target.
func (v voice) animals(ref, t look) string {
	if t[animalCount] > 1 {
		return plural(v.animal(ref, t))
	}
	return v.animal(ref, t)
}
