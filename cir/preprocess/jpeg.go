package preprocess

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
)

func jpegHeader(data []byte) (header, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	// Each block of 8×8 pixels takes at least one bit.
	return header{c.Width, c.Height, c.Width * c.Height / 64 / 8}, err
}

// decodeJPEG takes the planes from the library and does the rest as libjpeg-turbo does it: the library repeats chroma
// samples instead of interpolating them, which moves the pixels of a photograph by several levels.
func decodeJPEG(data []byte, _ header) (*raster, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if c.ColorModel == color.CMYKModel {
		return decodeInks(data)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.Gray:
		return &raster{Gray, m.Rect.Dx(), m.Rect.Dy(), nil, func(y int) []uint8 {
			return m.Pix[y*m.Stride : y*m.Stride+m.Rect.Dx()]
		}}, nil
	case *image.RGBA: // stored as RGB
		return inMemory(RGB, m.Rect.Dx(), m.Rect.Dy(), pack(m.Pix, 4, 0, 1, 2), nil), nil
	default:
		return rasterYCC(m.(*image.YCbCr)), nil
	}
}

// rasterYCC converts row by row.
func rasterYCC(m *image.YCbCr) *raster {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	cb, cr := newChroma(m.Cb, m), newChroma(m.Cr, m)
	out := make([]uint8, 3*width)
	return &raster{RGB, width, height, nil, func(y int) []uint8 {
		convertYCC(out, m.Y[y*m.YStride:y*m.YStride+width], cb.row(y), cr.row(y))
		return out
	}}
}

// decodeInks decodes four components, CMYK or YCCK. Like Pillow it takes them for inverted, as Adobe's programs write
// them, with Adobe's marker or without.
//
// To get YCCK's planes out of a library that has no door for them, the marker is made to say CMYK. Chroma is then
// repeated to full size, so every second sample of every second row is the plane itself.
func decodeInks(data []byte) (*raster, error) {
	marked, ycck, subsampled := markInks(data)
	img, err := jpeg.Decode(bytes.NewReader(marked))
	if err != nil {
		return nil, err
	}
	m := img.(*image.CMYK)
	if ycck || subsampled {
		replaceInks(m, ycck, subsampled)
	}
	return inMemory(CMYK, m.Rect.Dx(), m.Rect.Dy(), m.Pix, nil), nil
}

// replaceInks enlarges the second and third channel anew, by interpolation, and converts YCCK's three to inks.
func replaceInks(m *image.CMYK, ycck, subsampled bool) {
	ratio := image.YCbCrSubsampleRatio444
	if subsampled {
		ratio = image.YCbCrSubsampleRatio420
	}
	from := planes(m, ratio)
	cb, cr := newChroma(from.Cb, from), newChroma(from.Cr, from)
	width := m.Rect.Dx()
	row := make([]uint8, 3*width)
	for y := range m.Rect.Dy() {
		luma, blue, red := from.Y[y*from.YStride:][:width], cb.row(y), cr.row(y)
		if ycck {
			convertYCC(row, luma, blue, red)
		} else {
			invert(row, luma, blue, red)
		}
		for x := range width {
			copy(m.Pix[y*m.Stride+4*x:][:3], row[3*x:])
		}
	}
}

// invert writes [len(a), 3] inks.
func invert(dst, a, b, c []uint8) {
	for i := range a {
		dst[3*i], dst[3*i+1], dst[3*i+2] = 255-a[i], 255-b[i], 255-c[i]
	}
}

// planes takes Y, Cb and Cr out of the first three channels, where they lie inverted.
func planes(m *image.CMYK, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	out := image.NewYCbCr(m.Rect, ratio)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			p := m.Pix[y*m.Stride+4*x:]
			out.Y[out.YOffset(x, y)] = 255 - p[0]
			out.Cb[out.COffset(x, y)] = 255 - p[1]
			out.Cr[out.COffset(x, y)] = 255 - p[2]
		}
	}
	return out
}

// markInks returns the file with an Adobe marker that says CMYK, whether it was YCCK, and whether its second component
// has fewer samples than its first. A file that does not parse comes back as it is, for the decoder to complain about.
func markInks(data []byte) (marked []byte, ycck, subsampled bool) {
	const adobe = "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
	found := false
	out := bytes.Clone(data)
	for at := 2; at+4 <= len(out) && out[at] == 0xff; {
		marker, length := out[at+1], int(binary.BigEndian.Uint16(out[at+2:]))
		segment := out[at+4 : min(len(out), max(at+4, at+2+length))]
		switch {
		case marker == 0xff: // a fill byte
			at++
			continue
		case marker == 0xee && len(segment) >= 12 && string(segment[:5]) == "Adobe":
			found, ycck, segment[11] = true, segment[11] != 0, 0
		case 0xc0 <= marker && marker <= 0xc2 && len(segment) >= 6+3*4:
			subsampled = segment[7] != segment[10]
		case marker == 0xda:
			at = len(out)
			continue
		}
		at += 2 + length
	}
	if !found {
		out = append(append(bytes.Clone(data[:2]), adobe...), data[2:]...)
	}
	return out, ycck, subsampled
}
