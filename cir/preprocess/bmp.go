package preprocess

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/bmp"
)

func bmpHeader(data []byte) (header, error) {
	c, err := bmp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return header{}, err
	}
	least := 0
	if checkSize(c.Width, c.Height, 0) == nil {
		least = c.Width * int(binary.LittleEndian.Uint16(data[28:])) / 8 * c.Height
	}
	return header{c.Width, c.Height, least}, nil
}

func decodeBMP(data []byte, h header) (*raster, error) {
	img, err := bmp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.RGBA:
		return inMemory(RGB, h.width, h.height, pack(m.Pix, 4, 0, 1, 2), nil), nil
	case *image.NRGBA:
		return bmp32(m, data)
	default:
		return bmpPaletted(m.(*image.Paletted)), nil
	}
}

// bmp32 drops the fourth byte unless a field of the header says that it is alpha.
func bmp32(m *image.NRGBA, data []byte) (*raster, error) {
	if len(data) < 34 {
		return nil, io.ErrUnexpectedEOF
	}
	if plain := binary.LittleEndian.Uint32(data[30:]) == 0; plain {
		return inMemory(RGB, m.Rect.Dx(), m.Rect.Dy(), pack(m.Pix, 4, 0, 1, 2), nil), nil
	}
	return inMemory(RGBA, m.Rect.Dx(), m.Rect.Dy(), m.Pix, nil), nil
}

// bmpPaletted is grey or bilevel where the palette says no more than that, as in Pillow.
func bmpPaletted(m *image.Paletted) *raster {
	palette := rgbPalette(m.Palette)
	width, height := m.Rect.Dx(), m.Rect.Dy()
	switch {
	case len(palette) == 2 && palette[0] == [3]uint8{} && palette[1] == [3]uint8{255, 255, 255}:
		for i, v := range m.Pix {
			m.Pix[i] = -v
		}
		return inMemory(Bilevel, width, height, m.Pix, nil)
	case len(palette) != 2 && isRamp(palette):
		return inMemory(Gray, width, height, m.Pix, nil)
	}
	return inMemory(Paletted, width, height, m.Pix, palette)
}
