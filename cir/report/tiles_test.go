package report

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"testing"
)

// Five tiles in three columns are two rows, each as high as its longest title needs.
func TestPicturesAreLaidOutInRows(t *testing.T) {
	tiles := []Tile{
		{"one", plain(red, 40, 80)},
		{"", nil},
		{strings.Repeat("many words ", 50), plain(red, 3, 3)},
		{"", image.NewRGBA(image.Rectangle{})},
		{"", plain(red, 2000, 1)},
	}
	data, err := Pictures(3, tiles...)
	if err != nil {
		t.Fatal(err)
	}
	picture := decoded(t, data)
	want := image.Pt(gap+3*(150+gap), gap+150+3*lineSize+gap+150+gap)
	if got := picture.Bounds().Size(); got != want {
		t.Errorf("%v pixels, want %v", got, want)
	}
	const inner = tileSize - 2*frame // half of the first is red, all of the third, a line of the fifth
	if got, want := count(picture, 0xff, 0, 0), inner*inner/2+inner*inner+inner; got != want {
		t.Errorf("%d red pixels, want %d", got, want)
	}
	again, err := Pictures(3, tiles...)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("drawn twice: different bytes (error %v)", err)
	}
	data, err = Pictures(8, tiles[0])
	if err != nil || decoded(t, data).Bounds().Dx() != gap+150+gap {
		t.Errorf("one tile in eight columns keeps their room (error %v)", err)
	}
}

func TestBadTilesAreRefused(t *testing.T) {
	for _, c := range []struct{ columns, tiles int }{{0, 1}, {-1, 1}, {1, 0}, {1, mostTiles + 1}} {
		want := fmt.Sprintf("%d tiles in %d columns", c.tiles, c.columns)
		if data, err := Pictures(c.columns, make([]Tile, c.tiles)...); err == nil || data != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
