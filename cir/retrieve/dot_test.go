package retrieve

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Numbers that show the order: their exact sum is 3, one after the other it is 2, since the first 1 is lost beside 2⁵³.
// In lanes, 1+1+1 is added to 2⁵³, which has no 2⁵³+3 beside it: 2⁵³+4, and 4 is left.
func TestOrderOfSummationByHand(t *testing.T) {
	query, row := make([]float32, 19), make([]float32, 19)
	for i := range query {
		query[i] = 1
	}
	row[0], row[2] = 1<<53, -1<<53
	row[1], row[1+lanes], row[1+2*lanes] = 1, 1, 1
	for _, k := range kernels {
		var got [1]float32
		if k.one(newPack(query, 19).data, row, 19, got[:]); got[0] != 4 {
			t.Errorf("%s: %v, want 4", k.name, got[0])
		}
	}
}

// All kernels give the bits of the plainest way, for all remainders of the width, one query or four, and rows that begin
// anywhere in memory.
func TestKernelsGiveTheSameBits(t *testing.T) {
	for width := 1; width <= 70; width++ {
		for _, rows := range []int{1, 3} {
			queries, data := wildPair(width, rows)
			for _, k := range kernels {
				t.Run(fmt.Sprintf("%s/%d×%d", k.name, rows, width), func(t *testing.T) {
					one, four := make([]float32, rows), make([]float32, rows*together)
					k.four(newPack(queries, width).data, data, width, four)
					for q := range together {
						query := queries[q*width : (q+1)*width]
						k.one(newPack(query, width).data, data, width, one)
						for i := range rows {
							want := slowDot(query, data[i*width:(i+1)*width])
							sameBits(t, one[i], want)
							sameBits(t, four[i*together+q], want)
						}
					}
				})
			}
		}
	}
}

// slowDot is the sum as the comment of lanes describes it.
func slowDot(query, row []float32) float32 {
	var sums [lanes]float64
	for i := range row {
		sums[i%lanes] += float64(query[i]) * float64(row[i])
	}
	return addLanes(sums)
}

func sameBits(t *testing.T, got, want float32) {
	t.Helper()
	if math.Float32bits(got) != math.Float32bits(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// wildPair is four queries [4, width] and rows [n, width] whose products cancel but for their rounding errors, so that the
// order of a sum decides all its bits. Some numbers are zero or subnormal. The rows begin at an odd place in memory.
func wildPair(width, n int) (queries, rows []float32) {
	draw := rand.New(rand.NewPCG(uint64(width), uint64(n)))
	number := func() float32 {
		switch draw.IntN(12) {
		case 0:
			return float32(math.Copysign(0, draw.NormFloat64()))
		case 1:
			return math.SmallestNonzeroFloat32 * float32(draw.IntN(9)-4)
		}
		return float32(math.Ldexp(draw.NormFloat64(), draw.IntN(40)-20))
	}
	queries, rows = make([]float32, together*width), make([]float32, n*width+3)[3:]
	fill := func(numbers []float32, sign float32) {
		for i := range numbers {
			numbers[i] = number()
			if mirrored := i + width - 1 - 2*(i%width); mirrored < i {
				numbers[i] = sign * numbers[mirrored]
			}
		}
	}
	fill(queries, 1)
	fill(rows, -1)
	return queries, rows
}

// The order does show: backwards, many of these sums are others.
func TestOrderShows(t *testing.T) {
	differ := 0
	for width := 20; width < 70; width++ {
		query, row := wildPair(width, 1)
		var sum float64
		for i, v := range slices.Backward(row) {
			sum += float64(query[i]) * float64(v)
		}
		if float32(sum) != slowDot(query[:width], row) {
			differ++
		}
	}
	if differ < 25 {
		t.Errorf("only %d of 50 sums show their order", differ)
	}
}

// The ways of multiplying, on one core, with rows that are in its cache.
func BenchmarkKernels(b *testing.B) {
	const width, rows = 256, 64
	data := gallery(rows, width).Data
	for _, k := range kernels {
		for group, multiply := range map[int]func([]float64, []float32, int, []float32){1: k.one, together: k.four} {
			queries, out := newPack(data[:group*width], width), make([]float32, rows*group)
			b.Run(fmt.Sprintf("%s/%d", k.name, group), func(b *testing.B) {
				for b.Loop() {
					multiply(queries.data, data, width, out)
				}
				report(b, group, rows)
			})
		}
	}
}
