package cir_test

import (
	"fmt"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/cirtest"
)

// Embeddings are the same on any number of devices, and a batch that they can't share is refused.
func TestDevicesEncodeAsOne(t *testing.T) {
	const n = 4
	m, pixels := cirtest.TinyModel(t), cirtest.Normal(n*3*16*16, 3)
	ids, mask := make([]int32, n*6), make([]int32, n*6)
	for i := range ids {
		ids[i], mask[i] = int32(i*7%60)+1, 1
	}
	encode := func(m *cir.Model) (images, texts []float32) {
		t.Helper()
		images, err := m.EncodeImages(pixels, n)
		if err != nil {
			t.Fatal(err)
		}
		if texts, err = m.EncodeTexts(ids, mask, n, 6); err != nil {
			t.Fatal(err)
		}
		return images, texts
	}
	images, texts := encode(m)
	for _, count := range []int{2, 4} {
		devices := cirtest.Devices(t, count)
		if devices == nil {
			continue
		}
		shared, err := m.On(devices, "")
		if err != nil {
			t.Fatal(err)
		}
		defer shared.Finalize()
		gotImages, gotTexts := encode(shared)
		cirtest.AllClose(t, gotImages, images, 1e-6)
		cirtest.AllClose(t, gotTexts, texts, 1e-6)
		_, err = shared.EncodeImages(pixels[:3*3*16*16], 3)
		wants(t, err, "image encoder", "a batch of 3 does not divide among")
		if _, _, err = shared.Combine(images[:12], texts[:12], 1); err != nil {
			t.Errorf("one query: %v", err)
		}
	}
}

// Results go into the next call on the devices where they are, and are freed there.
func TestDevicesKeepNoMoreThanIsInUse(t *testing.T) {
	devices := cirtest.Devices(t, 2)
	if devices == nil {
		return
	}
	program, err := devices.Program("sum of the rows", []string{"w"}, 1, func(p cir.Params, in []*Node) []*Node {
		return []*Node{Add(Add(ReduceSum(in[0], 0), in[1]), p.Get("w", 2))}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer program.Finalize()
	weights := cir.Weights{"w": tensors.FromValue([]float32{100, 200})}
	sum := tensors.FromValue([]float32{0, 0})
	for range 3 {
		out, err := program.Call(weights, tensors.FromValue([][]float32{{1, 2}, {3, 4}, {5, 6}, {7, 8}}), sum)
		if err != nil {
			t.Fatal(err)
		}
		if err := devices.Free(sum); err != nil {
			t.Fatal(err)
		}
		sum = out[0]
		if kept := devices.Kept(); kept != 2 {
			t.Errorf("%d tensors are kept, want the weight and the result", kept)
		}
	}
	cirtest.AllClose(t, tensors.MustCopyFlatData[float32](sum), []float32{3*16 + 300, 3*20 + 600}, 0)
}

func TestNewDevicesRefuses(t *testing.T) {
	b := cirtest.Backend(t)
	for _, count := range []int{-1, 0, b.NumDevices() + 1} {
		want := fmt.Sprintf("running on %d devices: backend %s has %d", count, b.Name(), b.NumDevices())
		if _, err := cir.NewDevices(b, count); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d devices: err = %v", count, err)
		}
	}
}
