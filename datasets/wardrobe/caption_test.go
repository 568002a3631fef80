package wardrobe

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A reading understands one sort of clause on its own, from the attributes' names and values.
type reading struct {
	clause *regexp.Regexp
	true   func(m []string, ref, target map[string]string) bool
}

func reads(pattern string, true func(m []string, ref, target map[string]string) bool) reading {
	return reading{regexp.MustCompile("^(?:" + pattern + ")$"), true}
}

// grows compares an ordered attribute by its place in the list.
func grows(attribute string, by func(n int) bool) func(m []string, ref, target map[string]string) bool {
	orders := map[string][]string{
		"length": {"very short", "short", "long", "very long"}, "sleeves": {"none", "short", "elbow", "long"},
		"fit": {"tight", "regular", "loose"}, "buttons": {"0", "1", "2", "3", "4"}, "count": {"0", "1", "2", "3", "4"},
		"size": {"small", "medium", "large"},
	}
	return func(_ []string, ref, target map[string]string) bool {
		order := orders[attribute]
		return by(slices.Index(order, target[attribute]) - slices.Index(order, ref[attribute]))
	}
}

func more(n int) bool              { return n > 0 }
func fewer(n int) bool             { return n < 0 }
func exactly(n int) func(int) bool { return func(m int) bool { return m == n } }

// named reports whether a colour's name, or a synonym, means the attribute's value.
func named(word, value string) bool {
	for _, p := range palette {
		if p.names[0] == value {
			return slices.Contains(p.names, word)
		}
	}
	return false
}

func isNow(attribute string, values map[string]string) func(m []string, ref, target map[string]string) bool {
	return func(m []string, ref, target map[string]string) bool {
		return target[attribute] == values[m[1]] && ref[attribute] != target[attribute]
	}
}

