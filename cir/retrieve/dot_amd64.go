//go:build goexperiment.simd

package retrieve

import "simd/archsimd"

// vectorKernels are those that this processor has the instructions for.
func vectorKernels() []kernel {
	var found []kernel
	if archsimd.X86.AVX512() {
		found = append(found, kernel{"AVX-512", oneAVX512, fourAVX512})
	}
	if archsimd.X86.AVX2() {
		found = append(found, kernel{"AVX2", oneAVX2, fourAVX2})
	}
	return found
}

// oneAVX512 takes four rows at a time, so that their sums are added and written as a vector: numbers moved one by one among
// wide vectors cost Intel's processors as much as the products.
func oneAVX512(query []float64, rows []float32, width int, out []float32) {
	for i := 0; i < len(out); i += together {
		a, b, c, d := fourRows(rows, width, i, len(out))
		sums := addFour(sumAVX512(query, a), sumAVX512(query, b), sumAVX512(query, c), sumAVX512(query, d))
		sums.StoreSlicePart(out[i:])
	}
	archsimd.ClearAVXUpperBits()
}

// fourRows are the rows from i on, of n; after the last one comes the last one.
func fourRows(rows []float32, width, i, n int) (a, b, c, d []float32) {
	row := func(i int) []float32 { return rows[min(i, n-1)*width:][:width] }
	return row(i), row(i + 1), row(i + 2), row(i + 3)
}

func sumAVX512(q []float64, row []float32) archsimd.Float64x4 {
	var s archsimd.Float64x8
	for len(row) >= lanes && len(q) >= lanes {
		s = load8(q, 0).MulAdd(widen8(row), s)
		q, row = q[lanes:], row[lanes:]
	}
	if len(row) > 0 {
		s = load8(q, 0).MulAdd(widenPart(row), s)
	}
	return addHalves(s)
}

// fourAVX512 takes two steps at a time, which saves a sixth: the compiler moves the sums about at the end of each round.
func fourAVX512(queries []float64, rows []float32, width int, out []float32) {
	const step = together * lanes
	for ; len(out) >= together; out, rows = out[together:], rows[width:] {
		var a, b, c, d archsimd.Float64x8
		q, row := queries, rows[:width]
		for len(row) >= 2*lanes && len(q) >= 2*step {
			a, b, c, d = addProducts(a, b, c, d, q, widen8(row))
			a, b, c, d = addProducts(a, b, c, d, q[step:], widen8(row[lanes:]))
			q, row = q[2*step:], row[2*lanes:]
		}
		if len(row) >= lanes {
			a, b, c, d = addProducts(a, b, c, d, q, widen8(row))
			q, row = q[step:], row[lanes:]
		}
		if len(row) > 0 {
			a, b, c, d = addProducts(a, b, c, d, q, widenPart(row))
		}
		addFour(addHalves(a), addHalves(b), addHalves(c), addHalves(d)).StoreSlice(out)
	}
	archsimd.ClearAVXUpperBits()
}

// addProducts adds the products of four queries' next eight numbers with r.
func addProducts(a, b, c, d archsimd.Float64x8, q []float64, r archsimd.Float64x8) (a1, b1, c1, d1 archsimd.Float64x8) {
	return load8(q, 0).MulAdd(r, a), load8(q, 1).MulAdd(r, b), load8(q, 2).MulAdd(r, c), load8(q, 3).MulAdd(r, d)
}

// load8 is the i-th eight numbers of q.
func load8(q []float64, i int) archsimd.Float64x8 {
	return archsimd.LoadFloat64x8((*[lanes]float64)(q[i*lanes:]))
}

func widen8(row []float32) archsimd.Float64x8 {
	return archsimd.LoadFloat32x8((*[lanes]float32)(row)).ConvertToFloat64()
}

// widenPart widens the last numbers of a row, fewer than eight, and zeros.
func widenPart(row []float32) archsimd.Float64x8 {
	return archsimd.LoadFloat32x8SlicePart(row).ConvertToFloat64()
}

func addHalves(s archsimd.Float64x8) archsimd.Float64x4 { return s.GetLo().Add(s.GetHi()) }

