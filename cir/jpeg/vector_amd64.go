//go:build goexperiment.simd

package jpeg

import (
	"encoding/binary"
	"simd/archsimd"
)

// vectors reports whether the processor has the instructions that this file needs.
var vectors = archsimd.X86.AVX2()

type lanes = archsimd.Int32x8

// transformVector is transform for some blocks of a row, bit for bit, and returns how many it did: none without the
// instructions.
func transformVector(samples []uint8, row []block, quant *[64]uint16, from, to int) int {
	if !vectors {
		return 0
	}
	stride := 8 * len(row)
	var v [8]lanes
	for x := from; x < to; x++ {
		dequantize(&v, &row[x], quant)
		transformLanes(&v, firstBits)
		transpose(&v)
		transformLanes(&v, secondBits)
		store(samples[8*x:], stride, &v)
	}
	archsimd.ClearAVXUpperBits()
	return to - from
}

func dequantize(v *[8]lanes, b *block, quant *[64]uint16) {
	for y := range v {
		q := archsimd.LoadUint16x8((*[8]uint16)(quant[8*y:])).ExtendToUint32().AsInt32x8()
		v[y] = archsimd.LoadInt16x8((*[8]int16)(b[8*y:])).ExtendToInt32().Mul(q)
	}
}

// transformLanes is transform8 for eight times eight numbers, of which each vector has one. It shifts by a vector: for a number
// that is not constant the compiler uses an instruction that takes hundreds of cycles among wide vectors on Intel's processors.
func transformLanes(v *[8]lanes, bits int32) {
	times := func(x lanes, factor int32) lanes { return x.Mul(archsimd.BroadcastInt32x8(factor)) }
	half, by := archsimd.BroadcastInt32x8(1<<(bits-1)), archsimd.BroadcastInt32x8(bits)
	a, b := v[2], v[6]
	shared := times(a.Add(b), even6)
	e2, e3 := shared.Sub(times(b, evenMinus6)), shared.Add(times(a, even2))
	e0 := v[0].Add(v[4]).ShiftAllLeft(factorBits).Add(half)
	e1 := v[0].Sub(v[4]).ShiftAllLeft(factorBits).Add(half)
	c0, c1, c2, c3 := e0.Add(e3), e1.Add(e2), e1.Sub(e2), e0.Sub(e3)

	d7, d5, d3, d1 := v[7], v[5], v[3], v[1]
	s73, s51 := d7.Add(d3), d5.Add(d1)
	all := times(s73.Add(s51), odd)
	s73, s51 = all.Sub(times(s73, odd73)), all.Sub(times(s51, odd51))
	s71, s53 := times(d7.Add(d1), -odd71), times(d5.Add(d3), -odd53)
	d1 = times(d1, odd1).Add(s71).Add(s51)
	d3 = times(d3, odd3).Add(s53).Add(s73)
	d5 = times(d5, odd5).Add(s53).Add(s51)
	d7 = times(d7, odd7).Add(s71).Add(s73)

	v[0], v[7] = c0.Add(d1).ShiftRight(by), c0.Sub(d1).ShiftRight(by)
	v[1], v[6] = c1.Add(d3).ShiftRight(by), c1.Sub(d3).ShiftRight(by)
	v[2], v[5] = c2.Add(d5).ShiftRight(by), c2.Sub(d5).ShiftRight(by)
	v[3], v[4] = c3.Add(d7).ShiftRight(by), c3.Sub(d7).ShiftRight(by)
}

// transpose swaps rows and columns: pairs of numbers, then fours, then halves of the vectors.
func transpose(v *[8]lanes) {
	pair := func(a, b lanes) (low, high archsimd.Int64x4) {
		return a.InterleaveLoGrouped(b).AsInt64x4(), a.InterleaveHiGrouped(b).AsInt64x4()
	}
	four := func(a, b archsimd.Int64x4) (low, high lanes) {
		return a.InterleaveLoGrouped(b).AsInt32x8(), a.InterleaveHiGrouped(b).AsInt32x8()
	}
	a0, a1 := pair(v[0], v[1])
	b0, b1 := pair(v[2], v[3])
	c0, c1 := pair(v[4], v[5])
	d0, d1 := pair(v[6], v[7])
	r0, r1 := four(a0, b0)
	r2, r3 := four(a1, b1)
	s0, s1 := four(c0, d0)
	s2, s3 := four(c1, d1)
	v[0], v[4] = r0.Select128FromPair(0, 2, s0), r0.Select128FromPair(1, 3, s0)
	v[1], v[5] = r1.Select128FromPair(0, 2, s1), r1.Select128FromPair(1, 3, s1)
	v[2], v[6] = r2.Select128FromPair(0, 2, s2), r2.Select128FromPair(1, 3, s2)
	v[3], v[7] = r3.Select128FromPair(0, 2, s3), r3.Select128FromPair(1, 3, s3)
}

// evenThenOdd sorts the bytes of a pair of rows that alternate.
var evenThenOdd = [16]int8{0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15}

// store cuts columns to bytes and writes them as rows.
func store(dst []uint8, stride int, v *[8]lanes) {
	middle, zero, white := archsimd.BroadcastInt16x16(128), archsimd.BroadcastInt16x16(0), archsimd.BroadcastInt16x16(255)
	pack := func(a, b lanes) archsimd.Int16x16 { // a0…a3 b0…b3, a4…a7 b4…b7
		return a.SaturateToInt16ConcatGrouped(b).AddSaturated(middle).Max(zero).Min(white)
	}
	p, q, r, s := pack(v[0], v[1]), pack(v[2], v[3]), pack(v[4], v[5]), pack(v[6], v[7])
	// Bytes of two columns share a 16-bit lane from here on.
	p, q = p.InterleaveLoGrouped(q), p.InterleaveHiGrouped(q) // columns 0 and 2, 1 and 3
	r, s = r.InterleaveLoGrouped(s), r.InterleaveHiGrouped(s) // columns 4 and 6, 5 and 7
	p, q = p.InterleaveLoGrouped(q), p.InterleaveHiGrouped(q) // columns 0 to 3 of rows 0, 1; 2, 3
	r, s = r.InterleaveLoGrouped(s), r.InterleaveHiGrouped(s) // columns 4 to 7
	low, high := p.AsInt64x4(), q.AsInt64x4()
	row0, row1 := low.InterleaveLoGrouped(r.AsInt64x4()).AsInt16x16(), low.InterleaveHiGrouped(r.AsInt64x4()).AsInt16x16()
	row2, row3 := high.InterleaveLoGrouped(s.AsInt64x4()).AsInt16x16(), high.InterleaveHiGrouped(s.AsInt64x4()).AsInt16x16()
	storeRows(dst, stride, row0.Or(row1.ShiftAllLeft(8)))
	storeRows(dst[2*stride:], stride, row2.Or(row3.ShiftAllLeft(8)))
}

// storeRows writes two rows, whose bytes alternate, and those four below.
func storeRows(dst []uint8, stride int, rows archsimd.Int16x16) {
	sort := archsimd.LoadInt8x16(&evenThenOdd)
	upper := rows.GetLo().AsUint8x16().PermuteOrZero(sort).AsUint64x2()
	lower := rows.GetHi().AsUint8x16().PermuteOrZero(sort).AsUint64x2()
	binary.LittleEndian.PutUint64(dst, upper.GetElem(0))
	binary.LittleEndian.PutUint64(dst[stride:], upper.GetElem(1))
	binary.LittleEndian.PutUint64(dst[4*stride:], lower.GetElem(0))
	binary.LittleEndian.PutUint64(dst[5*stride:], lower.GetElem(1))
}
