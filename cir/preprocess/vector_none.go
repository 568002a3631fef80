//go:build !goexperiment.simd || !amd64

package preprocess

// Without vector instructions nothing is done with them.
var vectors = false

func (*filter) applyVector(dst, row []uint8, n int) int { return 0 }

func sumVector(line []uint8, rows [][]uint8, weights []int32) int { return 0 }

func blendVector(sums []uint16, near, far []uint8) int { return 0 }

func spreadVector(out []uint8, sums []uint16, roundLeft, roundRight uint16, shift int) int { return 0 }

func convertVector(dst, luma, cb, cr []uint8) int { return 0 }
