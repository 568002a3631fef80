package retrieve

// The order of summation is part of the index's promise, since it decides the last bits of a score. A dot product is
// eight interleaved sums in float64: numbers 0, 8, 16, … go to the first of them, 1, 9, 17, … to the second. They are
// added in the order of addLanes and rounded to float32 once. A product of two float32 is exact in float64, so that it
// makes no difference whether a processor rounds it before it is added, and every way below gives the same bits.
const lanes = 8

// together is how many queries are multiplied with a row while it is in the registers.
const together = 4

// A kernel is one way of multiplying queries with rows of the gallery.
type kernel struct {
	name string

	// Both write the products of packed queries with n rows, [n, width], to out: one those of a single query, [n], four
	// those of together queries, [n, together].
	one, four func(queries []float64, rows []float32, width int, out []float32)
}

// kernels are the ways that this processor has, the fastest first. The last one works everywhere.
var kernels = append(vectorKernels(), kernel{"portable", onePortable, fourPortable})

// A pack is queries as kernels take them: widened to float64, in groups of one or together, a group's queries
// interleaved by eights, and filled up with zeros: numbers to a multiple of eight, queries to whole groups.
type pack struct {
	data  []float64
	count int // of queries
	group int // queries in a group
	size  int // numbers in a group
}

// newPack packs queries [B, width].
func newPack(queries []float32, width int) pack {
	p := pack{count: len(queries) / width, group: together}
	if p.count == 1 {
		p.group = 1
	}
	p.size = (width + lanes - 1) / lanes * lanes * p.group
	p.data = make([]float64, (p.count+p.group-1)/p.group*p.size)
	for i, v := range queries {
		query, at := i/width, i%width
		step, member := at/lanes, query%p.group
		p.data[query/p.group*p.size+(step*p.group+member)*lanes+at%lanes] = float64(v)
	}
	return p
}

// multiply writes the products of the group that begins with a query, and rows, to out, [rows, group].
func (p pack) multiply(query int, rows []float32, width int, out []float32) {
	k, group := kernels[0], p.data[query/p.group*p.size:][:p.size]
	if p.group == 1 {
		k.one(group, rows, width, out)
		return
	}
	k.four(group, rows, width, out)
}

func onePortable(query []float64, rows []float32, width int, out []float32) {
	for i := range out {
		out[i] = dotPortable(query, lanes, rows[i*width:(i+1)*width])
	}
}

func fourPortable(queries []float64, rows []float32, width int, out []float32) {
	for i := range out {
		row := rows[i/together*width:]
		out[i] = dotPortable(queries[i%together*lanes:], together*lanes, row[:width])
	}
}

// dotPortable multiplies a row with a query of which eight numbers come every stride.
func dotPortable(query []float64, stride int, row []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float64
	for len(row) >= lanes && len(query) >= lanes {
		s0 += query[0] * float64(row[0])
		s1 += query[1] * float64(row[1])
		s2 += query[2] * float64(row[2])
		s3 += query[3] * float64(row[3])
		s4 += query[4] * float64(row[4])
		s5 += query[5] * float64(row[5])
		s6 += query[6] * float64(row[6])
		s7 += query[7] * float64(row[7])
		row, query = row[lanes:], query[min(stride, len(query)):]
	}
	sums := [lanes]float64{s0, s1, s2, s3, s4, s5, s6, s7}
	for i, v := range row {
		sums[i] += query[i] * float64(v)
	}
	return addLanes(sums)
}

// addLanes adds the halves, as the two halves of a wide register are added, then neighbours.
func addLanes(s [lanes]float64) float32 {
	return float32((s[0] + s[4] + (s[1] + s[5])) + (s[2] + s[6] + (s[3] + s[7])))
}
