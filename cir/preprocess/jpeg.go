package preprocess

import "gocir/cir/jpeg"

func jpegHeader(data []byte) (header, error) {
	h, err := jpeg.ReadHeader(data)
	// Each block of 8×8 pixels takes at least one bit.
	return header{h.Width, h.Height, h.Width * h.Height / 64 / 8}, err
}

// decodeJPEG enlarges the planes and converts the colours row by row, as libjpeg-turbo does it.
func decodeJPEG(data []byte, _ header) (*raster, error) {
	m, err := jpeg.Decode(data)
	if err != nil {
		return nil, err
	}
	channels := make([]*chroma, m.Components)
	for i, p := range m.Planes {
		channels[i] = newChroma(p.Row, p.Width, p.Height, p.Across, p.Down)
	}
	mode, merge := colours(m)
	n := mode.Bytes()
	out := make([]uint8, n*m.Width)
	return &raster{mode, m.Width, m.Height, nil, func(y, from, to int) []uint8 {
		if n == 1 {
			return channels[0].row(y, from, to)[:m.Width]
		}
		var rows [4][]uint8
		for i, c := range channels {
			rows[i] = c.row(y, from, to)[from:to]
		}
		merge(out[n*from:n*to], rows)
		return out
	}}, nil
}

// colours is the mode of a file, and what makes its pixels from rows of its planes. Four components are inks. Like Pillow
// this takes them for inverted, as Adobe's programs write them, with Adobe's marker or without.
func colours(m *jpeg.Image) (Mode, func(dst []uint8, rows [4][]uint8)) {
	switch {
	case m.Components == 1:
		return Gray, nil
	case m.Components == 4 && m.YCC:
		return CMYK, mergeYCCK
	case m.Components == 4:
		return CMYK, mergeInks
	case m.YCC:
		return RGB, func(dst []uint8, rows [4][]uint8) { convertYCC(dst, rows[0], rows[1], rows[2]) }
	}
	return RGB, mergeRGB
}

func mergeRGB(dst []uint8, rows [4][]uint8) {
	for i := range rows[0] {
		dst[3*i], dst[3*i+1], dst[3*i+2] = rows[0][i], rows[1][i], rows[2][i]
	}
}

func mergeInks(dst []uint8, rows [4][]uint8) {
	for i := range rows[0] {
		for c, row := range rows {
			dst[4*i+c] = 255 - row[i]
		}
	}
}

// mergeYCCK converts the first three to colours, which are inverted inks.
func mergeYCCK(dst []uint8, rows [4][]uint8) {
	var pixel [3]uint8
	for i := range rows[0] {
		convertYCC(pixel[:], rows[0][i:i+1], rows[1][i:i+1], rows[2][i:i+1])
		copy(dst[4*i:], pixel[:])
		dst[4*i+3] = 255 - rows[3][i]
	}
}
