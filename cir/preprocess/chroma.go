package preprocess

import "image"

// A chroma enlarges one colour plane of a JPEG picture to full size, row by row, as libjpeg-turbo does unless told
// otherwise ("fancy" upsampling): where a plane is halved, each new sample is three parts of the nearest old one and one
// part of the next nearest. Planes of a quarter of the width, and those of two columns or less, are repeated.
type chroma struct {
	plane         []uint8
	stride        int
	width, height int // samples of the plane that belong to the picture; at its edges the outermost is repeated
	across, down  int // how many pixels a sample covers
	sums          []int32
	out           []uint8
}

func newChroma(plane []uint8, m *image.YCbCr) *chroma {
	across, down := subsampling(m.SubsampleRatio)
	c := &chroma{plane: plane, stride: m.CStride, across: across, down: down}
	c.width, c.height = (m.Rect.Dx()+across-1)/across, (m.Rect.Dy()+down-1)/down
	c.sums, c.out = make([]int32, c.width), make([]uint8, c.width*across)
	return c
}

func subsampling(r image.YCbCrSubsampleRatio) (across, down int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// row is row y of the picture, at least as long as the picture is wide.
func (c *chroma) row(y int) []uint8 {
	near := c.samples(y / c.down)
	switch {
	case c.across == 1 && c.down == 1:
		return near
	case c.across == 4 || c.across == 2 && c.width <= 2:
		for i := range c.out {
			c.out[i] = near[i/c.across]
		}
	case c.across == 2 && c.down == 1:
		for i, v := range near {
			c.sums[i] = int32(v)
		}
		c.spread(1, 2, 2)
	default:
		c.blend(near, y)
	}
	return c.out
}

// blend mixes in the row above for even y, the row below for odd y.
func (c *chroma) blend(near []uint8, y int) {
	far := c.samples(y/c.down - 1 + y%2*2)
	for i, v := range near {
		c.sums[i] = 3*int32(v) + int32(far[i])
	}
	if c.across == 2 {
		c.spread(8, 7, 4)
		return
	}
	round := int32(1 + y%2)
	for i, v := range c.sums {
		c.out[i] = uint8((v + round) >> 2)
	}
}

// spread doubles the sums: left and right of a sample, with its neighbour on that side.
func (c *chroma) spread(roundLeft, roundRight int32, shift int) {
	before, out := c.sums[0], c.out
	for i, v := range c.sums {
		after := v
		if i+1 < len(c.sums) {
			after = c.sums[i+1]
		}
		out[2*i] = uint8((3*v + before + roundLeft) >> shift)
		out[2*i+1] = uint8((3*v + after + roundRight) >> shift)
		before = v
	}
}

// samples is a row of the plane, the outermost one beyond its edges.
func (c *chroma) samples(y int) []uint8 {
	y = min(max(y, 0), c.height-1)
	return c.plane[y*c.stride : y*c.stride+c.width]
}

// The conversion's factors in 16-bit fixed point, for chroma counted from 128: libjpeg's tables, which round the red and
// blue terms one by one and the two green terms together.
var redOf, blueOf, greenOfCb, greenOfCr = func() (r, b, gb, gr [256]int32) {
	const half = 1 << 15
	for i := range int32(256) {
		x := i - 128
		r[i], b[i] = (91881*x+half)>>16, (116130*x+half)>>16
		gb[i], gr[i] = -22554*x+half, -46802*x
	}
	return r, b, gb, gr
}()

// convertYCC writes RGB pixels, [len(luma), 3].
func convertYCC(dst, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for i, y := range luma {
		blue, red, v := cb[i], cr[i], int32(y)
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
