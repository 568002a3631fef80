package checkpoints

import (
	"fmt"
	"math"

	"gocir/checkpoints/tensor"
)

// ResizePositions turns position embeddings [1, 1+g², W] of one picture size into those of another, [1, 1+grid², W] in
// float32: the class token's is kept, the others are laid out as a g×g grid, row by row, and resized bicubically per
// channel, as the original does when it loads weights for another image size (PyTorch's interpolate, mode bicubic,
// align_corners=False, no antialiasing). Where the grids agree t is returned as it is.
func ResizePositions(t tensor.Tensor, grid int) (tensor.Tensor, error) {
	if len(t.Shape) != 3 || t.Shape[0] != 1 || t.Shape[1] < 2 || grid < 1 {
		return tensor.Tensor{}, fmt.Errorf("position embeddings of shape %v for a grid of %d: [1, 1+g², W] expected", t.Shape, grid)
	}
	tokens, width := t.Shape[1], t.Shape[2]
	old := int(math.Round(math.Sqrt(float64(tokens - 1))))
	if old*old != tokens-1 {
		return tensor.Tensor{}, fmt.Errorf("position embeddings of shape %v: %d patches are no square grid", t.Shape, tokens-1)
	}
	if old == grid {
		return t, nil
	}
	in, err := t.Float32s()
	if err != nil {
		return tensor.Tensor{}, fmt.Errorf("position embeddings: %w", err)
	}
	taps := cubicTaps(old, grid)
	out := make([]float32, (1+grid*grid)*width)
	copy(out, in[:width])
	for y, row := range taps {
		for x, column := range taps {
			at := (1 + y*grid + x) * width
			addTaps(out[at:at+width], in[width:], old, row, column)
		}
	}
	return tensor.FromFloat32s(out, 1, 1+grid*grid, width), nil
}

// A tap is a sample of the old grid and its weight in one of the new.
type tap struct {
	index  int
	weight float64
}

// cubicTaps are the four taps of each of out positions along an axis of in samples. Those beyond the edge repeat it.
func cubicTaps(in, out int) [][4]tap {
	taps := make([][4]tap, out)
	for i := range taps {
		position := (float64(i)+0.5)*float64(in)/float64(out) - 0.5
		first := math.Floor(position) - 1
		for k := range taps[i] {
			at := first + float64(k)
			taps[i][k] = tap{min(max(int(at), 0), in-1), keys(position - at)}
		}
	}
	return taps
}

// keys is Keys' cubic convolution kernel with a = -0.75, PyTorch's choice.
func keys(x float64) float64 {
	const a = -0.75
	switch x = math.Abs(x); {
	case x <= 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return ((a*x-5*a)*x+8*a)*x - 4*a
	}
	return 0
}

// addTaps sets dst, the channels of one new position, to the weighted sum of 16 old ones.
func addTaps(dst, in []float32, grid int, row, column [4]tap) {
	width := len(dst)
	for c := range dst {
		sum := 0.0
		for _, r := range row {
			for _, k := range column {
				sum += r.weight * k.weight * float64(in[(r.index*grid+k.index)*width+c])
			}
		}
		dst[c] = float32(sum)
	}
}
