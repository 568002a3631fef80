//go:build goexperiment.simd

package preprocess

import (
	"encoding/binary"
	"simd/archsimd"
)

// vectors reports whether the processor has the instructions that this file needs. All its functions do what the portable
// ones do, bit for bit, as far as whole vectors go, and return how far that is: nowhere without the instructions.
var vectors = archsimd.X86.AVX2()

// pixelLanes moves the bytes of two pixels of n bytes apart, four bytes for each: of the first two, of the next two.
var pixelLanes = [5][2][16]int8{
	1: {{0, -1, -1, -1, 1, -1, -1, -1}, {2, -1, -1, -1, 3, -1, -1, -1}},
	2: {{0, 1, -1, -1, 2, 3, -1, -1}, {4, 5, -1, -1, 6, 7, -1, -1}},
	3: {{0, 1, 2, -1, 3, 4, 5, -1}, {6, 7, 8, -1, 9, 10, 11, -1}},
	4: {{0, 1, 2, 3, 4, 5, 6, 7}, {8, 9, 10, 11, 12, 13, 14, 15}},
}

// lowBytes takes the low byte of each 16-bit lane.
var lowBytes = [16]int8{0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1}

// applyVector is filter.apply. It takes four pixels at a time, a byte in each lane, and returns the number of samples made.
func (f *filter) applyVector(dst, row []uint8, n int) int {
	if !vectors {
		return 0
	}
	apart, next := archsimd.LoadInt8x16(&pixelLanes[n][0]), archsimd.LoadInt8x16(&pixelLanes[n][1])
	low, white := archsimd.LoadInt8x16(&lowBytes), archsimd.BroadcastUint16x8(255)
	round := archsimd.BroadcastInt32x4(half)
	done := 0
	for i := range f.spans {
		s := &f.spans[i]
		from, to := n*s.first, n*(s.first+s.n)
		if to+16 > len(row) || n*i+4 > len(dst) {
			break // what is read or written beyond the last pixel would be outside
		}
		a, b := archsimd.BroadcastInt32x8(0), archsimd.BroadcastInt32x8(0)
		for lanes := f.lanes[4*s.weights:]; from < to; from += 4 * n {
			pixels := archsimd.LoadUint8x16((*[16]uint8)(row[from : from+16]))
			weights := (*[16]int32)(lanes)
			first, second := archsimd.LoadInt32x8((*[8]int32)(weights[:8])), archsimd.LoadInt32x8((*[8]int32)(weights[8:]))
			a = a.Add(pixels.PermuteOrZero(apart).ExtendLo8ToUint32().AsInt32x8().Mul(first))
			b = b.Add(pixels.PermuteOrZero(next).ExtendLo8ToUint32().AsInt32x8().Mul(second))
			lanes = lanes[16:]
		}
		a = a.Add(b)
		sums := a.GetLo().Add(a.GetHi()).Add(round).ShiftAllRight(weightBits)
		binary.LittleEndian.PutUint32(dst[n*i:], fourBytes(sums, white, low))
		done++
	}
	archsimd.ClearAVXUpperBits()
	return done
}

// fourBytes cuts sums to bytes.
func fourBytes(sums archsimd.Int32x4, white archsimd.Uint16x8, low archsimd.Int8x16) uint32 {
	return sums.SaturateToUint16Concat(sums).Min(white).AsUint8x16().PermuteOrZero(low).AsUint32x4().GetElem(0)
}

// sumVector is sumRows, for 32 bytes at a time, and returns the number of bytes written.
func sumVector(line []uint8, rows [][]uint8, weights []int32) int {
	if !vectors {
		return 0
	}
	low, white := archsimd.LoadInt8x16(&lowBytes), archsimd.BroadcastUint16x8(255)
	round := archsimd.BroadcastInt32x8(half)
	at := 0
	for ; at+40 <= len(line); at += 32 {
		a, b, c, d := round, round, round, round
		for k, row := range rows {
			weight := archsimd.BroadcastInt32x8(weights[k])
			pix := (*[40]uint8)(row[at : at+40])
			a = a.Add(widen(pix[0:]).Mul(weight))
			b = b.Add(widen(pix[8:]).Mul(weight))
			c = c.Add(widen(pix[16:]).Mul(weight))
			d = d.Add(widen(pix[24:]).Mul(weight))
		}
		out := (*[32]uint8)(line[at : at+32])
		eightBytes(out[0:], a, white, low)
		eightBytes(out[8:], b, white, low)
		eightBytes(out[16:], c, white, low)
		eightBytes(out[24:], d, white, low)
	}
	archsimd.ClearAVXUpperBits()
	return at
}

