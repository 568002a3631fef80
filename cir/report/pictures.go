package report

import (
	"fmt"
	"image"
	"image/color"

	"gocir/cir/eval"
)

// A PictureRow shows one query: the reference image, the relative caption, the best images found, the target.
type PictureRow struct {
	Reference image.Image
	Text      string
	Found     []Found     // best first; five are shown
	Target    image.Image // nil where hidden, or without a picture
	Rank      int         // of the target, from 0; -1: not found, or hidden
}

// A Found is one image of a ranking. A nil picture is drawn as an empty frame.
type Found struct {
	Picture image.Image
	Hit     bool // it is the target
}

const (
	shownFound = 5
	mostRows   = 100
)

// NewPictureRow takes a row from a query's outcome. picture gives the picture of an image name, nil where there is
// none.
func NewPictureRow(o eval.Outcome, text string, picture func(name string) image.Image) PictureRow {
	row := PictureRow{Reference: picture(o.Triplet.Reference), Text: text, Rank: o.Rank}
	if o.Triplet.Target != "" {
		row.Target = picture(o.Triplet.Target)
	}
	for _, name := range o.Top[:min(shownFound, len(o.Top))] {
		row.Found = append(row.Found, Found{Picture: picture(name), Hit: name == o.Triplet.Target})
	}
	return row
}

// Sizes of the composed picture, in pixels.
const (
	tileSize  = 150
	gap       = 12
	frame     = 4
	textWidth = 220
	headSize  = 34
	labelSize = 26
	lineSize  = 21
	mostLines = 16

	textLeft   = 2*gap + tileSize
	foundLeft  = textLeft + textWidth + gap
	targetLeft = foundLeft + shownFound*(tileSize+gap) + 2*gap
	rowsWidth  = targetLeft + tileSize + gap
)

var (
	hitColour    = color.RGBA{0x00, 0x8a, 0x5e, 0xff}
	missColour   = color.RGBA{0xb8, 0xb8, 0xb8, 0xff}
	missInk      = color.RGBA{0xb0, 0x3a, 0x2e, 0xff}
	targetColour = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	emptyColour  = color.RGBA{0xee, 0xee, 0xee, 0xff}
	mutedInk     = color.RGBA{0x66, 0x66, 0x66, 0xff}
)

// PictureRows composes rows, at most 100, under one head into a PNG about 1,400 pixels wide. The image that is the target
// has a green frame and a tick, the others a grey frame and a cross; long captions are wrapped.
func PictureRows(rows []PictureRow) ([]byte, error) {
	if len(rows) == 0 || len(rows) > mostRows {
		return nil, fmt.Errorf("drawing retrieval examples: %d rows, want 1 to %d", len(rows), mostRows)
	}
	d, err := newRowDrawer(rows)
	if err != nil {
		return nil, err
	}
	d.head()
	for i, row := range rows {
		d.row(row, i)
	}
	return d.png()
}

// A rowDrawer draws rows from the top down.
type rowDrawer struct {
	drawer
	lines [][]string // of each row's text
	y     float64    // where the next row begins
}

func newRowDrawer(rows []PictureRow) (*rowDrawer, error) {
	f, err := newFaces()
	if err != nil {
		return nil, err
	}
	d := &rowDrawer{y: headSize}
	height := headSize
	for _, row := range rows {
		lines := f.wrap(row.Text, textWidth, mostLines)
		d.lines = append(d.lines, lines)
		height += rowHeight(lines)
	}
	d.drawer = newDrawer(f, rowsWidth, height)
	return d, nil
}

// rowHeight is a row's height with the gap below it.
func rowHeight(lines []string) int { return max(tileSize+labelSize, len(lines)*lineSize) + gap }

func (d *rowDrawer) head() {
	d.SetFontFace(d.faces.bold)
	d.SetColor(ink)
	for _, column := range []struct {
		name string
		x    float64
	}{{"reference", gap}, {"relative caption", textLeft}, {"found, best first", foundLeft}, {"target", targetLeft}} {
		d.DrawString(column.name, column.x, headSize-gap)
	}
}

func (d *rowDrawer) row(row PictureRow, number int) {
	if number > 0 {
		d.SetColor(emptyColour)
		d.DrawRectangle(gap, d.y-gap/2-1, rowsWidth-2*gap, 1)
		d.Fill()
	}
	d.tile(row.Reference, gap, d.y, missColour)
	d.text(d.lines[number], textLeft, d.y)
	known := row.Target != nil || row.Rank >= 0
	for i, found := range row.Found[:min(shownFound, len(row.Found))] {
		d.found(found, i, known)
	}
	if known {
		d.tile(row.Target, targetLeft, d.y, targetColour)
		d.label(place(row.Rank), targetLeft, targetColour)
	} else {
		d.label("not known", targetLeft, mutedInk)
	}
	d.y += float64(rowHeight(d.lines[number]))
}

// found draws the image at a place of the ranking. Where no target is known it neither hits nor misses.
func (d *rowDrawer) found(f Found, at int, known bool) {
	x := float64(foundLeft + at*(tileSize+gap))
	switch {
	case !known:
		d.tile(f.Picture, x, d.y, missColour)
		d.label(fmt.Sprint(at+1), x+4, mutedInk)
	case f.Hit:
		d.tile(f.Picture, x, d.y, hitColour)
		d.label(fmt.Sprintf("%d  hit", at+1), x+24, hitColour)
		d.tick(x)
	default:
		d.tile(f.Picture, x, d.y, missColour)
		d.label(fmt.Sprintf("%d  miss", at+1), x+24, mutedInk)
		d.cross(x)
	}
}

// place says where the target was found, counted from 1 as people do.
func place(rank int) string {
	if rank < 0 {
		return "not found"
	}
	return fmt.Sprintf("found at place %d", rank+1)
}

func (d *rowDrawer) label(text string, x float64, colour color.Color) {
	d.SetFontFace(d.faces.regular)
	d.SetColor(colour)
	d.DrawString(text, x, d.y+tileSize+labelSize-8)
}

func (d *rowDrawer) tick(x float64) {
	y := d.y + tileSize + labelSize - 12
	d.SetColor(hitColour)
	d.SetLineWidth(3)
	d.MoveTo(x+3, y)
	d.LineTo(x+8, y+5)
	d.LineTo(x+17, y-7)
	d.Stroke()
}

func (d *rowDrawer) cross(x float64) {
	y := d.y + tileSize + labelSize - 13
	d.SetColor(missInk)
	d.SetLineWidth(2)
	d.DrawLine(x+4, y-5, x+14, y+5)
	d.DrawLine(x+4, y+5, x+14, y-5)
	d.Stroke()
}