var readings = []reading{
	reads("has (?:longer sleeves|sleeves that are longer|more sleeve)", grows("sleeves", more)),
	reads("has (?:shorter sleeves|sleeves that are shorter|less sleeve)", grows("sleeves", fewer)),
	reads("has (?:slightly longer sleeves|sleeves one size longer)", grows("sleeves", exactly(1))),
	reads("has (?:much shorter sleeves|sleeves two sizes shorter)", grows("sleeves", exactly(-2))),
	reads("is longer|is a longer cut|is longer in length|reaches lower", grows("length", more)),
	reads("is shorter|is a shorter cut|is shorter in length|ends higher", grows("length", fewer)),
	reads("is two sizes longer|is much longer", grows("length", exactly(2))),
	reads("is looser|is wider|is less tight", grows("fit", more)),
	reads("is one size narrower|is slightly narrower", grows("fit", exactly(-1))),
	reads("has one more button", grows("buttons", exactly(1))),
	reads("has two buttons fewer", grows("buttons", exactly(-2))),
	reads("has fewer buttons|has less buttons", grows("buttons", fewer)),
	reads("is darker|is a darker shade|has a deeper colour|is darker in colour", func(_ []string, ref, target map[string]string) bool {
		order := []string{"light red", "red", "dark red", "white", "grey", "black"} // two hues are enough
		a, b := slices.Index(order, ref["colour"]), slices.Index(order, target["colour"])
		return a < 0 && b < 0 || a < b && a/3 == b/3
	}),
	reads("is not striped|is no longer striped|is without stripes", func(_ []string, ref, target map[string]string) bool {
		return strings.Contains(ref["pattern"], "stripes") && !strings.Contains(target["pattern"], "stripes")
	}),
	reads("is plain|has no pattern|is a solid colour|is solid", func(_ []string, ref, target map[string]string) bool {
		return ref["pattern"] != "plain" && target["pattern"] == "plain"
	}),
	reads("has the colours of body and sleeves swapped|exchanges the colour of its sleeves with that of its body", func(_ []string, ref, target map[string]string) bool {
		return ref["colour"] == target["sleeve colour"] && target["colour"] == ref["sleeve colour"]
	}),
	reads("has the colours of body and (?:[a-z ]+) swapped|has [a-z ]+ and ground in the opposite colour order", func(_ []string, ref, target map[string]string) bool {
		return ref["colour"] == target["pattern colour"] && target["colour"] == ref["pattern colour"]
	}),
	reads("has sleeves that match the (?:dots|spots|checks|squares|[a-z]+ stripes)", func(_ []string, _, target map[string]string) bool {
		return target["sleeve colour"] == target["pattern colour"] && target["pattern"] != "plain"
	}),
	reads("(?:has|comes with) an? ([a-z ]+) belt", func(m []string, _, target map[string]string) bool { return named(m[1], target["belt"]) }),
	reads("has no belt|is without a belt|comes without the belt", func(_ []string, ref, target map[string]string) bool {
		return ref["belt"] != "none" && target["belt"] == "none"
	}),
	reads("has an? (round|v|square|high) neck(?:line)?", isNow("neckline", map[string]string{"round": "round", "v": "v", "square": "square", "high": "high"})),
	reads("has no (round|v|square|high) neck", func(m []string, ref, target map[string]string) bool {
		return ref["neckline"] == m[1] && target["neckline"] != m[1]
	}),
	reads("(?:is|comes in) ((?:light |dark |sky )?(?:[a-z]+))", func(m []string, _, target map[string]string) bool {
		colour := slices.ContainsFunc(palette, func(p paint) bool { return slices.Contains(p.names, m[1]) })
		return !colour || named(m[1], target["colour"])
	}),
	reads("(?:has|comes with|gets) (short|elbow length|half length|long) sleeves", isNow("sleeves", map[string]string{"short": "short", "elbow length": "elbow", "half length": "elbow", "long": "long"})),
	reads("is sleeveless|has no sleeves|comes without sleeves", func(_ []string, ref, target map[string]string) bool {
		return ref["sleeves"] != "none" && target["sleeves"] == "none"
	}),
	reads("has (?:short |elbow length |half length |long )?((?:light |dark |sky )?[a-z]+) sleeves", func(m []string, _, target map[string]string) bool {
		return named(m[1], target["sleeve colour"])
	}),
	reads("is (?:cut )?(very short|cropped|short|long|very long|full length)", isNow("length", map[string]string{
		"very short": "very short", "cropped": "very short", "short": "short", "long": "long", "very long": "very long", "full length": "very long",
	})),
	reads("(?:has|is cut with) a ([a-z]+) fit", isNow("fit", map[string]string{
		"tight": "tight", "slim": "tight", "regular": "regular", "normal": "regular", "loose": "loose", "wide": "loose",
	})),
	reads("(?:has|comes with) (no|one|two|three|four) buttons?", isNow("buttons", map[string]string{"no": "0", "one": "1", "two": "2", "three": "3", "four": "4"})),
	reads("(?:has|shows|is covered in) ((?:light |dark |sky )?[a-z]+) (dots|spots|checks|squares|(?:vertical|upright|horizontal|cross) stripes)", func(m []string, _, target map[string]string) bool {
		kinds := map[string]string{
			"dots": "dots", "spots": "dots", "checks": "checks", "squares": "checks", "vertical stripes": "vertical stripes",
			"upright stripes": "vertical stripes", "horizontal stripes": "horizontal stripes", "cross stripes": "horizontal stripes",
		}
		if m[1] == "no" {
			return target["pattern"] != kinds[m[2]]
		}
		return kinds[m[2]] == target["pattern"] && (strings.HasSuffix(m[1], "er") || named(m[1], target["pattern colour"]))
	}),
	// Scenes.
	reads("(?:the scene is|take the picture|now it is) (?:in|on) (?:a |the )?(meadow|beach|snow|desert|street|forest)", func(m []string, _, target map[string]string) bool {
		return target["place"] == m[1]
	}),
	reads("(?:it is not|the scene is no longer) (?:in|on) (?:a |the )?(meadow|beach|snow|desert|street|forest)", func(m []string, ref, target map[string]string) bool {
		return ref["place"] == m[1] && target["place"] != m[1]
	}),
	reads("(?:show|replace) (?:the )?(?:an? )?([a-z]+?)s? (?:instead of|with) (?:the )?(?:an? )?([a-z]+?)s?", func(m []string, ref, target map[string]string) bool {
		both := strings.ReplaceAll(m[1]+" "+m[2], "hare", "rabbit")
		return both == ref["animal"]+" "+target["animal"] || both == target["animal"]+" "+ref["animal"]
	}),
	reads("(?:add|put|there is) an? ([a-z ]+) (ball|house|car|umbrella|balloon|tree) on the (left|right)(?: side)?", func(m []string, _, target map[string]string) bool {
		return named(m[1], target["thing colour"]) && target["thing"] == m[2] && target["thing side"] == m[3]
	}),
	reads("add one more [a-z]+|there should be one more [a-z]+", grows("count", exactly(1))),
	reads("twice as many [a-z]+", grows("count", more)),
	reads("(?:show )?fewer [a-z]+", grows("count", fewer)),
	reads("make the [a-z]+ (?:bigger|larger)", grows("size", more)),
	reads("(?:remove|take) the (ball|house|car|umbrella|balloon|tree)(?: away)?", func(m []string, ref, target map[string]string) bool {
		return ref["thing"] == m[1] && target["thing"] == "none"
	}),
	reads("mirror the image|flip the picture", func(_ []string, ref, target map[string]string) bool {
		return ref["facing"] != target["facing"] && ref["thing side"] != target["thing side"]
	}),
	reads("(?:make|paint) the (?:dog|cat|rabbit|hare|duck|turtle|elephant|animal)s? ((?:light |dark |sky )?[a-z]+)", func(m []string, _, target map[string]string) bool {
		colour := slices.ContainsFunc(palette, func(p paint) bool { return slices.Contains(p.names, m[1]) })
		return !colour || named(m[1], target["colour"])
	}),
	reads("the [a-z]+ is on the (?:other|opposite) side", func(_ []string, ref, target map[string]string) bool {
		return ref["thing side"] != target["thing side"] && target["thing side"] != "none"
	}),
	reads("let the [a-z]+ trade colours with the [a-z]+", func(_ []string, ref, target map[string]string) bool {
		return ref["colour"] == target["thing colour"] && target["colour"] == ref["thing colour"]
	}),
}

