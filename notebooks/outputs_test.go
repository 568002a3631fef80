package notebooks_test

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkOutputs looks at what a run left: pictures that show something, and checks of numbers, none of which failed.
func checkOutputs(t *testing.T, n notebook) {
	t.Helper()
	pictures, checks := 0, 0
	for i, c := range n.code() {
		if strings.Contains(string(c.Source), "%%\n") && len(c.Outputs) == 0 {
			t.Errorf("%s: code cell %d ran and left no output", n.Name, i)
		}
		for _, o := range c.Outputs {
			if data, ok := o.Data["image/png"]; ok {
				pictures++
				checkPicture(t, n.Name, i, string(data))
			}
			checks += strings.Count(string(o.Text), "✓ ")
			if strings.Contains(string(o.Text), "✗ ") {
				t.Errorf("%s: code cell %d failed a check: %s", n.Name, i, o.Text)
			}
		}
	}
	if pictures < 2 || checks < 8 {
		t.Errorf("%s: %d pictures and %d checked numbers, want at least 2 and 8", n.Name, pictures, checks)
	}
}

// checkPicture refuses a picture that can't be read, that is tiny, or that shows nothing.
func checkPicture(t *testing.T, name string, number int, data string) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(data, "\n", ""))
	if err != nil {
		t.Errorf("%s: code cell %d: %v", name, number, err)
		return
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Errorf("%s: code cell %d: %v", name, number, err)
		return
	}
	size := picture.Bounds()
	colours := map[[3]uint32]bool{}
	for y := range size.Dy() {
		for x := range size.Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			colours[[3]uint32{r, g, b}] = true
		}
	}
	if size.Dx() < 100 || size.Dy() < 100 || len(colours) < 5 {
		t.Errorf("%s: code cell %d: a picture of %d × %d pixels in %d colours shows nothing", name, number, size.Dx(), size.Dy(), len(colours))
	}
}

// sameOutputs compares a fresh run with the committed one: each cell leaves the same kinds of outputs, with the same words.
// Numbers may differ: another machine rounds otherwise, and each notebook states the bounds of its own.
func sameOutputs(t *testing.T, fresh, old notebook) {
	t.Helper()
	cells, before := fresh.code(), old.code()
	if len(cells) != len(before) {
		t.Fatalf("%s has %d code cells, committed are %d", fresh.Name, len(cells), len(before))
	}
	for i := range cells {
		if got, want := kindsOf(cells[i]), kindsOf(before[i]); !slices.Equal(got, want) {
			t.Errorf("%s: code cell %d leaves %v, committed are %v", fresh.Name, i, got, want)
		}
		if got, want := checked(cells[i]), checked(before[i]); got != want {
			t.Errorf("%s: code cell %d checks\n%s\ncommitted are the checks\n%s", fresh.Name, i, got, want)
		}
	}
}

func kindsOf(c cell) (kinds []string) {
	for _, o := range c.Outputs {
		kinds = append(kinds, append(o.kinds(), o.Name)...)
	}
	return kinds
}

var number = regexp.MustCompile(`[-+]?\d[\d.e+-]*`)

// checked are the lines that state what was checked, their numbers left out.
func checked(c cell) string {
	var lines []string
	for _, o := range c.Outputs {
		for line := range strings.Lines(string(o.Text)) {
			if strings.HasPrefix(line, "✓ ") {
				lines = append(lines, number.ReplaceAllString(line, "#"))
			}
		}
	}
	return strings.Join(lines, "")
}
