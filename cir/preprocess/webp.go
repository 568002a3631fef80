package preprocess

import (
	"bytes"
	"errors"
	"image"
	"io"

	"golang.org/x/image/webp"
)

func webpHeader(data []byte) (header, error) {
	if len(data) < 25 {
		return header{}, io.ErrUnexpectedEOF
	}
	if string(data[12:16]) == "VP8X" && data[20]&2 != 0 {
		return header{}, errors.New("animated WebP can't be read: save its first frame as PNG")
	}
	c, err := webp.DecodeConfig(bytes.NewReader(data))
	return header{c.Width, c.Height, 0}, err
}

// decodeWebP decodes both kinds of WebP. The lossy one is converted here as libwebp does it: the library leaves the
// conversion to image/color, which knows neither WebP's range of luma, 16 to 235, nor its interpolation of chroma.
func decodeWebP(data []byte, h header) (*raster, error) {
	img, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return rasterYUV(m), nil
	case *image.NYCbCrA:
		return withAlpha(rasterYUV(&m.YCbCr), m), nil
	default:
		lossless := m.(*image.NRGBA)
		if webpAlpha(data) {
			return inMemory(RGBA, h.width, h.height, lossless.Pix, nil), nil
		}
		return inMemory(RGB, h.width, h.height, pack(lossless.Pix, 4, 0, 1, 2), nil), nil
	}
}

// webpAlpha reports whether a lossless file says that its alpha is used.
func webpAlpha(data []byte) bool {
	if string(data[12:16]) == "VP8X" {
		return data[20]&0x10 != 0
	}
	return data[24]&0x10 != 0
}

// rasterYUV converts row by row.
func rasterYUV(m *image.YCbCr) *raster {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	u, v := chromaWebP(m, m.Cb), chromaWebP(m, m.Cr)
	out := make([]uint8, 3*width)
	return &raster{RGB, width, height, nil, func(y, _, _ int) []uint8 {
		convertYUV(out, m.Y[y*m.YStride:y*m.YStride+width], u.rowWebP(y), v.rowWebP(y))
		return out
	}}
}

// chromaWebP is a plane of a picture, which has half its width and height.
func chromaWebP(m *image.YCbCr, plane []uint8) *chroma {
	return newChroma(func(y, _, _ int) []uint8 { return plane[y*m.CStride:] }, (m.Rect.Dx()+1)/2, (m.Rect.Dy()+1)/2, 2, 2)
}

func withAlpha(colours *raster, m *image.NYCbCrA) *raster {
	out := make([]uint8, 4*colours.width)
	return &raster{RGBA, colours.width, colours.height, nil, func(y, from, to int) []uint8 {
		rgb := colours.row(y, from, to)
		for x, a := range m.A[y*m.AStride : y*m.AStride+colours.width] {
			copy(out[4*x:4*x+3], rgb[3*x:])
			out[4*x+3] = a
		}
		return out
	}}
}

// rowWebP enlarges a halved plane with libwebp's rounding, which differs from libjpeg's in the last bit.
func (c *chroma) rowWebP(y int) []uint8 {
	near := c.plane(y/2, 0, c.width)
	far := c.plane(min(max(y/2-1+y%2*2, 0), c.height-1), 0, c.width)
	mix := func(p, q int) uint8 { // p is the nearest sample, q the next one across
		n := int32(near[p])
		diagonal := (n + 3*int32(near[q]) + 3*int32(far[p]) + int32(far[q]) + 8) >> 3
		return uint8((diagonal + n) >> 1)
	}
	edge := func(p int) uint8 { return uint8((3*int32(near[p]) + int32(far[p]) + 2) >> 2) }
	last := c.width - 1
	for x := range last {
		c.out[2*x+1], c.out[2*x+2] = mix(x, x+1), mix(x+1, x)
	}
	c.out[0], c.out[2*last+1] = edge(0), edge(last)
	return c.out
}

// convertYUV writes RGB pixels, [len(luma), 3], with libwebp's factors in 14-bit fixed point.
func convertYUV(dst, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for i, y := range luma {
		l, u, v := int32(y)*19077>>8, int32(cb[i]), int32(cr[i])
		p := dst[3*i : 3*i+3 : 3*i+3]
		p[0] = clamp((l + v*26149>>8 - 14234) >> 6)
		p[1] = clamp((l - u*6419>>8 - v*13320>>8 + 8708) >> 6)
		p[2] = clamp((l + u*33050>>8 - 17685) >> 6)
	}
}