// addFour adds the lanes of each of four vectors, neighbours first.
func addFour(a, b, c, d archsimd.Float64x4) archsimd.Float32x4 {
	ab, cd := a.AddPairsGrouped(b), c.AddPairsGrouped(d) // a0+a1, b0+b1, a2+a3, b2+b3
	return ab.Select128FromPair(0, 2, cd).Add(ab.Select128FromPair(1, 3, cd)).ConvertToFloat32()
}

func oneAVX2(query []float64, rows []float32, width int, out []float32) {
	for i := 0; i < len(out); i += together {
		a, b, c, d := fourRows(rows, width, i, len(out))
		sums := addFour(sumAVX2(query, a), sumAVX2(query, b), sumAVX2(query, c), sumAVX2(query, d))
		sums.StoreSlicePart(out[i:])
	}
	archsimd.ClearAVXUpperBits()
}

func sumAVX2(q []float64, row []float32) archsimd.Float64x4 {
	var low, high archsimd.Float64x4
	for len(row) >= lanes && len(q) >= lanes {
		low, high = low.Add(load4(q, 0).Mul(widen4(row, 0))), high.Add(load4(q, 1).Mul(widen4(row, 1)))
		q, row = q[lanes:], row[lanes:]
	}
	if len(row) > 0 {
		l, h := widenParts(row)
		low, high = low.Add(load4(q, 0).Mul(l)), high.Add(load4(q, 1).Mul(h))
	}
	return low.Add(high)
}

func fourAVX2(queries []float64, rows []float32, width int, out []float32) {
	for ; len(out) >= together; out, rows = out[together:], rows[width:] {
		var l0, l1, l2, l3, h0, h1, h2, h3 archsimd.Float64x4
		q, row := queries, rows[:width]
		for len(row) >= lanes && len(q) >= together*lanes {
			l, h := widen4(row, 0), widen4(row, 1)
			l0, h0 = l0.Add(load4(q, 0).Mul(l)), h0.Add(load4(q, 1).Mul(h))
			l1, h1 = l1.Add(load4(q, 2).Mul(l)), h1.Add(load4(q, 3).Mul(h))
			l2, h2 = l2.Add(load4(q, 4).Mul(l)), h2.Add(load4(q, 5).Mul(h))
			l3, h3 = l3.Add(load4(q, 6).Mul(l)), h3.Add(load4(q, 7).Mul(h))
			q, row = q[together*lanes:], row[lanes:]
		}
		if len(row) > 0 {
			l, h := widenParts(row)
			l0, h0 = l0.Add(load4(q, 0).Mul(l)), h0.Add(load4(q, 1).Mul(h))
			l1, h1 = l1.Add(load4(q, 2).Mul(l)), h1.Add(load4(q, 3).Mul(h))
			l2, h2 = l2.Add(load4(q, 4).Mul(l)), h2.Add(load4(q, 5).Mul(h))
			l3, h3 = l3.Add(load4(q, 6).Mul(l)), h3.Add(load4(q, 7).Mul(h))
		}
		addFour(l0.Add(h0), l1.Add(h1), l2.Add(h2), l3.Add(h3)).StoreSlice(out)
	}
	archsimd.ClearAVXUpperBits()
}

// load4 is the i-th four numbers of q.
func load4(q []float64, i int) archsimd.Float64x4 {
	return archsimd.LoadFloat64x4((*[lanes / 2]float64)(q[i*lanes/2:]))
}

// widen4 widens the i-th four numbers of a row.
func widen4(row []float32, i int) archsimd.Float64x4 {
	return archsimd.LoadFloat32x4((*[lanes / 2]float32)(row[i*lanes/2:])).ConvertToFloat64()
}

// widenParts is widenPart in two halves.
func widenParts(row []float32) (low, high archsimd.Float64x4) {
	rest := row[min(lanes/2, len(row)):]
	return archsimd.LoadFloat32x4SlicePart(row).ConvertToFloat64(), archsimd.LoadFloat32x4SlicePart(rest).ConvertToFloat64()
}
