package preprocess

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
)

// Colour types of a PNG header.
const (
	pngGray      = 0
	pngRGB       = 2
	pngPaletted  = 3
	pngGrayAlpha = 4
	pngRGBA      = 6
)

// deflateGain is the most bytes that a byte of zlib data can unpack to.
const deflateGain = 1032

func pngHeader(data []byte) (header, error) {
	const end = 8 + 8 + 13 // signature, length and name of the chunk, chunk
	if len(data) < end {
		return header{}, io.ErrUnexpectedEOF
	}
	if string(data[12:16]) != "IHDR" {
		return header{}, errors.New("the first chunk is not IHDR")
	}
	width, height := int(binary.BigEndian.Uint32(data[16:])), int(binary.BigEndian.Uint32(data[20:]))
	channels := map[uint8]int{pngGray: 1, pngRGB: 3, pngPaletted: 1, pngGrayAlpha: 2, pngRGBA: 4}[data[25]]
	least := 0
	if checkSize(width, height, 0) == nil {
		least = (width*channels*int(data[24]) + 7) / 8 * height / deflateGain
	}
	return header{width, height, least}, nil
}

// decodePNG keeps what the header says the pixels are. The library's image types can't tell: a chunk that makes one
// colour transparent turns its grey and RGB pictures into ones with alpha, which Pillow leaves as they are.
func decodePNG(data []byte, _ header) (*raster, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	bounds, depth, colours := img.Bounds(), data[24], data[25]
	var palette [][3]uint8
	if p, ok := img.(*image.Paletted); ok {
		palette = rgbPalette(p.Palette)
	}
	mode, pix := pngPixels(img, depth, colours)
	return inMemory(mode, bounds.Dx(), bounds.Dy(), pix, palette), nil
}

// pngPixels are the pixels in Pillow's mode. Of 16 bits the high byte stays, but for grey without alpha.
func pngPixels(img image.Image, depth, colours uint8) (Mode, []uint8) {
	pix, step := pngBytes(img)
	size := 1
	if depth == 16 {
		size = 2
	}
	switch {
	case colours == pngPaletted:
		return Paletted, pix
	case colours == pngGray && depth == 16:
		return Gray16, lowFirst(pack(pix, step, 0, 1))
	case colours == pngGray && depth == 1:
		return Bilevel, pack(pix, step, 0)
	case colours == pngGray:
		return Gray, pack(pix, step, 0)
	case colours == pngGrayAlpha && depth == 8:
		return GrayAlpha, pack(pix, step, 0, 3)
	case colours == pngRGB:
		return RGB, pack(pix, step, 0, size, 2*size)
	default:
		return RGBA, pack(pix, step, 0, size, 2*size, 3*size)
	}
}

// pngBytes are the bytes of any image that the library's decoder returns, and how many of them make a pixel.
func pngBytes(img image.Image) (pix []uint8, step int) {
	switch m := img.(type) {
	case *image.Paletted:
		return m.Pix, 1
	case *image.Gray:
		return m.Pix, 1
	case *image.Gray16:
		return m.Pix, 2
	case *image.RGBA:
		return m.Pix, 4
	case *image.NRGBA:
		return m.Pix, 4
	case *image.RGBA64:
		return m.Pix, 8
	default:
		return m.(*image.NRGBA64).Pix, 8
	}
}

// lowFirst swaps the two bytes of each number.
func lowFirst(pix []uint8) []uint8 {
	for i := 0; i+1 < len(pix); i += 2 {
		pix[i], pix[i+1] = pix[i+1], pix[i]
	}
	return pix
}

// rgbPalette drops alpha.
func rgbPalette(p color.Palette) [][3]uint8 {
	out := make([][3]uint8, len(p))
	for i, c := range p {
		switch c := c.(type) {
		case color.RGBA:
			out[i] = [3]uint8{c.R, c.G, c.B}
		case color.NRGBA:
			out[i] = [3]uint8{c.R, c.G, c.B}
		}
	}
	return out
}