var (
	opening = regexp.MustCompile(`^(it|the dress|the gown|the shirt|the top|the tee|this one|looks the same but|is similar but) `)
	glued   = regexp.MustCompile(`(colours of [a-z]+|old body colour) and | and (ground)|(cut|comes|colours|replace the [a-z]+|trade colours) with | with (that)`)
	joint   = regexp.MustCompile(`, | and it | and `)
)

// clauses cuts a caption where clauses were joined, and turns "with" back into "has".
func clauses(caption string) []string {
	caption = opening.ReplaceAllString(strings.TrimSuffix(strings.ToLower(caption), "."), "")
	caption = glued.ReplaceAllStringFunc(caption, func(m string) string {
		return strings.NewReplacer(" and ", " &and ", " with ", " &with ").Replace(m)
	})
	caption = strings.ReplaceAll(caption, " with ", ", has ")
	parts := joint.Split(caption, -1)
	for i := range parts {
		parts[i] = strings.ReplaceAll(parts[i], "&", "")
	}
	return parts
}

// What captions say is true of the attributes in wardrobe.json, as another reader understands them.
func TestCaptionsAreTrue(t *testing.T) {
	used := make([]int, len(readings))
	read, all := 0, 0
	for _, s := range mustPlan(t, Options{Images: 6000, Seed: 21}) {
		for _, tr := range s.triplets {
			ref, target := s.kind.describe(s.gallery.looks[tr.reference]), s.kind.describe(s.gallery.looks[tr.target])
			for _, caption := range tr.captions {
				if strings.Contains(caption, "%") {
					t.Errorf("%q has a slip of the pen", caption)
				}
				for _, clause := range clauses(caption) {
					all++
					i := slices.IndexFunc(readings, func(r reading) bool { return r.clause.MatchString(clause) })
					if i < 0 {
						continue
					}
					read++
					used[i]++
					if !readings[i].true(readings[i].clause.FindStringSubmatch(clause), ref, target) {
						t.Fatalf("%q of %q is false:\n%v\n%v", clause, caption, ref, target)
					}
				}
			}
		}
	}
	for i, n := range used {
		if n == 0 {
			t.Errorf("no caption has %s", readings[i].clause)
		}
	}
	if read*2 < all {
		t.Errorf("only %d of %d clauses were understood", read, all)
	}
}
