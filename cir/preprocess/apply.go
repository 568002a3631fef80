package preprocess

import "sync"

// apply writes RGB bytes to dst, [Size, Size, 3]. Only the part that the crop keeps is computed, and the padding is never
// written out: its zeros add nothing to a sum.
func (r Recipe) apply(dst []uint8, p *raster) {
	l := r.Layout(p.width, p.height)
	x := axis{pad: l.Left, size: p.width, in: l.Padded[0], out: l.Resized[0], first: l.Crop[0], count: r.Size}
	y := axis{pad: l.Top, size: p.height, in: l.Padded[1], out: l.Resized[1], first: l.Crop[1], count: r.Size}
	switch {
	case p.mode == Paletted || p.mode == Bilevel:
		nearest(dst, p, x, y)
	case p.mode == Gray16:
		bicubic(dst, clipped(p), x, y, false)
	case p.mode.hasAlpha() && l.Padded != l.Resized:
		bicubic(dst, premultiplied(p), x, y, true)
	default:
		bicubic(dst, p, x, y, false)
	}
}

// clipped is a 16-bit grey picture as 8-bit grey.
//
// UPSTREAM: levels above 255 are cut to 255, not scaled, which leaves most such pictures white.
func clipped(p *raster) *raster {
	out := make([]uint8, p.width)
	return &raster{Gray, p.width, p.height, nil, func(y, from, to int) []uint8 {
		row := p.row(y, from, to)
		for x := range out {
			out[x] = row[2*x]
			if row[2*x+1] != 0 {
				out[x] = 255
			}
		}
		return out
	}}
}

// premultiplied has its colours multiplied by alpha, so that invisible ones don't bleed into visible ones.
func premultiplied(p *raster) *raster {
	n := p.mode.Bytes()
	out := make([]uint8, p.width*n)
	return &raster{p.mode, p.width, p.height, nil, func(y, from, to int) []uint8 {
		copy(out, p.row(y, from, to))
		for i := n - 1; i < len(out); i += n {
			alpha := out[i]
			for c := i - n + 1; c < i; c++ {
				out[c] = multiply(out[c], alpha)
			}
		}
		return out
	}}
}

// unmultiply undoes that, for pixels of n bytes. Where alpha is 0 or 255 the colours stay.
func unmultiply(pix []uint8, n int) {
	for i := n - 1; i < len(pix); i += n {
		alpha := int(pix[i])
		if alpha == 0 || alpha == 255 {
			continue
		}
		for c := i - n + 1; c < i; c++ {
			pix[c] = uint8(min(255, 255*int(pix[c])/alpha))
		}
	}
}

// multiply is a·b/255, rounded, without a division.
func multiply(a, b uint8) uint8 {
	t := uint32(a)*uint32(b) + 128
	return uint8((t>>8 + t) >> 8)
}

// toRGB converts a row of pixels. Alpha is dropped: what is invisible shows its colour.
func toRGB(dst, row []uint8, mode Mode) {
	if mode == RGB {
		copy(dst, row)
		return
	}
	n := mode.Bytes()
	for i := 0; i < len(row); i += n {
		p, out := row[i:i+n], dst[i/n*3:][:3]
		switch mode {
		case RGBA:
			copy(out, p)
		case CMYK:
			light := 255 - p[3]
			for c := range out {
				out[c] = light - min(light, multiply(p[c], light))
			}
		default:
			out[0], out[1], out[2] = p[0], p[0], p[0]
		}
	}
}

// pool holds the bytes of pictures between decoding and normalising.
var pool sync.Pool

func takeBytes(n int) *[]uint8 {
	if b, ok := pool.Get().(*[]uint8); ok && cap(*b) >= n {
		*b = (*b)[:n]
		return b
	}
	b := make([]uint8, n)
	return &b
}

func giveBytes(b *[]uint8) { pool.Put(b) }
