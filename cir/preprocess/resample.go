package preprocess

import "math"

// An axis is one side of the way from a picture to the result: pad + size + pad samples are resized to out, and of those
// count are kept, beginning at first.
type axis struct {
	pad, size, in int
	out           int
	first, count  int
}

// A span is a run of the picture's samples that make one sample of the result.
type span struct{ first, n, weights int }

// A filter holds a span for each sample that is kept, and the weights of all spans in turn, in 22-bit fixed point. Samples
// of the padding are left out. Each span has a multiple of four weights, the last of which may be zeros of no sample.
type filter struct {
	spans   []span
	weights []int32
	lanes   []int32 // each weight four times, where there are vector instructions: one for each byte of a pixel
}

const (
	weightBits = 22
	half       = 1 << (weightBits - 1)
)

// newFilter follows Pillow's arithmetic in float64 operation by operation, since a weight that rounds the other way may
// change a pixel.
func newFilter(a axis) filter {
	scale := float64(a.in) / float64(a.out)
	stretch := max(scale, 1) // shrinking widens the filter, so that every sample counts
	f := filter{spans: make([]span, a.count)}
	row := make([]float64, 0, int(4*stretch)+2)
	for i := range f.spans {
		centre := (float64(a.first+i) + 0.5) * scale
		lo, hi := max(int(centre-2*stretch+0.5), 0), min(int(centre+2*stretch+0.5), a.in)
		row = row[:0]
		sum := 0.0
		for s := lo; s < hi; s++ {
			w := cubic((float64(s) - centre + 0.5) * (1 / stretch))
			row, sum = append(row, w), sum+w
		}
		f.add(i, row, sum, lo-a.pad, a.size)
	}
	return f
}

// add keeps the part of a row of weights that lies on the picture, 0 to size. first is the row's place there.
func (f *filter) add(i int, row []float64, sum float64, first, size int) {
	from := min(max(-first, 0), len(row))
	to := min(size-first, len(row))
	if from >= to {
		return
	}
	f.spans[i] = span{first: first + from, n: to - from, weights: len(f.weights)}
	for _, w := range row[from:to] {
		f.weights = append(f.weights, int32(math.Round(w/sum*(1<<weightBits))))
	}
	for len(f.weights)%4 != 0 {
		f.weights = append(f.weights, 0)
	}
}

// cubic is Keys' kernel with a = -0.5. The conversions keep the compiler from fusing products and sums, which some
// processors can and which rounds differently.
func cubic(x float64) float64 {
	const a = -0.5
	x = math.Abs(x)
	switch {
	case x < 1:
		return float64((float64((a+2)*x)-(a+3))*x*x) + 1
	case x < 2:
		return (float64((float64((x-5)*x)+8)*x) - 4) * a
	}
	return 0
}

// bicubic resizes, crops and converts to RGB. The horizontal pass comes first and gives bytes, as in Pillow up to 12. Its
// rows stay in a ring that is as long as the vertical filter, so the whole is never in memory. Colours that come
// multiplied by alpha are divided by it in the end.
func bicubic(dst []uint8, p *raster, x, y axis, multiplied bool) {
	n := p.mode.Bytes()
	across, down := newFilter(x), newFilter(y)
	across.spread()
	ring := newRing(down.longest(), x.count*n)
	line := make([]uint8, x.count*n)
	from, to := across.reach()
	next := 0
	for i, s := range down.spans {
		for next = max(next, s.first); next < s.first+s.n; next++ {
			across.apply(ring.row(next), p.row(next, from, to), n)
		}
		ring.sum(line, s.first, down.weights[s.weights:s.weights+s.n])
		if multiplied {
			unmultiply(line, n)
		}
		toRGB(dst[3*x.count*i:], line, p.mode)
	}
}

func (f *filter) longest() int {
	n := 1
	for _, s := range f.spans {
		n = max(n, s.n)
	}
	return n
}

// reach is the part of the picture's samples that are needed: from up to, but not with, to.
func (f *filter) reach() (from, to int) {
	from = math.MaxInt
	for _, s := range f.spans {
		if s.n > 0 {
			from, to = min(from, s.first), max(to, s.first+s.n)
		}
	}
	return min(from, to), to
}

// spread prepares the weights for applyVector.
func (f *filter) spread() {
	if !vectors {
		return
	}
	f.lanes = make([]int32, 0, 4*len(f.weights))
	for _, w := range f.weights {
		f.lanes = append(f.lanes, w, w, w, w)
	}
}

