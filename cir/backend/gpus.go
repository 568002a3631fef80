package backend

import "github.com/gomlx/compute"

// GPUs is the number of a backend's devices that are machines of their own: none on a CPU, whose devices, where XLA
// shows more than one, divide the same cores.
func GPUs(b compute.Backend) int {
	xla, ok := b.(interface{ IsCPU() bool })
	if !ok || xla.IsCPU() {
		return 0
	}
	return b.NumDevices()
}
