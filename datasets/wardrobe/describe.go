package wardrobe

import "strings"

// describeGarment says what a garment looks like, without comparing: "a red dress with white dots, long sleeves and a
// round neck". What it says of one look varies with the voice.
func describeGarment(v voice, l look) string {
	noun := v.colour(l[bodyColour]) + " " + v.pick(garmentNouns[l[category]]...)
	noun = v.pick(fitWords[l[fit]]...) + " " + noun
	noun = v.pick(hemWords[l[hemline]]...) + " " + noun
	features := []string{v.sleevesOf(l), "a " + v.pick(neckWords[l[neckline]]...) + " " + v.pick("neck", "neckline")}
	if l[patternKind] != plain {
		features = append(features, v.colour(l[patternColour])+" "+v.patterns(l))
	}
	if l[collar] == 1 {
		features = append(features, "a collar")
	}
	if n := l[buttonCount]; n > 0 {
		features = append(features, count(n, "button"))
	}
	if l[printKind] != noPrint {
		features = append(features, "a "+printWords[l[printKind]]+" "+v.pick("print", "on the chest"))
	}
	if l[beltColour] != noColour {
		features = append(features, indefinite(v.colour(l[beltColour]))+" belt")
	}
	if l[pocket] == 1 {
		features = append(features, "a pocket")
	}
	v.Shuffle(len(features), func(i, j int) { features[i], features[j] = features[j], features[i] })
	return v.pick("", "a picture of ", "this is ") + indefinite(noun) + " with " + list(features)
}

// sleevesOf names the sleeves with their colour, or says that there are none.
func (v voice) sleevesOf(l look) string {
	if l[sleeveLength] == 0 || l[sleeveColour] == noColour {
		return v.sleeves(l) + " sleeves"
	}
	return v.sleeves(l) + " " + v.colour(l[sleeveColour]) + " sleeves"
}

// describeScene says what a scene shows: "two small red dogs that look to the left, a blue ball on the right, on a beach".
func describeScene(v voice, l look) string {
	noun := v.pick(sizeWords[l[animalSize]]...) + " " + v.colour(l[animalColour]) + " " + v.pick(animalWords[l[animalKind]]...)
	look := " that look to the "
	if l[animalCount] == 1 {
		look = " that looks to the "
	}
	parts := []string{count(l[animalCount], noun) + look + sideWords[leftSide+l[facing]]}
	if l[thingKind] != noThing {
		parts = append(parts, indefinite(v.colour(l[thingColour])+" "+thingWords[l[thingKind]])+" on the "+sideWords[l[thingSide]])
	}
	if l[sky] != clearSky {
		parts = append(parts, skyWords[l[sky]]+" in the sky")
	}
	where := placeWords[l[place]]
	if v.chance(0.5) {
		return where + ", " + list(parts)
	}
	return list(parts) + ", " + where
}

// list joins the parts with commas and a last "and".
func list(parts []string) string {
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// phrasings is how many descriptions a picture has.
const phrasings = 3

// descriptions says what the picture shows in several ways, which follow from its name.
func (p *picture) descriptions(seed uint64) []string {
	v := voice{stream(seed, "descriptions of "+p.name)}
	texts := make([]string, phrasings)
	for i := range texts {
		if p.kind == scenes {
			texts[i] = describeScene(v, p.look)
		} else {
			texts[i] = describeGarment(v, p.look)
		}
	}
	return texts
}
