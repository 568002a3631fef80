package wardrobe

// The slots of a scene: some animals of one kind, a thing beside them, and where they are.
const (
	place slot = iota
	animalKind
	animalCount
	animalColour
	animalSize
	facing
	thingKind
	thingColour
	thingSide
	sky
)

// Values that the code asks for by name.
const (
	noThing uint8 = 0
	noSide  uint8 = 0
)

const (
	clearSky uint8 = iota
	sunnySky
	cloudySky
	rainbowSky
)

const (
	meadow uint8 = iota
	beach
	snow
	desert
	street
	forest
)

const (
	dog uint8 = iota
	cat
	rabbit
	duck
	turtle
	elephant
)

const (
	ball uint8 = iota + 1
	house
	car
	umbrella
	balloon
	tree
)

const (
	leftSide uint8 = iota + 1
	rightSide
)

var scenes = &kind{
	dataset: "cirr",
	attributes: []attribute{
		place:        {"place", []string{"meadow", "beach", "snow", "desert", "street", "forest"}},
		animalKind:   {"animal", []string{"dog", "cat", "rabbit", "duck", "turtle", "elephant"}},
		animalCount:  {"count", []string{"0", "1", "2", "3", "4"}},
		animalColour: {"colour", colourValues("none")},
		animalSize:   {"size", []string{"small", "medium", "large"}},
		facing:       {"facing", []string{"left", "right"}},
		thingKind:    {"thing", []string{"none", "ball", "house", "car", "umbrella", "balloon", "tree"}},
		thingColour:  {"thing colour", colourValues("none")},
		thingSide:    {"thing side", []string{"none", "left", "right"}},
		sky:          {"sky", []string{"clear", "sun", "cloud", "rainbow"}},
	},
	parts:     map[slot][]slot{thingKind: {thingColour, thingSide}},
	settle:    settleScene,
	valid:     validScene,
	exchanges: []exchange{mirrored, swapSlots(animalColour, thingColour), doubled},
	rules:     sceneRules,
}

// validScene reports whether l can be drawn: there are animals, and what is absent has no colour and no side.
func validScene(l look) bool {
	absent := l[thingKind] == noThing
	return l[animalCount] > 0 && l[animalColour] != noColour &&
		absent == (l[thingColour] == noColour) && absent == (l[thingSide] == noSide)
}

// mirrored is the scene as a mirror shows it.
func mirrored(l look) look {
	l[facing] = 1 - l[facing]
	if l[thingSide] != noSide {
		l[thingSide] = leftSide + rightSide - l[thingSide]
	}
	return l
}

// settleScene clears the colour and the side of a thing that is absent.
func settleScene(l look) look {
	if l[thingKind] == noThing {
		l[thingColour], l[thingSide] = noColour, noSide
	}
	return l
}

// doubled has twice as many animals, or half as many where that would be too many.
func doubled(l look) look {
	switch n := l[animalCount]; {
	case n <= 2:
		l[animalCount] = 2 * n
	case n == 4:
		l[animalCount] = 2
	}
	return l
}
