package tokenize

import (
	"math"
	"slices"
	"testing"
)

// Cuts at "and" wherever the three letters stand.
func TestMark(t *testing.T) {
	for caption, want := range map[string]string{
		"":             " [FORWARD] ",
		"has a logo":   " [FORWARD] has a logo",
		"handbag":      " [FORWARD] hand [FORWARD] bag",
		"red and blue": " [FORWARD] red and [FORWARD]  blue",
		"andand":       " [FORWARD] and [FORWARD] and [FORWARD] ",
		"AND And":      " [FORWARD] AND And",
	} {
		if got := Mark(caption, Forward); got != want {
			t.Errorf("Mark(%q) = %q, want %q", caption, got, want)
		}
	}
	if got := Mark("a and", Backward); got != " [BACKWARD] a and [BACKWARD] " {
		t.Errorf("backward mark %q", got)
	}
}

// Strips dots, question marks, commas and spaces, nothing else.
func TestFashionIQText(t *testing.T) {
	first, second := " ..Is RED!,?", "?It's\tBLUE. \t"
	for branch, want := range []string{
		"Is red! and It's\tBLUE. \t", "It's\tblue. \t and Is RED!", "Is red!", "It's\tblue. \t", "It's\tblue. \t",
	} {
		if got := FashionIQText(first, second, branch); got != want {
			t.Errorf("branch %d: %q, want %q", branch, got, want)
		}
	}
}

func TestBranchOfDraw(t *testing.T) {
	for _, c := range []struct {
		draw float64
		want int
	}{
		{0, Both},
		{0.2499, Both},
		{0.25, SecondOnly},
		{0.2501, Exchanged},
		{0.5, SecondOnly},
		{0.5001, FirstOnly},
		{0.75, SecondOnly},
		{0.9999, SecondOnly},
		{math.NaN(), SecondOnly},
	} {
		if got := BranchOfDraw(c.draw); got != c.want {
			t.Errorf("draw %v: branch %d, want %d", c.draw, got, c.want)
		}
	}
}

func TestModificationText(t *testing.T) {
	for _, c := range []struct {
		captions []string
		d        Direction
		branch   int
		want     string
	}{
		{[]string{"is Red", "has Sand"}, Forward, Both, "[forward] is red and [FORWARD] has Sand [FORWARD]"},
		{[]string{"is Red", "has Sand."}, Backward, Exchanged, "[backward] has sand [backward] and [BACKWARD] is Red"},
		{[]string{"is Red"}, Backward, Exchanged, " [BACKWARD] is Red"},
		{[]string{""}, Forward, Both, " [FORWARD] "},
		{[]string{"a", "b", "c"}, Forward, SecondOnly, " [FORWARD] a and [FORWARD]  b and [FORWARD]  c"},
	} {
		if got := ModificationText(c.captions, c.d, c.branch); got != c.want {
			t.Errorf("%q %s, branch %d: %q, want %q", c.captions, c.d, c.branch, got, c.want)
		}
	}
}

func TestFlatten(t *testing.T) {
	got := Flatten([][]string{{"a1", "a2"}, {"b1", "b2"}})
	if want := []string{"a1", "a2", "b1", "b2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Values of Python's str.capitalize.
func TestCapitalize(t *testing.T) {
	for text, want := range map[string]string{
		"":               "",
		"hELLO World":    "Hello world",
		"ßA":             "Ssa",
		"ﬁNE":            "Fine",
		"ǆ":              "ǅ",
		"İİ":             "İi\u0307",
		"ΣΑΣ ΑΣ.":        "Σας ας.",
		"aΣ'B AΣ1 Σ":     "Aσ'b aς1 σ",
		"aΣ\u0301\u00b7": "Aς\u0301\u00b7",
		"\xffA":          "\ufffda",
	} {
		if got := capitalize(text); got != want {
			t.Errorf("capitalize(%+q) = %+q, want %+q", text, got, want)
		}
	}
}
