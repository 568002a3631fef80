package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// Check reports whether the data fill the shape exactly.
func (t Tensor) Check() error {
	size := t.DType.Size()
	if size == 0 {
		return fmt.Errorf("unknown element type %q", t.DType)
	}
	n, err := Elements(t.Shape)
	if err != nil {
		return err
	}
	if high, want := bits.Mul64(uint64(n), uint64(size)); high != 0 || want != uint64(len(t.Data)) {
		return fmt.Errorf("%d bytes of data for %d %s elements of shape %v", len(t.Data), n, t.DType, t.Shape)
	}
	return nil
}

// Elements is the product of a shape's dimensions, for shapes that come from a file: a negative dimension or a product
// of more than 2⁶²−1 is an error, the latter even where another dimension is 0.
func Elements(shape []int) (int, error) {
	n, empty := uint64(1), false
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative dimension", shape)
		}
		if d == 0 {
			empty = true
			continue
		}
		high, low := bits.Mul64(n, uint64(d))
		if high != 0 || low >= 1<<62 {
			return 0, fmt.Errorf("shape %v has more elements than a machine can hold", shape)
		}
		n = low
	}
	if empty {
		return 0, nil
	}
	return int(n), nil
}

// Float32s are the values of a floating-point tensor (F64, F32, F16, BF16) in row-major order. F64 values are rounded
// to the nearest float32; other types are an error.
func (t Tensor) Float32s() ([]float32, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	out := make([]float32, t.Len())
	switch t.DType {
	case F32:
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
	case F64:
		for i := range out {
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:])))
		}
	case BF16:
		for i := range out {
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.Data[2*i:])) << 16)
		}
	case F16:
		for i := range out {
			out[i] = halfToFloat32(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
	default:
		return nil, fmt.Errorf("%s is no floating-point type", t.DType)
	}
	return out, nil
}

// Int64s are the values of an integer or boolean tensor in row-major order; true is 1. Other types are an error.
func (t Tensor) Int64s() ([]int64, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if t.DType.Float() {
		return nil, fmt.Errorf("%s is no integer type", t.DType)
	}
	out := make([]int64, t.Len())
	for i := range out {
		switch t.DType {
		case I64:
			out[i] = int64(binary.LittleEndian.Uint64(t.Data[8*i:]))
		case I32:
			out[i] = int64(int32(binary.LittleEndian.Uint32(t.Data[4*i:])))
		case I16:
			out[i] = int64(int16(binary.LittleEndian.Uint16(t.Data[2*i:])))
		case I8:
			out[i] = int64(int8(t.Data[i]))
		case U8:
			out[i] = int64(t.Data[i])
		case Bool:
			out[i] = int64(min(t.Data[i], 1))
		}
	}
	return out, nil
}

// NonFinite is the index of the first element that is NaN or infinite, -1 where there is none. Integers are finite.
func (t Tensor) NonFinite() int {
	switch t.DType {
	case F64:
		return firstOfHighest(t.Data, 8, 0x7ff0_0000_0000_0000)
	case F32:
		return firstOfHighest(t.Data, 4, 0x7f80_0000_7f80_0000)
	case F16:
		return firstOfHighest(t.Data, 2, 0x7c00_7c00_7c00_7c00)
	case BF16:
		return firstOfHighest(t.Data, 2, 0x7f80_7f80_7f80_7f80)
	}
	return -1
}

// firstOfHighest is the index of the first element of size bytes with the highest exponent there is, which NaN and
// infinities have. exponents has the bits of the exponents of all elements in eight bytes, which are looked at together:
// where all bits of one are set, adding its lowest bit sets the bit above, the sign's.
func firstOfHighest(data []byte, size int, exponents uint64) int {
	lowest := exponents &^ (exponents << 1)
	signs := exponents + lowest
	whole := len(data) / 8 * 8
	for i := 0; i < whole; i += 8 {
		if found := (binary.LittleEndian.Uint64(data[i:])&exponents + lowest) & signs; found != 0 {
			return (i + bits.TrailingZeros64(found)/8) / size
		}
	}
	if whole == len(data) {
		return -1
	}
	last := make([]byte, 8) // filled up with zeros
	copy(last, data[whole:])
	if at := firstOfHighest(last, size, exponents); at >= 0 {
		return whole/size + at
	}
	return -1
}

// Float reports whether d is a floating-point type.
func (d DType) Float() bool { return d == F64 || d == F32 || d == F16 || d == BF16 }

// halfToFloat32 widens IEEE 754 binary16; every half is a float32, subnormal ones included.
func halfToFloat32(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero or subnormal: fraction · 2⁻²⁴
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	case 0x1f: // infinite or NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
