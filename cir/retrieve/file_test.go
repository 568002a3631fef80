package retrieve

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir/embed"
)

func TestSavedIndexComesBack(t *testing.T) {
	e := gallery(20, 6)
	e.Names[3], e.Names[4] = "with \"quotes\", 漢字 and\nlines", "" // any UTF-8 name
	x := mustNew(t, e, true)
	x.About = map[string]string{"weights": "abc", "recipe": "targetpad"}
	path := filepath.Join(t.TempDir(), "new folder", "gallery.safetensors")
	if err := x.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Names(), x.Names()) || !slices.Equal(got.embeddings.Data, x.embeddings.Data) ||
		got.Width() != 6 || got.Len() != 20 || !maps.Equal(got.About, x.About) {
		t.Errorf("got %+v, want %+v", got, x)
	}
}

func TestIndexThatCannotBeSaved(t *testing.T) {
	dir := t.TempDir()
	badName := mustNew(t, &embed.Embeddings{Names: []string{"\xff"}, Width: 1, Data: []float32{1}}, true)
	badKey := mustNew(t, gallery(2, 2), true)
	badKey.About = map[string]string{"gocir.kind": "mine"}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		`image name "\xff" is not UTF-8`:   badName.Save(filepath.Join(dir, "a")),
		`key "gocir.kind" of About is the`: badKey.Save(filepath.Join(dir, "b")),
		"saving index: ":                   mustNew(t, gallery(2, 2), true).Save(filepath.Join(file, "c")),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestDamagedIndexIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gallery.safetensors")
	if err := mustNew(t, gallery(4, 3), true).Save(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		flipped := slices.Clone(whole)
		flipped[at] ^= 1
		for _, data := range [][]byte{flipped, whole[:at]} {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			if x, err := Open(path); err == nil {
				t.Fatalf("opened with byte %d of %d changed, or cut there: %+v", at, len(whole), x)
			} else if !strings.Contains(err.Error(), path) {
				t.Fatalf("error %v does not name the file", err)
			}
		}
	}
}

// Files that are whole, but no index.
func TestOtherFilesAreNoIndex(t *testing.T) {
	write := func(kind, names string, shape ...int) error {
		tensors := map[string]tensor.Tensor{
			"embeddings": tensor.FromFloat32s(make([]float32, 4), shape...),
			"names":      {DType: tensor.U8, Shape: []int{len(names)}, Data: []byte(names)},
		}
		path := filepath.Join(t.TempDir(), "file.safetensors")
		err := safetensors.Write(path, tensors, map[string]string{kindKey: kind, sumKey: checksum(tensors)})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(path)
		return err
	}
	_, absent := Open(filepath.Join(t.TempDir(), "absent"))
	for want, err := range map[string]error{
		"no such file":                 absent,
		`its kind is "text"`:           write("text", `["a","b"]`, 2, 2),
		`"a" is image 0 and image 1`:   write(kind, `["a","a"]`, 2, 2),
		"embeddings [2 2] for 3 names": write(kind, `["a","b","c"]`, 2, 2),
		"embeddings [4] for 4 names":   write(kind, `["a","b","c","d"]`, 4),
		"its names: ":                  write(kind, `["a","b"`, 2, 2),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