func eightBytes(dst []uint8, sums archsimd.Int32x8, white archsimd.Uint16x8, low archsimd.Int8x16) {
	sums = sums.ShiftAllRight(weightBits)
	bytes := sums.GetLo().SaturateToUint16Concat(sums.GetHi()).Min(white).AsUint8x16().PermuteOrZero(low)
	binary.LittleEndian.PutUint64(dst, bytes.AsUint64x2().GetElem(0))
}

// widen puts the first eight of sixteen bytes in lanes.
func widen(pix []uint8) archsimd.Int32x8 {
	return archsimd.LoadUint8x16((*[16]uint8)(pix)).ExtendLo8ToUint32().AsInt32x8()
}

// blendVector is three parts of near and one of far, for sixteen samples at a time. It returns the number of samples made.
func blendVector(sums []uint16, near, far []uint8) int {
	if !vectors {
		return 0
	}
	at := 0
	for ; at+16 <= len(sums); at += 16 {
		a := archsimd.LoadUint8x16((*[16]uint8)(near[at : at+16])).ExtendToUint16()
		b := archsimd.LoadUint8x16((*[16]uint8)(far[at : at+16])).ExtendToUint16()
		a.Add(a).Add(a).Add(b).Store((*[16]uint16)(sums[at : at+16]))
	}
	archsimd.ClearAVXUpperBits()
	return at
}

// spreadVector is chroma.spread, for sixteen sums at a time. It returns the number of sums that were doubled.
func spreadVector(out []uint8, sums []uint16, roundLeft, roundRight uint16, shift int) int {
	if !vectors {
		return 0
	}
	left, right := archsimd.BroadcastUint16x16(roundLeft), archsimd.BroadcastUint16x16(roundRight)
	shifted := archsimd.BroadcastUint16x16(1 << (16 - shift)) // its product's high half is shifted; transformLanes of jpeg says why
	at := 0
	for ; at+18 <= len(sums); at += 16 {
		s := (*[18]uint16)(sums[at : at+18])
		v := archsimd.LoadUint16x16((*[16]uint16)(s[1:]))
		v = v.Add(v).Add(v)
		even := v.Add(archsimd.LoadUint16x16((*[16]uint16)(s[0:]))).Add(left).MulHigh(shifted)
		odd := v.Add(archsimd.LoadUint16x16((*[16]uint16)(s[2:]))).Add(right).MulHigh(shifted)
		even.Or(odd.ShiftAllLeft(8)).AsUint8x32().Store((*[32]uint8)(out[2*at : 2*at+32]))
	}
	archsimd.ClearAVXUpperBits()
	return at
}

// threeBytes takes the three low bytes of each 32-bit lane.
var threeBytes = [16]int8{0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1}

// convertVector is convertYCC, for eight pixels at a time. It returns the number of pixels written.
func convertVector(dst, luma, cb, cr []uint8) int {
	if !vectors {
		return 0
	}
	zero, white, pack := archsimd.BroadcastInt32x8(0), archsimd.BroadcastInt32x8(255), archsimd.LoadInt8x16(&threeBytes)
	middle, round := archsimd.BroadcastInt32x8(128), archsimd.BroadcastInt32x8(1<<15)
	redCr, greenCb := archsimd.BroadcastInt32x8(redFactor), archsimd.BroadcastInt32x8(greenFactorCb)
	greenCr, blueCb := archsimd.BroadcastInt32x8(greenFactorCr), archsimd.BroadcastInt32x8(blueFactor)
	at := 0
	for ; at+16 <= len(luma); at += 8 {
		y := widen(luma[at : at+16])
		b, r := widen(cb[at:at+16]).Sub(middle), widen(cr[at:at+16]).Sub(middle)
		red := y.Add(r.Mul(redCr).Add(round).ShiftAllRight(16)).Max(zero).Min(white)
		green := y.Add(b.Mul(greenCb).Add(r.Mul(greenCr)).Add(round).ShiftAllRight(16)).Max(zero).Min(white)
		blue := y.Add(b.Mul(blueCb).Add(round).ShiftAllRight(16)).Max(zero).Min(white)
		pixels := red.Or(green.ShiftAllLeft(8)).Or(blue.ShiftAllLeft(16))
		out := (*[28]uint8)(dst[3*at : 3*at+28])
		pixels.GetLo().AsUint8x16().PermuteOrZero(pack).Store((*[16]uint8)(out[0:]))
		pixels.GetHi().AsUint8x16().PermuteOrZero(pack).Store((*[16]uint8)(out[12:]))
	}
	archsimd.ClearAVXUpperBits()
	return at
}
