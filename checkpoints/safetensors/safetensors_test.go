package safetensors

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

// sample has every element type, a scalar and an empty tensor, and names that JSON must escape.
func sample() map[string]tensor.Tensor {
	tensors := map[string]tensor.Tensor{
		"scalar":     tensor.FromFloat32s([]float32{7}),
		"none":       tensor.FromFloat32s(nil, 3, 0, 2),
		"\"\\\n<é😀>": tensor.FromInt64s([]int64{-1, 1 << 40}, 2, 1),
	}
	for _, dtype := range []tensor.DType{"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"} {
		data := bytes.Repeat([]byte{1}, 3*dtype.Size())
		tensors["of."+string(dtype)] = tensor.Tensor{DType: dtype, Shape: []int{3}, Data: data}
	}
	return tensors
}

func TestWriteThenReadIsEqual(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "folder", "a.safetensors")
	metadata := map[string]string{"format": "pt", "gocir.kind": "text", "note": "a \"quoted\"\nline"}
	if err := Write(path, sample(), metadata); err != nil {
		t.Fatal(err)
	}
	tensors, got, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got, metadata) {
		t.Errorf("metadata %q, want %q", got, metadata)
	}
	for name, want := range sample() {
		have := tensors[name]
		if have.DType != want.DType || !slices.Equal(have.Shape, want.Shape) || !bytes.Equal(have.Data, want.Data) {
			t.Errorf("%q: %v, want %v", name, have, want)
		}
	}
	if len(tensors) != len(sample()) {
		t.Errorf("%d tensors, want %d", len(tensors), len(sample()))
	}
}

func TestWrittenTensorsAreAlignedAndBytesRepeat(t *testing.T) {
	dir := t.TempDir()
	var files [2][]byte
	for i := range files {
		path := filepath.Join(dir, "a")
		if err := Write(path, sample(), nil); err != nil {
			t.Fatal(err)
		}
		files[i], _ = os.ReadFile(path)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two writes of the same tensors differ")
	}
	header, _, err := split(files[0])
	if err != nil || len(header)%8 != 0 {
		t.Fatalf("header of %d bytes, %v", len(header), err)
	}
	entries, _, err := parseHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.begin%e.dtype.Size() != 0 {
			t.Errorf("%q begins at %d", e.name, e.begin)
		}
	}
}

func TestOpenViewsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := Write(path, sample(), map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if names := f.Names(); !slices.IsSorted(names) || len(names) != len(sample()) {
		t.Errorf("names %q", names)
	}
	if got, ok := f.Tensor("scalar"); !ok || got.Len() != 1 {
		t.Errorf("scalar: %v, %v", got, ok)
	}
	if _, ok := f.Tensor("absent"); ok {
		t.Error("an absent tensor was found")
	}
	f.Metadata()["k"] = "changed"
	if !reflect.DeepEqual(f.Metadata(), map[string]string{"k": "v"}) {
		t.Errorf("metadata %q can be changed from outside", f.Metadata())
	}
}

func TestWriteRefusesAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	one := tensor.FromFloat32s([]float32{1}, 1)
	short := tensor.Tensor{DType: tensor.F32, Shape: []int{2}, Data: one.Data}
	for _, c := range []struct {
		tensors  map[string]tensor.Tensor
		metadata map[string]string
	}{
		{map[string]tensor.Tensor{"short": short}, nil},
		{map[string]tensor.Tensor{"\xff": one}, nil},
		{map[string]tensor.Tensor{"__metadata__": one}, nil},
		{map[string]tensor.Tensor{"a": one}, map[string]string{"k": "\xff"}},
		{map[string]tensor.Tensor{"a": {DType: "C64", Shape: []int{1}, Data: one.Data}}, nil},
		{map[string]tensor.Tensor{"a": {DType: "F32", Shape: slices.Repeat([]int{1}, 33), Data: one.Data}}, nil},
	} {
		if err := Write(filepath.Join(dir, "a"), c.tensors, c.metadata); err == nil {
			t.Errorf("wrote %q with %q", slices.Collect(maps.Keys(c.tensors)), c.metadata)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOpenNamesAMissingFileAndAFolder(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "absent")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "absent") {
		t.Errorf("missing file: %v", err)
	}
	if _, _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Errorf("folder: %v", err)
	}
}
