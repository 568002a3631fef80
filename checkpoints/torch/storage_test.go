package torch

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

// Views of the storage 0, 1, 2, … (bytes, so that positions are values).
func TestViewsByHand(t *testing.T) {
	for _, c := range []struct {
		name          string
		numel, offset int
		shape, stride []int
		want          []byte
	}{
		{"whole", 6, 0, []int{2, 3}, []int{3, 1}, []byte{0, 1, 2, 3, 4, 5}},
		{"offset", 6, 2, []int{2, 2}, []int{2, 1}, []byte{2, 3, 4, 5}},
		{"transposed", 6, 0, []int{3, 2}, []int{1, 3}, []byte{0, 3, 1, 4, 2, 5}},
		{"column", 6, 1, []int{2}, []int{3}, []byte{1, 4}},
		{"every second of every second row", 16, 0, []int{2, 2}, []int{8, 2}, []byte{0, 2, 8, 10}},
		{"diagonal", 9, 0, []int{3}, []int{4}, []byte{0, 4, 8}},
		{"expanded", 3, 0, []int{2, 3}, []int{0, 1}, []byte{0, 1, 2, 0, 1, 2}},
		{"expanded inside", 2, 0, []int{2, 2}, []int{1, 0}, []byte{0, 0, 1, 1}},
		{"scalar", 3, 2, nil, nil, []byte{2}},
		{"axes of one have any stride", 2, 0, []int{1, 2, 1}, []int{99, 1, 99}, []byte{0, 1}},
		{"empty", 6, 6, []int{0, 4}, []int{4, 1}, []byte{}},
		{"empty with odd strides", 0, 0, []int{3, 0, 2}, []int{50, 60, 70}, []byte{}},
	} {
		body := tensorOf(storageRef("ByteStorage", "0", c.numel), c.offset, sizes(c.shape...), sizes(c.stride...))
		root, err := read(t, checkpoint(body, c.numel))
		got, ok := root.(*tensor.Tensor)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", c.name, root, err)
			continue
		}
		if !slices.Equal(got.Shape, c.shape) || !slices.Equal(got.Data, c.want) || got.Check() != nil {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestEveryStorageType(t *testing.T) {
	for kind, want := range map[string]tensor.DType{
		"DoubleStorage": tensor.F64, "FloatStorage": tensor.F32, "HalfStorage": tensor.F16, "BFloat16Storage": tensor.BF16,
		"LongStorage": tensor.I64, "IntStorage": tensor.I32, "ShortStorage": tensor.I16, "CharStorage": tensor.I8,
		"ByteStorage": tensor.U8, "BoolStorage": tensor.Bool,
	} {
		// The last column of a 2×2 matrix, which is not contiguous.
		body := tensorOf(storageRef(kind, "0", 4), 1, sizes(2), sizes(2))
		root, err := read(t, checkpoint(body, 4*want.Size()))
		got, ok := root.(*tensor.Tensor)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", kind, root, err)
			continue
		}
		all, n := counting(4*want.Size()), want.Size()
		if got.DType != want || string(got.Data) != all[n:2*n]+all[3*n:] {
			t.Errorf("%s: %v, want %s", kind, got, want)
		}
	}
}

func TestSharedStorageIsReadOnce(t *testing.T) {
	whole := storageRef("ByteStorage", "0", 4)
	root, err := read(t, checkpoint(list(tensorOf(whole, 0, sizes(4), sizes(1)), tensorOf(whole, 2, sizes(2), sizes(1))), 4))
	if err != nil {
		t.Fatal(err)
	}
	items := root.(*List).Items
	a, b := items[0].(*tensor.Tensor), items[1].(*tensor.Tensor)
	if &a.Data[2] != &b.Data[0] {
		t.Error("two views of a storage do not share their bytes")
	}
}

func TestBadTensorsAreRefused(t *testing.T) {
	six := storageRef("ByteStorage", "0", 6)
	for _, c := range []struct{ why, body string }{
		{"beyond the end", tensorOf(six, 5, sizes(2), sizes(1))},
		{"beyond the end", tensorOf(six, 7, sizes(0), sizes(1))},
		{"beyond the end", tensorOf(six, 0, sizes(2, 2), sizes(5, 1))},
		{"beyond the end", tensorOf(six, 0, sizes(2, 2), sizes(1<<62, 1<<62))},
		{"beyond the end", tensorOf(six, 0, sizes(1<<40), sizes(1<<40))},
		{"beyond the end", tensorOf(six, 1<<62, sizes(1), sizes(1))},
		{"negative ones", tensorOf(six, -1, sizes(2), sizes(1))},
		{"negative ones", tensorOf(six, 0, sizes(-2, -3), sizes(1, 1))},
		{"negative ones", tensorOf(six, 5, sizes(2), sizes(-1))},
		{"negative ones", tensorOf(six, 0, sizes(2, 3), sizes(1))},
		{"negative ones", tensorOf(six, 0, sizes(make([]int, 33)...), sizes(make([]int, 33)...))},
		{"negative ones", tensorOf(text("no storage"), 0, sizes(2), sizes(1))},
		{"negative ones", tensorOf(six, 0, text("shape"), sizes(1))},
		{"more elements", tensorOf(six, 0, sizes(1<<32, 1<<32, 2), sizes(0, 0, 0))},
		{"far more memory", tensorOf(six, 0, sizes(1<<40), sizes(0))},
		{"far more memory", tensorOf(six, 0, sizes(1<<30, 2), sizes(0, 1))},
		{"a damaged reference", tensorOf(storageRef("ByteStorage", "0", -1), 0, sizes(0), sizes(1))},
		{"a damaged reference", tensorOf(storageRef("ByteStorage", "0", 1<<61), 0, sizes(0), sizes(1))},
		{"need 7", tensorOf(storageRef("ByteStorage", "0", 7), 0, sizes(7), sizes(1))},
		{"need 5", tensorOf(storageRef("ByteStorage", "0", 5), 0, sizes(5), sizes(1))},
		{"there", list(tensorOf(six, 0, sizes(1), sizes(1)), tensorOf(storageRef("CharStorage", "0", 6), 0, sizes(1), sizes(1)))},
		{"there", list(tensorOf(six, 0, sizes(1), sizes(1)), tensorOf(storageRef("ByteStorage", "0", 4), 0, sizes(1), sizes(1)))},
		{"no such record", tensorOf(storageRef("ByteStorage", "1", 6), 0, sizes(1), sizes(1))},
		{"no such record", tensorOf(storageRef("ByteStorage", "../data.pkl", 6), 0, sizes(1), sizes(1))},
		{"is no storage", tensorOf(tuple(text("module"), "NNNN")+"Q", 0, sizes(1), sizes(1))},
		{"is no storage", tensorOf(integer(1)+"Q", 0, sizes(1), sizes(1))},
		{"conjugate", call("torch._utils", "_rebuild_tensor_v2", six, integer(0), sizes(1), sizes(1), "\x89", "N", dict(text("neg"), "\x88"))},
		{"of 3 arguments", call("torch._utils", "_rebuild_tensor_v2", six, integer(0), sizes(1))},
		{"without a tensor", call("torch._utils", "_rebuild_parameter", integer(1))},
		{"subclass", call("torch._tensor", "_rebuild_from_type_v2", strings.Repeat(global("torch._tensor", "_rebuild_from_type_v2"), 2), ")", "N")},
	} {
		if got, err := read(t, checkpoint(c.body, 6)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%.60q: %v, %v; want an error with %q", c.body, got, err, c.why)
		}
	}
}

// Many tensors that each expand a few bytes share one budget.
func TestExpandedTensorsShareABudget(t *testing.T) {
	one := tensorOf(storageRef("ByteStorage", "0", 6), 0, sizes(1<<20), sizes(0))
	if _, err := read(t, checkpoint(list(strings.Repeat(one, 100)), 6)); err == nil || !strings.Contains(err.Error(), "far more memory") {
		t.Errorf("100 MB from 6 bytes: %v", err)
	}
	if _, err := read(t, checkpoint(list(strings.Repeat(one, 20)), 6)); err != nil {
		t.Errorf("20 MB: %v", err)
	}
}

// A file of eight tensors of 2 MiB, as state dictionaries are, in the system's cache.
func BenchmarkOpen(b *testing.B) {
	const tensors, numel = 8, 1 << 19
	var items []string
	var parts []part
	for i := range tensors {
		key := strconv.Itoa(i)
		items = append(items, text(key), tensorOf(storageRef("FloatStorage", key, numel), 0, sizes(numel), sizes(1)))
		parts = append(parts, part{"a/data/" + key, counting(4 * numel)})
	}
	path := filepath.Join(b.TempDir(), "model.pt")
	if err := os.WriteFile(path, zipOf(append(parts, part{"a/data.pkl", pickle(dict(items...))})...), 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(4 * tensors * numel)
	for b.Loop() {
		f, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}
