package report

import (
	"fmt"
	"image"
)

// A Tile is a picture and what is written below it. A nil picture is drawn as an empty frame.
type Tile struct {
	Title   string
	Picture image.Image
}

const (
	mostTiles      = 1000
	mostTitleLines = 3
)

// Pictures composes up to 1000 tiles, so many in a row, into one PNG. Each picture is as large as fits into a square of
// 150 pixels, in its own proportions; its title is wrapped below it into at most three lines.
func Pictures(columns int, tiles ...Tile) ([]byte, error) {
	if columns < 1 || len(tiles) == 0 || len(tiles) > mostTiles {
		return nil, fmt.Errorf("drawing pictures: %d tiles in %d columns, want 1 to %d tiles in at least 1 column", len(tiles), columns, mostTiles)
	}
	f, err := newFaces()
	if err != nil {
		return nil, err
	}
	columns = min(columns, len(tiles))
	titles := make([][]string, len(tiles))
	tops := []int{gap} // of the rows, and the lower edge
	for i, tile := range tiles {
		if i%columns == 0 {
			tops = append(tops, 0)
		}
		titles[i] = f.wrap(tile.Title, tileSize, mostTitleLines)
		row := len(tops) - 1
		tops[row] = max(tops[row], tops[row-1]+tileSize+len(titles[i])*lineSize+gap)
	}
	d := newDrawer(f, gap+columns*(tileSize+gap), tops[len(tops)-1])
	for i, tile := range tiles {
		x, y := float64(gap+i%columns*(tileSize+gap)), float64(tops[i/columns])
		d.tile(tile.Picture, x, y, missColour)
		d.text(titles[i], x, y+tileSize)
	}
	return d.png()
}
