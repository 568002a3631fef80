// Package cirtest has what tests of composed image retrieval need, ours and others', as net/http has httptest: a
// backend that is always there, a tiny model of known weights, and a comparison that says where two results part.
package cirtest

import (
	"cmp"
	"math"
	"os"
	"sync"
	"testing"

	"github.com/gomlx/compute"

	"gocir/cir"
	"gocir/cir/backend"
)

// Backend is the backend that $GOMLX_BACKEND names, pure Go where it names none. Nothing is looked for and nothing is
// downloaded. All tests of a process share it; one that can't be opened ends the test.
func Backend(t testing.TB) compute.Backend {
	t.Helper()
	b, err := open()
	if err != nil {
		t.Fatalf("a test needs a backend: %v", err)
	}
	return b
}

var open = sync.OnceValues(func() (compute.Backend, error) {
	b, _, err := backend.Open(cmp.Or(os.Getenv(compute.ConfigEnvVar), "go"))
	return b, err
})

// Devices are the first count devices of the test's backend; nil where it has fewer and refuses, as pure Go, which has one.
func Devices(t testing.TB, count int) *cir.Devices {
	t.Helper()
	b := Backend(t)
	devices, err := cir.NewDevices(b, count)
	if (err == nil) != (b.NumDevices() >= count) {
		t.Fatalf("%d devices on a backend that has %d: %v", count, b.NumDevices(), err)
	}
	return devices
}

// AllClose reports an error, naming the place, unless got and want have the same length and differ by at most tolerance
// in each number. What is not a number is close to nothing.
func AllClose(t testing.TB, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d numbers, want %d", len(got), len(want))
		return
	}
	beyond, worst, at := 0, 0.0, 0
	for i := range got {
		difference := math.Abs(float64(got[i]) - float64(want[i]))
		if difference <= tolerance {
			continue
		}
		beyond++
		if math.IsNaN(difference) {
			difference = math.Inf(1)
		}
		if difference > worst {
			worst, at = difference, i
		}
	}
	if beyond > 0 {
		t.Errorf("%d of %d numbers differ by more than %v; most at %d: got %v, want %v", beyond, len(got), tolerance, at, got[at], want[at])
	}
}
