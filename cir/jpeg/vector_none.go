//go:build !goexperiment.simd || !amd64

package jpeg

// Without vector instructions nothing is done with them.
var vectors = false

func transformVector([]uint8, []block, *[64]uint16, int, int) int { return 0 }
