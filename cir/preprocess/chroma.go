package preprocess

// A chroma enlarges one colour plane of a JPEG picture to full size, row by row, as libjpeg-turbo does unless told
// otherwise ("fancy" upsampling): where a plane is halved, each new sample is three parts of the nearest old one and one
// part of the next nearest. Planes of another size, and those of two columns or less, are repeated.
type chroma struct {
	plane         rows
	width, height int      // samples of the plane that belong to the picture; at its edges the outermost is repeated
	across, down  int      // how many pixels a sample covers
	sums          []uint16 // [width + 2], with the outermost ones twice
	out           []uint8
}

func newChroma(plane rows, width, height, across, down int) *chroma {
	return &chroma{plane, width, height, across, down, make([]uint16, width+2), make([]uint8, width*across)}
}

// row is row y of the picture, in which pixels from up to to are right. It is at least as long as the picture is wide.
func (c *chroma) row(y, from, to int) []uint8 {
	first, last := max(from/c.across-1, 0), min((to-1)/c.across+2, c.width) // with a neighbour on either side
	near := c.plane(y/c.down, first, last)
	switch {
	case c.across == 1 && c.down == 1:
		return near
	case c.across == 2 && c.width > 2 && c.down == 1:
		for i, v := range near[first:last] {
			c.sums[first+i+1] = uint16(v)
		}
		c.spread(first, last, 1, 2, 2)
	case c.across == 2 && c.width > 2 && c.down == 2:
		c.blend(near, y, first, last)
		c.spread(first, last, 8, 7, 4)
	case c.across == 1 && c.down == 2:
		c.blend(near, y, first, last)
		for i := first; i < last; i++ {
			c.out[i] = uint8((c.sums[i+1] + uint16(1+y%2)) >> 2)
		}
	default:
		for i := from; i < to; i++ {
			c.out[i] = near[i/c.across]
		}
	}
	return c.out
}

// blend mixes in the row above for even y, the row below for odd y.
func (c *chroma) blend(near []uint8, y, first, last int) {
	next := min(max(y/c.down-1+y%2*2, 0), c.height-1)
	far := c.plane(next, first, last)
	near, far, sums := near[first:last], far[first:last], c.sums[first+1:last+1]
	done := blendVector(sums, near, far)
	for i := done; i < len(sums); i++ {
		sums[i] = 3*uint16(near[i]) + uint16(far[i])
	}
}

// spread doubles the sums: left and right of a sample, with its neighbour on that side.
func (c *chroma) spread(first, last int, roundLeft, roundRight uint16, shift int) {
	c.sums[0], c.sums[c.width+1] = c.sums[1], c.sums[c.width]
	sums, out := c.sums[first:last+2], c.out[2*first:2*last]
	done := spreadVector(out, sums, roundLeft, roundRight, shift)
	for i := done; i < last-first; i++ {
		v := 3 * sums[i+1]
		out[2*i] = uint8((v + sums[i] + roundLeft) >> shift)
		out[2*i+1] = uint8((v + sums[i+2] + roundRight) >> shift)
	}
}

// The factors of the conversion in 16-bit fixed point, for chroma counted from 128.
const (
	redFactor     = 91881
	blueFactor    = 116130
	greenFactorCb = -22554
	greenFactorCr = -46802
)

// The terms of the conversion, as in libjpeg's tables, which round the red and blue ones one by one and the two green ones
// together.
var redOf, blueOf, greenOfCb, greenOfCr = func() (r, b, gb, gr [256]int32) {
	const half = 1 << 15
	for i := range int32(256) {
		x := i - 128
		r[i], b[i] = (redFactor*x+half)>>16, (blueFactor*x+half)>>16
		gb[i], gr[i] = greenFactorCb*x+half, greenFactorCr*x
	}
	return r, b, gb, gr
}()

// convertYCC writes RGB pixels, [len(luma), 3].
func convertYCC(dst, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for i := convertVector(dst, luma, cb, cr); i < len(luma); i++ {
		blue, red, v := cb[i], cr[i], int32(luma[i])
		p := dst[3*i : 3*i+3 : 3*i+3]
		p[0] = clamp(v + redOf[red])
		p[1] = clamp(v + (greenOfCb[blue]+greenOfCr[red])>>16)
		p[2] = clamp(v + blueOf[blue])
	}
}

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31)) // 0 below, 255 above
	}
	return uint8(v)
}
