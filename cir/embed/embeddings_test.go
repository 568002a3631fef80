package embed

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestIndexFindsTheFirstOfEqualNames(t *testing.T) {
	e := &Embeddings{Names: []string{"a", "b", "a"}, Width: 2, Data: []float32{1, 2, 3, 4, 5, 6}}
	if i, ok := e.Index("a"); i != 0 || !ok {
		t.Errorf("a is at %d, %v", i, ok)
	}
	if _, ok := e.Index("c"); ok {
		t.Error("found c")
	}
	if row := append(e.Row(1), 9); !slices.Equal(row, []float32{3, 4, 9}) || e.Data[4] != 5 {
		t.Errorf("appending to a row gave %v and %v", row, e.Data)
	}
}

func TestValidate(t *testing.T) {
	nan := float32(math.NaN())
	for want, e := range map[string]*Embeddings{
		"width 0":                  {Names: []string{"a"}},
		"3 numbers for 2 names":    {Names: []string{"a", "b"}, Width: 2, Data: []float32{1, 2, 3}},
		`of "b": number 1 is NaN,`: {Names: []string{"a", "b"}, Width: 2, Data: []float32{1, 2, 3, nan}},
	} {
		if err := e.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Every name is in exactly one part, and stays there when the gallery grows.
func TestPartsCoverTheGallery(t *testing.T) {
	_, names := shelfOf(1000)
	var all []string
	for part := range 7 {
		mine, err := Part(names, part, 7)
		if err != nil || len(mine) < 80 || len(mine) > 220 {
			t.Errorf("part %d has %d names (%v)", part, len(mine), err)
		}
		few, _ := Part(names[:500], part, 7)
		if !slices.Equal(few, mine[:len(few)]) {
			t.Errorf("part %d: names move when the gallery grows", part)
		}
		all = append(all, mine...)
	}
	slices.Sort(all)
	if slices.Sort(names); !slices.Equal(all, names) {
		t.Error("the parts are not the gallery")
	}
	for _, wrong := range [][2]int{{-1, 2}, {2, 2}, {0, 0}} {
		if _, err := Part(names, wrong[0], wrong[1]); err == nil {
			t.Errorf("no error for part %d of %d", wrong[0], wrong[1])
		}
	}
}
