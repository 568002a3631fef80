package backend_test

import (
	"testing"

	"github.com/gomlx/compute"

	"gocir/cir/backend"
	"gocir/cir/cirtest"
)

// gpu is a backend with two devices that are no CPU.
type gpu struct{ compute.Backend }

func (gpu) IsCPU() bool     { return false }
func (gpu) NumDevices() int { return 2 }

// A CPU has none, however many devices its plugin shows.
func TestGPUs(t *testing.T) {
	b := cirtest.Backend(t)
	if n := backend.GPUs(b); n != 0 {
		t.Errorf("%s: %d GPUs", b.Description(), n)
	}
	if n := backend.GPUs(gpu{b}); n != 2 {
		t.Errorf("%d GPUs, want 2", n)
	}
}
