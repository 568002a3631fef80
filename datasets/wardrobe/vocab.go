package wardrobe

import "strings"

// vocabWords are the words of all captions and descriptions, and those of the direction marks.
const vocabWords = `
a add an and animal animals another are around as at away backward ball balloon be beach belt big bigger bit black
blue body brown but button buttons car cat cats change checks chest clear cloud collar colour colours comes covered
cream cropped cross cut dark darker deeper desert direction dog dogs dots double dress duck ducks elbow elephant
elephants ends exchanges face far fewer fit fitted flip forest forward four full gets give gown gray green grey
ground half halve hare hares has heart high higher horizontal house image in instead into is it its large larger
left length less let light lighter like lilac little long longer look looks loose looser lost lower magenta make
many maroon match matches meadow medium mint mirror moon more move much narrower navy neck neckline no normal not
now number of old olive on one opposite orange order other paint paler pattern peach picture pink place plain pocket
print purple put rabbit rabbits rainbow rather reaches red regular remove replace right round run salmon same scene
seen shade shades shirt short shorter should show shows side similar size sizes sky sleeve sleeveless sleeves
slightly slim small smaller snow solid spots square squares star street striped stripes sun swap swapped take tee
than that the there this three tight tighter to top trade tree turn turned turtle turtles twice two umbrella upright
v vertical very violet way white wide wider with without yellow
`

// vocabulary is a small WordPiece vocabulary in the format of BERT's: special tokens ([PAD] has id 0), punctuation,
// digits, letters and their continuations, with which every lower-case ASCII word can be written, then whole words.
func vocabulary() []byte {
	const characters = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~0123456789abcdefghijklmnopqrstuvwxyz"
	tokens := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
	for _, c := range characters {
		tokens = append(tokens, string(c))
	}
	for _, c := range characters[strings.IndexByte(characters, '0'):] {
		tokens = append(tokens, "##"+string(c))
	}
	for _, word := range strings.Fields(vocabWords) {
		if len(word) > 1 {
			tokens = append(tokens, word)
		}
	}
	return []byte(strings.Join(tokens, "\n") + "\n")
}
