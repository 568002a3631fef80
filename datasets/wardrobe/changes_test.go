package wardrobe

import (
	"context"
	"reflect"
	"testing"
)

// The colour of a pattern changes with it where one of the two is plain, and by itself where both have a pattern.
func TestChangesByHand(t *testing.T) {
	red := look{bodyColour: 1}
	striped, dotted := red, red
	striped[patternKind], striped[patternColour] = verticalStripes, 2
	dotted[patternKind], dotted[patternColour] = dots, 3
	buttoned, starred := red, red
	buttoned[category], buttoned[buttonCount] = shirt, 2
	starred[category], starred[printKind] = shirt, starPrint
	w := &Wardrobe{byName: map[string]int{}}
	for i, l := range []look{red, striped, dotted, buttoned, starred} {
		name := []string{"red", "striped", "dotted", "buttoned", "starred"}[i]
		w.byName[name], w.pictures = i, append(w.pictures, picture{name: name, kind: garments, look: l})
	}
	w.byName["scene"], w.pictures = len(w.pictures), append(w.pictures, picture{name: "scene", kind: scenes})
	for _, c := range []struct {
		reference, target string
		want              []string
	}{
		{"red", "striped", []string{"pattern"}},
		{"striped", "dotted", []string{"pattern", "pattern colour"}},
		{"buttoned", "starred", []string{"buttons"}},
		{"red", "red", nil},
		{"red", "scene", nil},
		{"red", "absent", nil},
	} {
		if got := w.Changes(c.reference, c.target); !reflect.DeepEqual(got, c.want) {
			t.Errorf("from %s to %s changes %q, want %q", c.reference, c.target, got, c.want)
		}
	}
}

// Two drawn looks that differ have a change.
func TestEveryTripletChangesSomething(t *testing.T) {
	dir := t.TempDir()
	if err := Draw(context.Background(), dir, Options{Images: 300, Seed: 4}, nil); err != nil {
		t.Fatal(err)
	}
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.pictures {
		for j := range w.pictures {
			a, b := w.pictures[i], w.pictures[j]
			if got := w.Changes(a.name, b.name); a.kind == b.kind && (len(got) == 0) != (a.look == b.look) {
				t.Fatalf("from %v to %v changes %q", a.kind.describe(a.look), b.kind.describe(b.look), got)
			}
		}
	}
}
