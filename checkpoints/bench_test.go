package checkpoints

import (
	"cmp"
	"encoding/binary"
	"math"
	"os"
	"testing"
)

// A text encoder's file, opened and all its values summed: the one that GOCIR_CHECKPOINT names, or a tiny one.
// scripts/bench/load.py compares it with Python.
func BenchmarkText(b *testing.B) {
	path := cmp.Or(os.Getenv("GOCIR_CHECKPOINT"), golden+"combiner/text_encoder.pt")
	for b.Loop() {
		c, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		weights, err := c.Text()
		if err != nil {
			b.Fatal(err)
		}
		bytes := 0
		for name, t := range weights {
			if sum := sum(t.Data); math.IsNaN(float64(sum)) {
				b.Fatalf("%s adds up to %v", name, sum)
			}
			bytes += len(t.Data)
		}
		b.SetBytes(int64(bytes))
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// sum adds float32 values, two sums at a time.
func sum(data []byte) (s float32) {
	var even, odd float32
	for ; len(data) >= 8; data = data[8:] {
		pair := binary.LittleEndian.Uint64(data)
		even += math.Float32frombits(uint32(pair))
		odd += math.Float32frombits(uint32(pair >> 32))
	}
	if len(data) == 4 {
		odd += math.Float32frombits(binary.LittleEndian.Uint32(data))
	}
	return even + odd
}
