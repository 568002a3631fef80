package torch

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

const golden = "../../testdata/golden/a"

// seeds are small files of every container, protocol and sort of tensor.
func seeds(t testing.TB) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range []string{
		"handmade.pt", "bare_state_dict.pt", "bare_state_dict_legacy.pt", "mixed.pt", "mixed_legacy.pt", "mixed_protocol4.pt",
		"mixed_old_layout.pt",
	} {
		data, err := os.ReadFile(filepath.Join(golden, "formats", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	files["deflated"] = zipWith(8, part{"a/data.pkl", pickle(six)}, part{"a/data/0", counting(6)})
	return files
}

// mutate damages a copy of data: cut off, bits flipped, a range dropped, copied elsewhere or overwritten.
func mutate(random *rand.Rand, data []byte) []byte {
	data = slices.Clone(data)
	from, to := random.IntN(len(data)), random.IntN(len(data))
	switch random.IntN(6) {
	case 0:
		return data[:from]
	case 1, 2:
		for range 1 + random.IntN(3) {
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		}
	case 3:
		return slices.Concat(data[:min(from, to)], data[max(from, to):])
	case 4:
		copy(data[from:], data[to:min(len(data), to+1+random.IntN(64))])
	case 5:
		for i := range data[from:min(len(data), from+1+random.IntN(8))] {
			data[from+i] = []byte{0, 1, 0x7f, 0x80, 0xff}[random.IntN(5)]
		}
	}
	return data
}

// Of 2,000 damaged files each gives an error or, in the zip container, what the whole file gives: its checksums cover
// all that counts. The legacy container has none, so there the tensors need only be whole.
func TestDamagedFilesGiveErrorsOrEqualTensors(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	files := seeds(t)
	names := slices.Sorted(maps.Keys(files))
	accepted := 0
	for i := range 2000 {
		name := names[i%len(names)]
		format, want, err := parse(files[name])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := read(t, mutate(random, files[name]))
		if err != nil {
			continue
		}
		accepted++
		if format == Zip && fmt.Sprint(leaves(got)) != fmt.Sprint(leaves(want)) {
			t.Errorf("mutation %d of %s gives other values without an error", i, name)
		}
		checkWhole(t, got)
	}
	t.Logf("%d of 2000 were read", accepted)
}

// leaves are all values in order, tensors by what they hold.
func leaves(v Value) []Value {
	var out []Value
	switch v := v.(type) {
	case *tensor.Tensor:
		return []Value{*v}
	case *Dict:
		for key, child := range v.All() {
			out = append(append(out, key), leaves(child)...)
		}
		return out
	case *List:
		return append(out, leaves(Tuple(v.Items))...)
	case Tuple:
		for _, child := range v {
			out = append(out, leaves(child)...)
		}
		return out
	}
	return []Value{v}
}

// checkWhole fails where a tensor's data do not fill its shape.
func checkWhole(t *testing.T, v Value) {
	for _, leaf := range leaves(v) {
		if x, ok := leaf.(tensor.Tensor); ok {
			if err := x.Check(); err != nil {
				t.Error(err)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Add(checkpoint(call("os", "system", text("true")), 0))
	f.Add(legacy(call("os", "system", text("true")), legacyRest("]")))
	f.Add(overlapping())
	f.Fuzz(func(t *testing.T, data []byte) {
		if root, err := read(t, data); err == nil {
			checkWhole(t, root)
		}
	})
}

// All containers and protocols of the golden file hold equal values.
func TestContainersAgree(t *testing.T) {
	files := seeds(t)
	_, want, err := parse(files["mixed.pt"])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"mixed_legacy.pt", "mixed_protocol4.pt", "mixed_old_layout.pt"} {
		_, got, err := parse(files[name])
		if err != nil || fmt.Sprint(leaves(got)) != fmt.Sprint(leaves(want)) {
			t.Errorf("%s differs from mixed.pt: %v", name, err)
		}
	}
}

func TestOpenNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	absent, page := filepath.Join(dir, "absent.pt"), filepath.Join(dir, "page.pt")
	if err := os.WriteFile(page, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(absent); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), absent) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(page); err == nil || !strings.Contains(err.Error(), page) {
		t.Errorf("a web page: %v", err)
	}
}