// apply filters a row of pixels of n bytes.
func (f *filter) apply(dst, row []uint8, n int) {
	done := f.applyVector(dst, row, n)
	if n == 3 {
		f.applyRGB(dst, row, done)
		return
	}
	for i, s := range f.spans[done:] {
		weights := f.weights[s.weights : s.weights+s.n]
		for c := range n {
			sum := int32(half)
			for k, w := range weights {
				sum += w * int32(row[(s.first+k)*n+c])
			}
			dst[(done+i)*n+c] = clamp(sum >> weightBits)
		}
	}
}

// applyRGB is apply for three bytes, where nearly all pictures go, from that sample on.
func (f *filter) applyRGB(dst, row []uint8, from int) {
	for i, s := range f.spans[from:] {
		weights := f.weights[s.weights : s.weights+s.n]
		pix := row[3*s.first : 3*(s.first+s.n)]
		r, g, b := int32(half), int32(half), int32(half)
		for _, w := range weights {
			r += w * int32(pix[0])
			g += w * int32(pix[1])
			b += w * int32(pix[2])
			pix = pix[3:]
		}
		out := dst[3*(from+i):][:3:3]
		out[0], out[1], out[2] = clamp(r>>weightBits), clamp(g>>weightBits), clamp(b>>weightBits)
	}
}

// A ring keeps the last rows that were written.
type ring struct {
	stride int
	pix    []uint8
	window [][]uint8 // as many as rows are kept
	sums   []int32
}

func newRing(rows, stride int) *ring {
	return &ring{stride, make([]uint8, rows*stride), make([][]uint8, rows), make([]int32, stride)}
}

func (r *ring) row(y int) []uint8 {
	y %= len(r.window)
	return r.pix[y*r.stride : (y+1)*r.stride]
}

// sum adds up weighted rows, beginning with row first, and writes the rounded sums to line.
func (r *ring) sum(line []uint8, first int, weights []int32) {
	rows := r.window[:len(weights)]
	for k := range rows {
		rows[k] = r.row(first + k)
	}
	sumRows(line, r.sums, rows, weights, sumVector(line, rows, weights))
}

// sumRows does the part of the rows that begins at that place. Four rows at a time: the sums are then read and written less
// often.
func sumRows(line []uint8, sums []int32, rows [][]uint8, weights []int32, from int) {
	line, sums = line[from:], sums[from:]
	for i := range sums {
		sums[i] = half
	}
	for len(weights) >= 4 {
		n := from + len(sums)
		a, b, c, d := rows[0][from:n], rows[1][from:n], rows[2][from:n], rows[3][from:n]
		wa, wb, wc, wd := weights[0], weights[1], weights[2], weights[3]
		for i := range sums {
			sums[i] += wa*int32(a[i]) + wb*int32(b[i]) + wc*int32(c[i]) + wd*int32(d[i])
		}
		rows, weights = rows[4:], weights[4:]
	}
	for k, w := range weights {
		for i, v := range rows[k][from:] {
			sums[i] += w * int32(v)
		}
	}
	for i, v := range sums {
		line[i] = clamp(v >> weightBits)
	}
}

// nearest resizes, crops and converts a picture of one byte a pixel. The padding is 0, whatever the palette says it is.
func nearest(dst []uint8, p *raster, x, y axis) {
	colours := p.colours()
	across := x.nearest()
	for i, row := range y.nearest() {
		var pix []uint8
		if row >= 0 {
			pix = p.row(row, 0, p.width)
		}
		for j, column := range across {
			var index uint8
			if pix != nil && column >= 0 {
				index = pix[column]
			}
			copy(dst[3*(i*x.count+j):], colours[index][:])
		}
	}
}

// nearest is the place in the picture of each sample that is kept, -1 in the padding. Places are reached by adding up
// steps, as in Pillow, and not by a product: the sums round differently.
func (a axis) nearest() []int {
	out := make([]int, a.count)
	step := float64(a.in) / float64(a.out)
	at := step * 0.5
	for i := range a.first + a.count {
		if i >= a.first {
			place := int(at) - a.pad
			if place < 0 || place >= a.size {
				place = -1
			}
			out[i-a.first] = place
		}
		at += step
	}
	return out
}

// colours is the RGB colour of each value that a byte can have.
func (r *raster) colours() *[256][3]uint8 {
	var out [256][3]uint8
	if r.mode == Paletted {
		copy(out[:], r.palette)
		return &out
	}
	for i := range out {
		out[i] = [3]uint8{uint8(i), uint8(i), uint8(i)}
	}
	return &out
}
