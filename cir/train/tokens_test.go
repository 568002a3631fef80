package train_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/train"
)

// texts are of one to eight words, the short and the long mixed.
func texts(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.Repeat("red ", i*5%8) + "blue"
	}
	return list
}

// Texts encoded in groups of like length give the losses and the weights that they give all together, and are padded less.
func TestLengthGroupsChangeNoNumber(t *testing.T) {
	for _, backward := range []float64{0.5, 0} {
		together := recipe(train.Text).But("together", func(r *train.Recipe) { r.BackwardWeight = backward })
		groups := together.But("groups", func(r *train.Recipe) { r.LengthGroups = 2 })
		count := 2 * together.BatchSize
		if backward == 0 {
			count = together.BatchSize
		}
		walked := func(devices *cir.Devices, r train.Recipe) (losses train.Losses, weights map[string][]float32, tokens int) {
			steps := stepsOn(t, devices, r, false)
			in := append([]*tensors.Tensor{normal(r.BatchSize, 12, 1), normal(r.BatchSize, 12, 2)}, r.Tokens(cirtest.TinyTokenizer(t), texts(count))...)
			for _, each := range in[2:] {
				if each.Shape().Rank() == 2 {
					tokens += each.Shape().Size() / 2
				}
			}
			var err error
			for range 3 {
				if losses, err = steps.Step(r.Rates(0), in...); err != nil {
					t.Fatal(err)
				}
			}
			return losses, numbers(t, steps), tokens
		}
		one := cir.OneDevice(cirtest.Backend(t))
		wantLosses, want, padded := walked(one, together)
		for _, devices := range []*cir.Devices{one, cirtest.Devices(t, 2)} {
			if devices == nil {
				continue
			}
			losses, got, fewer := walked(devices, groups)
			cirtest.AllClose(t, []float32{float32(losses.Loss), float32(losses.Backward)}, []float32{float32(wantLosses.Loss), float32(wantLosses.Backward)}, 1e-4)
			for name := range want {
				cirtest.AllClose(t, got[name], want[name], 1e-5)
			}
			if fewer >= padded {
				t.Errorf("%d tokens in groups, %d together", fewer, padded)
			}
		}
	}
}

// The places that Tokens gives put every text back where it was.
func TestTokensOfGroups(t *testing.T) {
	r, tokenizer, list := recipe(train.Text), cirtest.TinyTokenizer(t), texts(8)
	r.LengthGroups = 4
	out := r.Tokens(tokenizer, list)
	if len(out) != 9 {
		t.Fatalf("%d tensors, want ids and mask of 4 groups, and places", len(out))
	}
	var rows [][]int32 // without padding
	for i := 0; i < 8; i += 2 {
		ids, mask := tensors.MustCopyFlatData[int32](out[i]), tensors.MustCopyFlatData[int32](out[i+1])
		width := out[i].Shape().Dim(1)
		for from := 0; from < len(ids); from += width {
			count := 0
			for _, m := range mask[from : from+width] {
				count += int(m)
			}
			rows = append(rows, ids[from:from+count])
		}
	}
	for i, place := range tensors.MustCopyFlatData[int32](out[8]) {
		if want := tokenizer.Encode(list[i], r.MaxLength); !slices.Equal(rows[place], want) {
			t.Errorf("text %d is %v at place %d, want %v", i, rows[place], place, want)
		}
	}
}
