package checkpoints

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

func ones(shape ...int) tensor.Tensor {
	t := tensor.Tensor{DType: tensor.F32, Shape: shape}
	return tensor.FromFloat32s(slices.Repeat([]float32{1}, t.Len()), shape...)
}

func TestMatchIsSilentWhereAllFit(t *testing.T) {
	have := map[string]tensor.Tensor{"a": ones(2, 3), "b": ones(), "h": {DType: tensor.F16, Shape: []int{1}, Data: []byte{0, 0x3c}}}
	want := []tensor.Spec{{Name: "b"}, {Name: "h", Shape: []int{1}}, {Name: "a", Shape: []int{2, 3}}}
	if err := Match(have, want); err != nil {
		t.Error(err)
	}
}

func TestMatchListsBothSides(t *testing.T) {
	have := map[string]tensor.Tensor{
		"z.extra": ones(1), "b.extra": ones(1), "same": ones(2), "long": ones(5), "ints": tensor.FromInt64s([]int64{1}, 1),
	}
	want := []tensor.Spec{
		{Name: "y.missing", Shape: []int{1}},
		{Name: "same", Shape: []int{2}},
		{Name: "long", Shape: []int{4}},
		{Name: "ints", Shape: []int{1}},
		{Name: "c.missing"},
	}
	var e *MismatchError
	if err := Match(have, want); !errors.As(err, &e) {
		t.Fatalf("%v is no MismatchError", err)
	}
	if !slices.Equal(e.Missing, []string{"c.missing", "y.missing"}) || !slices.Equal(e.Unexpected, []string{"b.extra", "z.extra"}) {
		t.Errorf("missing %q, unexpected %q", e.Missing, e.Unexpected)
	}
	if want := []string{"ints: checkpoint I64, model floating-point", "long: checkpoint [5], model [4]"}; !slices.Equal(e.Shapes, want) {
		t.Errorf("shapes %q, want %q", e.Shapes, want)
	}
}

func TestMismatchErrorIsShortAndComplete(t *testing.T) {
	e := &MismatchError{Shapes: []string{"w: checkpoint [1], model [2]"}}
	for i := range 30 {
		e.Missing = append(e.Missing, fmt.Sprintf("layer.%02d", i))
	}
	text := e.Error()
	wants(t, e, "30 tensors missing, 0 unexpected, 1 of another shape", "layer.19\n", "… and 10 more", "w: checkpoint [1], model [2]", "cir inspect FILE")
	if strings.Contains(text, "layer.20") || strings.Contains(text, "unexpected in the checkpoint") {
		t.Errorf("lists too much:\n%s", text)
	}
}

func TestMatchRefusesWhatIsNotFinite(t *testing.T) {
	have := map[string]tensor.Tensor{"w": tensor.FromFloat32s([]float32{1, 2, float32(math.Inf(-1))}, 3), "b": ones(1)}
	err := Match(have, []tensor.Spec{{Name: "w", Shape: []int{3}}, {Name: "b", Shape: []int{1}}})
	wants(t, err, "tensor w holds NaN or infinity (first at element 2)", "earlier checkpoint")
	if e := (*MismatchError)(nil); errors.As(err, &e) {
		t.Error("a value that is not finite is no mismatch of names and shapes")
	}
}

// A constant stays constant, the class token stays, and a grid of one spreads over all.
func TestResizePositionsByHand(t *testing.T) {
	values := slices.Concat([]float32{9, 8}, slices.Repeat([]float32{3, -1}, 4))
	for _, grid := range []int{1, 3, 7} {
		out, err := ResizePositions(tensor.FromFloat32s(values, 1, 5, 2), grid)
		if err != nil || !slices.Equal(out.Shape, []int{1, 1 + grid*grid, 2}) {
			t.Fatalf("grid %d: shape %v, %v", grid, out.Shape, err)
		}
		got, _ := out.Float32s()
		for i, v := range got {
			want := values[i%2+2]
			if i < 2 {
				want = values[i]
			}
			if math.Abs(float64(v-want)) > 1e-6 {
				t.Errorf("grid %d, value %d: %v, want %v", grid, i, v, want)
			}
		}
	}
}

// Halving a grid takes samples half-way between two, where Keys' weights are -3/32, 19/32, 19/32, -3/32.
func TestResizePositionsBetweenSamples(t *testing.T) {
	values := make([]float32, 1+16)
	values[1+0*4+0], values[1+1*4+3] = 1, 32*32
	out, err := ResizePositions(tensor.FromFloat32s(values, 1, 17, 1), 2)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := out.Float32s()
	// Along either axis the two new positions are at 0.5 and 2.5: samples -1, 0, 1, 2 and 1, 2, 3, 4, clamped to 0 and 3.
	first, last := (-3.0+19)/32, (-3.0+19)/32
	want := []float64{0, first * first, 19 * last * 32, 0, -3 * last * 32}
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > 1e-4 {
			t.Errorf("value %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func TestResizePositionsKeepsAnEqualGrid(t *testing.T) {
	in := ones(1, 10, 4)
	if out, err := ResizePositions(in, 3); err != nil || &out.Data[0] != &in.Data[0] {
		t.Errorf("a grid of 3 resized to 3: %v", err)
	}
}

func TestResizePositionsRefusesOddShapes(t *testing.T) {
	for _, in := range []tensor.Tensor{ones(1, 6, 4), ones(5, 4), ones(2, 5, 4), ones(1, 1, 4), tensor.FromInt64s(make([]int64, 5), 1, 5, 1)} {
		if _, err := ResizePositions(in, 7); err == nil {
			t.Errorf("%s %v was resized", in.DType, in.Shape)
		}
	}
	if _, err := ResizePositions(ones(1, 5, 4), 0); err == nil {
		t.Error("resized to a grid of 0")
	}
}
