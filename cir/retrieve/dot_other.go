//go:build !goexperiment.simd || !amd64

package retrieve

// vectorKernels: Go's vector instructions need GOEXPERIMENT=simd and an amd64 processor.
func vectorKernels() []kernel { return nil }
