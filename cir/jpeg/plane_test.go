package jpeg

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// ones quantizes nothing.
var ones = func() (q [64]uint16) {
	for i := range q {
		q[i] = 1
	}
	return q
}()

// The transform is the sum of cosines that defines it, rounded, as far as thirteen bits go.
func TestTransformByDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var b block
		for i := range b {
			b[i] = int16(random.IntN(121) - 60)
		}
		var got [64]uint8
		transform(got[:], 8, &b, &ones)
		for i, v := range got {
			if want := cosines(&b, i%8, i/8); math.Abs(float64(v)-min(max(want, 0), 255)) > 0.6 {
				t.Fatalf("sample %d is %d, by definition %.3f", i, v, want)
			}
		}
	}
}

func cosines(b *block, x, y int) float64 {
	sum := 0.0
	for i, v := range b {
		u, w := i%8, i/8
		scale := 0.25
		for _, k := range [2]int{u, w} {
			if k == 0 {
				scale *= math.Sqrt2 / 2
			}
		}
		angle := func(at, k int) float64 { return math.Cos(float64((2*at+1)*k) * math.Pi / 16) }
		sum += scale * float64(v) * angle(x, u) * angle(y, w)
	}
	return sum + 128
}

// Vector instructions give the same samples, also where sums overflow.
func TestTransformVector(t *testing.T) {
	if !vectors {
		if transformVector(nil, make([]block, 1), &ones, 0, 1) != 0 {
			t.Error("something was done without vectors")
		}
		return
	}
	random := rand.New(rand.NewPCG(3, 4))
	for _, limit := range []int{2, 100, 2000, 32767} {
		row := make([]block, 5)
		quant := ones
		for i := range quant {
			quant[i] = uint16(1 + random.IntN(limit))
		}
		for i := range row {
			for k := range row[i] {
				row[i][k] = int16(random.IntN(2*limit+1) - limit)
			}
		}
		got, want := make([]uint8, 8*8*5), make([]uint8, 8*8*5)
		if n := transformVector(got, row, &quant, 1, 4); n != 3 {
			t.Fatalf("%d of 3 blocks were transformed", n)
		}
		for x := 1; x < 4; x++ {
			transform(want[8*x:], 8*5, &row[x], &quant)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("coefficients up to %d: other samples", limit)
		}
	}
}
