package wardrobe

// The slots of a garment. Sleeves without a colour of their own are of the body's stuff, pattern included.
const (
	category slot = iota
	bodyColour
	patternKind
	patternColour
	sleeveLength
	sleeveColour
	neckline
	collar
	hemline
	fit
	buttonCount
	printKind
	beltColour
	pocket
)

// Values that the code asks for by name.
const (
	dress uint8 = iota
	shirt
	toptee
)

const (
	plain uint8 = iota
	verticalStripes
	horizontalStripes
	dots
	checks
)

const (
	roundNeck uint8 = iota
	vNeck
	squareNeck
	highNeck
)

const (
	noPrint uint8 = iota
	starPrint
	heartPrint
	moonPrint
	squarePrint
)

// categories are FashionIQ's, in the order of the values above.
var categories = []string{"dress", "shirt", "toptee"}

var yesNo = []string{"no", "yes"}

var garments = &kind{
	dataset: "fashioniq",
	attributes: []attribute{
		category:      {"category", categories},
		bodyColour:    {"colour", colourValues("none")},
		patternKind:   {"pattern", []string{"plain", "vertical stripes", "horizontal stripes", "dots", "checks"}},
		patternColour: {"pattern colour", colourValues("none")},
		sleeveLength:  {"sleeves", []string{"none", "short", "elbow", "long"}},
		sleeveColour:  {"sleeve colour", colourValues("as the body")},
		neckline:      {"neckline", []string{"round", "v", "square", "high"}},
		collar:        {"collar", yesNo},
		hemline:       {"length", []string{"very short", "short", "long", "very long"}},
		fit:           {"fit", []string{"tight", "regular", "loose"}},
		buttonCount:   {"buttons", []string{"0", "1", "2", "3", "4"}},
		printKind:     {"print", []string{"none", "star", "heart", "moon", "square"}},
		beltColour:    {"belt", colourValues("none")},
		pocket:        {"pocket", yesNo},
	},
	parts:  map[slot][]slot{patternKind: {patternColour}},
	settle: settleGarment,
	valid:  validGarment,
	exchanges: []exchange{
		swapSlots(bodyColour, sleeveColour), swapSlots(bodyColour, patternColour), swapSlots(patternColour, sleeveColour), turnStripes,
	},
	rules: garmentRules,
}

// validGarment reports whether l can be drawn so that everything in it is seen: what is absent has no colour, colours
// that touch are told apart, and only one thing is in the middle of the chest.
func validGarment(l look) bool {
	body := l[bodyColour]
	switch {
	case body == noColour,
		(l[patternKind] == plain) != (l[patternColour] == noColour),
		l[sleeveLength] == 0 && l[sleeveColour] != noColour,
		clash(body, l[patternColour]), clash(body, l[sleeveColour]), clash(body, l[beltColour]):
		return false
	case l[collar] == 1 && (l[neckline] > vNeck || l[category] == toptee),
		l[beltColour] != noColour && l[category] != dress,
		l[pocket] == 1 && l[category] != shirt,
		l[printKind] != noPrint && (l[category] == dress || l[buttonCount] > 0):
		return false
	}
	return true
}

// settleGarment clears the colour of what is absent, and what else there is no room for.
func settleGarment(l look) look {
	if l[patternKind] == plain {
		l[patternColour] = noColour
	}
	if l[sleeveLength] == 0 {
		l[sleeveColour] = noColour
	}
	if l[buttonCount] > 0 || l[category] == dress {
		l[printKind] = noPrint
	}
	if l[category] != dress {
		l[beltColour] = noColour
	}
	if l[category] != shirt {
		l[pocket] = 0
	}
	if l[category] == toptee || l[neckline] > vNeck {
		l[collar] = 0
	}
	return l
}

// swapSlots exchanges two values, where both are there.
func swapSlots(a, b slot) exchange {
	return func(l look) look {
		if l[a] != 0 && l[b] != 0 {
			l[a], l[b] = l[b], l[a]
		}
		return l
	}
}

func turnStripes(l look) look {
	if striped(l) {
		l[patternKind] = verticalStripes + horizontalStripes - l[patternKind]
	}
	return l
}

// striped reports stripes of either direction.
func striped(l look) bool {
	return l[patternKind] == verticalStripes || l[patternKind] == horizontalStripes
}
