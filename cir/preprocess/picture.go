package preprocess

import (
	"errors"
	"fmt"
	"math"
)

// A Mode says what the numbers of a pixel mean. The names are Pillow's.
type Mode string

// The modes that pictures have when they are opened.
const (
	Bilevel   Mode = "1"    // 1 byte: 0 or 255
	Gray      Mode = "L"    // 1 byte
	GrayAlpha Mode = "LA"   // 2 bytes
	Gray16    Mode = "I;16" // 2 bytes, the low one first
	Paletted  Mode = "P"    // 1 byte, a row of the palette
	RGB       Mode = "RGB"  // 3 bytes
	RGBA      Mode = "RGBA" // 4 bytes, colours not multiplied by alpha
	CMYK      Mode = "CMYK" // 4 bytes, 0 is no ink
)

// Bytes is the number of bytes of a pixel, 0 for an unknown mode.
func (m Mode) Bytes() int {
	switch m {
	case Bilevel, Gray, Paletted:
		return 1
	case GrayAlpha, Gray16:
		return 2
	case RGB:
		return 3
	case RGBA, CMYK:
		return 4
	}
	return 0
}

// hasAlpha reports whether the last byte of a pixel is its opacity.
func (m Mode) hasAlpha() bool { return m == GrayAlpha || m == RGBA }

// A Picture is a decoded picture in its own mode.
type Picture struct {
	Mode          Mode
	Width, Height int
	Pix           []uint8    // [Height, Width, Mode.Bytes()], row-major
	Palette       [][3]uint8 // RGB colours of a Paletted picture; an index beyond them is black
}

// check reports a picture that does not hold what its header says.
func (p *Picture) check() error {
	if p == nil {
		return errors.New("no picture")
	}
	if p.Mode.Bytes() == 0 {
		return fmt.Errorf("picture of mode %q: the modes are 1, L, LA, I;16, P, RGB, RGBA and CMYK", p.Mode)
	}
	if err := checkSize(p.Width, p.Height, math.MaxInt); err != nil {
		return err
	}
	if want := p.Width * p.Height * p.Mode.Bytes(); len(p.Pix) != want {
		return fmt.Errorf("%d×%d picture of mode %s holds %d bytes instead of %d", p.Width, p.Height, p.Mode, len(p.Pix), want)
	}
	return nil
}

// rows gives row y, valid until the next call. Only columns from up to, but not with, to are sure to be right.
type rows func(y, from, to int) []uint8

// A raster gives the rows of a picture, whose pixels need not be in memory all at once.
type raster struct {
	mode          Mode
	width, height int
	palette       [][3]uint8
	row           rows // [width, mode.Bytes()]
}

// raster reads the rows where they lie.
func (p *Picture) raster() *raster {
	stride := p.Width * p.Mode.Bytes()
	return &raster{p.Mode, p.Width, p.Height, p.Palette, func(y, _, _ int) []uint8 { return p.Pix[y*stride : (y+1)*stride] }}
}

// picture collects all rows.
func (r *raster) picture() *Picture {
	p := &Picture{Mode: r.mode, Width: r.width, Height: r.height, Palette: r.palette}
	p.Pix = make([]uint8, 0, r.width*r.height*r.mode.Bytes())
	for y := range r.height {
		p.Pix = append(p.Pix, r.row(y, 0, r.width)...)
	}
	return p
}
