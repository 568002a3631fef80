package backend

import (
	"fmt"
	"math"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// A Probed is what a backend showed when it was tried.
type Probed struct {
	Line       string   `json:"line"`       // as of Open
	Devices    []string `json:"devices"`    // a description of each
	Difference float64  `json:"difference"` // the largest between its product of two matrices and that of pure Go
}

// tolerance is how far two backends' products may be apart: they add the same 64 products, each at most 1, in another order,
// and a GPU rounds the factors to 10 bits, which moves a sum by some 1e-3.
const tolerance = 2e-2

// Probe opens a backend, has it multiply two matrices [64, 64], and compares with the pure Go backend. A plugin that is
// damaged inside may end the process: try an unknown one in a process of its own.
func Probe(name string) (Probed, error) {
	b, line, err := Open(name)
	if err != nil {
		return Probed{}, err
	}
	probed := Probed{Line: line, Devices: devices(b)}
	reference, _, err := open("go")
	if err != nil {
		return Probed{}, err
	}
	got, err := product(b)
	if err != nil {
		return Probed{}, fmt.Errorf("trying %s: %w", line, err)
	}
	want, err := product(reference)
	if err != nil {
		return Probed{}, err
	}
	probed.Difference = furthest(got, want)
	if !(probed.Difference <= tolerance) {
		return probed, fmt.Errorf("trying %s: its product of two matrices is %v away from that of pure Go, allowed are %v", line, probed.Difference, tolerance)
	}
	return probed, nil
}

func devices(b compute.Backend) []string {
	var all []string
	for i := range b.NumDevices() {
		all = append(all, b.DeviceDescription(compute.DeviceNum(i)))
	}
	return all
}

// product multiplies two matrices of numbers between -1 and 1.
func product(b compute.Backend) ([]float32, error) {
	const n = 64
	left, right := make([]float32, n*n), make([]float32, n*n)
	for i := range left {
		left[i], right[i] = float32(math.Sin(float64(i))), float32(math.Cos(float64(3*i)))
	}
	out, err := ExecOnce(b, func(x, y *Node) *Node { return Einsum("ik,kj->ij", x, y) },
		tensors.FromFlatDataAndDimensions(left, n, n), tensors.FromFlatDataAndDimensions(right, n, n))
	if err != nil {
		return nil, err
	}
	return tensors.CopyFlatData[float32](out)
}

// furthest is the largest difference; not a number where either has none.
func furthest(a, b []float32) float64 {
	largest := 0.0
	for i := range a {
		difference := math.Abs(float64(a[i]) - float64(b[i]))
		if math.IsNaN(difference) {
			return difference
		}
		largest = max(largest, difference)
	}
	return largest
}
