package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/draw"
)

// A drawer composes pictures and texts on white.
type drawer struct {
	*gg.Context
	faces faces
}

func newDrawer(f faces, width, height int) drawer {
	d := drawer{gg.NewContext(width, height), f}
	d.SetColor(color.White)
	d.Clear()
	return d
}

func (d drawer) png() ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, d.Image()); err != nil {
		return nil, fmt.Errorf("drawing pictures: %w", err)
	}
	return b.Bytes(), nil
}

// text draws lines one below the other.
func (d drawer) text(lines []string, x, y float64) {
	d.SetFontFace(d.faces.regular)
	d.SetColor(ink)
	for i, line := range lines {
		d.DrawString(line, x, y+float64(i*lineSize)+lineSize-5)
	}
}

// tile draws a picture as large as fits into its frame, in its own proportions.
func (d drawer) tile(picture image.Image, x, y float64, colour color.Color) {
	d.SetColor(colour)
	d.DrawRectangle(x, y, tileSize, tileSize)
	d.Fill()
	d.SetColor(emptyColour)
	d.DrawRectangle(x+frame, y+frame, tileSize-2*frame, tileSize-2*frame)
	d.Fill()
	if picture == nil || picture.Bounds().Empty() {
		d.SetFontFace(d.faces.regular)
		d.SetColor(mutedInk)
		d.DrawStringAnchored("no picture", x+tileSize/2, y+tileSize/2, 0.5, 0.5)
		return
	}
	const inner = tileSize - 2*frame
	width, height := picture.Bounds().Dx(), picture.Bounds().Dy()
	scale := inner / float64(max(width, height))
	w, h := max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
	d.DrawImage(resized(picture, w, h), int(x)+frame+(inner-w)/2, int(y)+frame+(inner-h)/2)
}

// resized is a picture at another size, from the origin.
func resized(picture image.Image, width, height int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(out, out.Bounds(), picture, picture.Bounds(), draw.Over, nil)
	return out
}
