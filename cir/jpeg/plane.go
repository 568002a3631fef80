package jpeg

// A Plane is a component of a picture.
type Plane struct {
	Width, Height int // in samples
	Across, Down  int // how many pixels a sample covers

	stride int // blocks in a row of them
	blocks []block
	quant  *[64]uint16
	bands  [2]band // of even and of odd rows of blocks: a row of samples may be wanted together with one of the next band
}

// A band is eight rows of samples.
type band struct {
	samples  []uint8 // [8, 8·stride]
	number   int     // counted from 1; 0 for none
	from, to int     // blocks that have been transformed
}

// Row is row y of the samples. Only columns from up to, but not with, to are sure to be right. The row may be longer than
// Width, and is valid until a row is asked for that lies 16 rows away or more.
func (p *Plane) Row(y, from, to int) []uint8 {
	number := y / 8
	b := &p.bands[number%2]
	from, to = max(from/8, 0), min(ceilDiv(to, 8), p.stride)
	if b.number != number+1 || from < b.from || to > b.to {
		if b.samples == nil {
			b.samples = make([]uint8, 8*8*p.stride)
		}
		b.number, b.from, b.to = number+1, from, to
		p.transform(b.samples, number, from, to)
	}
	width := 8 * p.stride
	return b.samples[y%8*width:][:width]
}

// transform makes the samples of some blocks of a band.
func (p *Plane) transform(samples []uint8, number, from, to int) {
	row := p.blocks[number*p.stride:][:p.stride]
	from += transformVector(samples, row, p.quant, from, to)
	for x := from; x < to; x++ {
		transform(samples[8*x:], 8*p.stride, &row[x], p.quant)
	}
}

// The factors of the transform in 13-bit fixed point: cosines of multiples of π/16, times √2, and sums of them. The
// algorithm is that of Loeffler, Ligtenberg and Moschytz (1989) as libjpeg's accurate transform has it. Where it rounds
// decides the last bit of the samples.
const (
	factorBits = 13
	firstBits  = factorBits - 2     // after the columns, two bits stay
	secondBits = factorBits + 2 + 3 // after the rows, three more go: the transform's own scale

	even6      = 4433  // 0.541196100
	even2      = 6270  // 0.765366865
	evenMinus6 = 15137 // 1.847759065
	odd        = 9633  // 1.175875602
	odd7       = 2446  // 0.298631336
	odd5       = 16819 // 2.053119869
	odd3       = 25172 // 3.072711026
	odd1       = 12299 // 1.501321110
	odd71      = 7373  // 0.899976223
	odd53      = 20995 // 2.562915447
	odd73      = 16069 // 1.961570560
	odd51      = 3196  // 0.390180644
)

// transform is the inverse cosine transform, of columns and then of rows.
func transform(dst []uint8, stride int, b *block, quant *[64]uint16) {
	var work [64]int32
	for i, v := range b {
		work[i] = int32(v) * int32(quant[i])
	}
	for x := range 8 {
		transform8(work[x:x+57], 8, firstBits)
	}
	for y := range 8 {
		transform8(work[8*y:8*y+8], 1, secondBits)
		row := dst[y*stride:][:8]
		for x, v := range work[8*y : 8*y+8] {
			row[x] = uint8(min(max(v+128, 0), 255))
		}
	}
}

// transform8 is the transform of eight numbers that lie a step apart.
func transform8(v []int32, step int, bits uint) {
	d1, a, d3, d4 := v[step], v[2*step], v[3*step], v[4*step]
	d5, b, d7 := v[5*step], v[6*step], v[7*step]
	bits &= 31
	half := int32(1) << (bits - 1)
	if d1|a|d3|d4|d5|b|d7 == 0 { // often so in columns; the sums below would give the same
		all := (v[0]<<factorBits + half) >> bits
		for i := range 8 {
			v[i*step] = all
		}
		return
	}
	shared := (a + b) * even6
	e2, e3 := shared-b*evenMinus6, shared+a*even2
	e0, e1 := (v[0]+d4)<<factorBits+half, (v[0]-d4)<<factorBits+half
	c0, c1, c2, c3 := e0+e3, e1+e2, e1-e2, e0-e3

	all := (d7 + d3 + d5 + d1) * odd
	s71, s53 := (d7+d1)*-odd71, (d5+d3)*-odd53
	s73, s51 := (d7+d3)*-odd73+all, (d5+d1)*-odd51+all
	d1, d3 = d1*odd1+s71+s51, d3*odd3+s53+s73
	d5, d7 = d5*odd5+s53+s51, d7*odd7+s71+s73

	v[0], v[7*step] = (c0+d1)>>bits, (c0-d1)>>bits
	v[step], v[6*step] = (c1+d3)>>bits, (c1-d3)>>bits
	v[2*step], v[5*step] = (c2+d5)>>bits, (c2-d5)>>bits
	v[3*step], v[4*step] = (c3+d7)>>bits, (c3-d7)>>bits
}
