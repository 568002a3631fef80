package tensor

import (
	"bytes"
	"math"
	"slices"
	"testing"
)

func TestHalfPrecisionByHand(t *testing.T) {
	halves := map[uint16]float32{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.333251953125, 0x7bff: 65504,
		0x0001: 1.0 / (1 << 24), 0x03ff: 1023.0 / (1 << 24), 0x0400: 1.0 / (1 << 14), 0x7c00: float32(math.Inf(1)),
	}
	for bits, want := range halves {
		if got := halfToFloat32(bits); got != want {
			t.Errorf("half %#04x = %v, want %v", bits, got, want)
		}
	}
	if got := halfToFloat32(0x8000); got != 0 || !math.Signbit(float64(got)) {
		t.Errorf("half 0x8000 = %v, want -0", got)
	}
	if got := halfToFloat32(0x7e00); got == got {
		t.Errorf("half 0x7e00 = %v, want NaN", got)
	}
}

func TestFloat32sOfEveryFloatType(t *testing.T) {
	for _, in := range []Tensor{
		{F32, []int{2}, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}},
		{F64, []int{2}, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}},
		{F16, []int{2}, []byte{0, 0x3c, 0, 0xc0}},
		{BF16, []int{2}, []byte{0x80, 0x3f, 0, 0xc0}},
	} {
		got, err := in.Float32s()
		if err != nil || !slices.Equal(got, []float32{1, -2}) {
			t.Errorf("%s: %v, %v, want [1 -2]", in.DType, got, err)
		}
		if _, err := in.Int64s(); err == nil {
			t.Errorf("%s read as integers without an error", in.DType)
		}
	}
}

func TestInt64sOfEveryIntegerType(t *testing.T) {
	for dtype, data := range map[DType][]byte{
		I64: {0xfe, 255, 255, 255, 255, 255, 255, 255}, I32: {0xfe, 255, 255, 255}, I16: {0xfe, 255}, I8: {0xfe},
	} {
		got, err := Tensor{dtype, nil, data}.Int64s()
		if err != nil || !slices.Equal(got, []int64{-2}) {
			t.Errorf("%s: %v, %v, want [-2]", dtype, got, err)
		}
	}
	for dtype, want := range map[DType]int64{U8: 254, Bool: 1} {
		in := Tensor{dtype, nil, []byte{254}}
		if got, err := in.Int64s(); err != nil || got[0] != want {
			t.Errorf("%s: %v, %v, want %d", dtype, got, err, want)
		}
		if _, err := in.Float32s(); err == nil {
			t.Errorf("%s read as floats without an error", dtype)
		}
	}
}

func TestCheckRefusesWhatDoesNotFit(t *testing.T) {
	for _, bad := range []Tensor{
		{"F8", []int{1}, []byte{0}},
		{F32, []int{2}, make([]byte, 4)},
		{F32, []int{-1, -1}, make([]byte, 4)},
		{F32, []int{1 << 31, 1 << 31, 4}, nil},
		{F64, []int{1 << 61}, nil},
		{F32, []int{0}, make([]byte, 4)},
		{F32, []int{1 << 40, 0, 1 << 40}, nil},
	} {
		if bad.Check() == nil {
			t.Errorf("%s %v with %d bytes passes", bad.DType, bad.Shape, len(bad.Data))
		}
	}
	if err := (Tensor{F32, []int{3, 0, 1 << 40}, nil}).Check(); err != nil {
		t.Errorf("an empty tensor: %v", err)
	}
}

func TestNonFiniteNamesTheFirst(t *testing.T) {
	inf, nan := float32(math.Inf(-1)), float32(math.NaN())
	if got := FromFloat32s([]float32{1, math.MaxFloat32, nan, inf}, 4).NonFinite(); got != 2 {
		t.Errorf("first non-finite value at %d, want 2", got)
	}
	for _, in := range []Tensor{
		{F64, []int{1}, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0xff}},
		{F32, []int{1}, []byte{1, 0, 0x80, 0x7f}}, // a signalling NaN
		{F16, []int{1}, []byte{0, 0x7c}},
		{BF16, []int{1}, []byte{0x80, 0xff}},
	} {
		if in.NonFinite() != 0 {
			t.Errorf("%s %x passes as finite", in.DType, in.Data)
		}
	}
	if got := FromInt64s([]int64{-1}, 1).NonFinite(); got != -1 {
		t.Errorf("an integer is non-finite at %d", got)
	}
}

// The first infinity is found at every place, and the largest numbers pass.
func TestNonFiniteLooksEverywhere(t *testing.T) {
	for dtype, values := range map[DType]struct{ largest, infinite []byte }{
		F64:  {[]byte{255, 255, 255, 255, 255, 255, 0xef, 0xff}, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f}},
		F32:  {[]byte{255, 255, 0x7f, 0xff}, []byte{0, 0, 0x80, 0xff}},
		F16:  {[]byte{255, 0xfb}, []byte{0, 0x7c}},
		BF16: {[]byte{0x7f, 0xff}, []byte{0x80, 0x7f}},
	} {
		for n := range 20 {
			in := Tensor{DType: dtype, Shape: []int{n}, Data: bytes.Repeat(values.largest, n)}
			if got := in.NonFinite(); got != -1 {
				t.Errorf("%d of the largest %s: number %d passes as infinite", n, dtype, got)
			}
			for at := n - 1; at >= 0; at-- {
				copy(in.Data[at*dtype.Size():], values.infinite)
				if got := in.NonFinite(); got != at {
					t.Errorf("%s, %d from number %d on are infinite: found %d", dtype, n-at, at, got)
				}
			}
		}
	}
}

func BenchmarkNonFinite(b *testing.B) {
	in := FromFloat32s(make([]float32, 4<<20), 4<<20)
	b.SetBytes(int64(len(in.Data)))
	for b.Loop() {
		if in.NonFinite() != -1 {
			b.Fatal("zeros are finite")
		}
	}
}

func BenchmarkFloat32s(b *testing.B) {
	in := FromFloat32s(make([]float32, 4<<20), 4<<20)
	b.SetBytes(int64(len(in.Data)))
	for b.Loop() {
		if _, err := in.Float32s(); err != nil {
			b.Fatal(err)
		}
	}
}
