package fashioniq

import (
	"os"
	"testing"
)

// BenchmarkSplit reads the real annotations of every split that is there.
func BenchmarkSplit(b *testing.B) {
	dir := os.Getenv("GOCIR_ANNOTATIONS")
	if dir == "" {
		b.Log("GOCIR_ANNOTATIONS names no folder of real annotations")
		return
	}
	for b.Loop() {
		d, err := Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		for _, c := range d.Categories() {
			for _, split := range d.Splits() {
				if _, err := d.Split(c, split); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
