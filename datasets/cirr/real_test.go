package cirr

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
		for _, split := range []string{"val", "test1"} {
			s, err := d.Split("", split)
			if err != nil {
				b.Fatal(err)
			}
			_ = s
		}
		if names, err := d.Gallery("", "train"); err != nil || len(names) != 16939 {
			b.Fatal(len(names), err)
		}
	}
}
