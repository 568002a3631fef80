package checkpoints

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
)

const golden = "../testdata/golden/a/"

func open(t *testing.T, path string) *Checkpoint {
	t.Helper()
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// wants fails unless err says each of the words.
func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("error %q, want it to say %q", fmt.Sprint(err), word)
		}
	}
}

func write(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The name of a file says nothing: each format is found under a wrong one.
func TestOpenGoesByContent(t *testing.T) {
	for _, file := range []string{"tiny_blip/model.pth", "tiny_blip/model_legacy.pth", "tiny_blip/model.safetensors"} {
		data, err := os.ReadFile(golden + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a.safetensors", "a.pt", "a"} {
			weights, err := open(t, write(t, name, string(data))).Pretrained()
			if err != nil || len(weights) == 0 {
				t.Errorf("%s as %s: %d tensors, %v", file, name, len(weights), err)
			}
		}
	}
}

func TestOtherFilesAreNamed(t *testing.T) {
	tar := make([]byte, 512)
	copy(tar[257:], "ustar")
	for _, c := range []struct{ data, word string }{
		{"", "is empty"},
		{"<!DOCTYPE html><html>", "web page"},
		{"\n  <html>", "web page"},
		{`{"error": "not found"}`, "JSON"},
		{`{"abcd":{"text": "more"}}`, "JSON"},
		{"[1, 2]", "JSON"},
		{"version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"},
		{"\x1f\x8b\x08\x00", "gzip"},
		{string(tar), "tar archive"},
		{"\x89PNG\r\n\x1a\n12345678", "neither safetensors nor"},
		{"x", "neither safetensors nor"},
		{"\x80\x04\x95", "torch.save did not write"},
		{"\x02\x00\x00\x00\x00\x00\x00\x00{", "truncated"},
	} {
		path := write(t, "weights", c.data)
		_, err := Open(path)
		wants(t, err, c.word, path)
	}
}

func TestFoldersAndMissingFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(dir)
	wants(t, err, dir, "a folder")
	_, err = Open(filepath.Join(dir, "absent.pt"))
	wants(t, err, "absent.pt", "README")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v does not wrap fs.ErrNotExist", err)
	}
}

func TestPretrainedLeavesOutTheSurplusOnly(t *testing.T) {
	all, _, err := safetensors.Read(golden + "tiny_blip/model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	weights, err := open(t, golden+"tiny_blip/model.pth").Pretrained()
	if err != nil {
		t.Fatal(err)
	}
	for name := range all {
		_, kept := weights[name]
		encoder := strings.HasPrefix(name, "visual_encoder.") || strings.HasPrefix(name, "vision_proj.") ||
			strings.HasPrefix(name, "text_encoder.") && !strings.HasSuffix(name, "position_ids") || strings.HasPrefix(name, "text_proj.")
		if kept != encoder {
			t.Errorf("%s: kept %v, of an encoder %v (%s)", name, kept, encoder, Surplus(name))
		}
	}
}

// What looks like surplus but is not stays, for Match to report.
func TestUnknownNamesAreNoSurplus(t *testing.T) {
	for _, name := range []string{"foo.weight", "temperature", "text_encoder.pooler.dense.weight", "model.text_decoder.x", "item_m"} {
		if why := Surplus(name); (why != "") != (name == "item_m") {
			t.Errorf("Surplus(%q) = %q", name, why)
		}
	}
}

func TestRunCheckpointsOfTheOriginal(t *testing.T) {
	combiner, err := open(t, golden+"combiner/combiner.pt").Combiner()
	if err != nil || len(combiner) != 12 || combiner["dynamic_scalar.3.bias"].Len() != 1 {
		t.Errorf("Combiner: %d tensors, %v", len(combiner), err)
	}
	text, err := open(t, golden+"combiner/text_encoder.pt").Text()
	if err != nil || len(text) != 84 || text["text_proj.weight"].Len() == 0 {
		t.Errorf("text encoder: %d tensors, %v", len(text), err)
	}
	if _, ok := text["text_encoder.embeddings.position_ids"]; ok {
		t.Error("the constant position_ids are among the weights")
	}
}

// A file of another kind than asked for says which it is.
func TestWrongKinds(t *testing.T) {
	c := open(t, golden+"combiner/combiner.pt")
	_, err := c.Text()
	wants(t, err, "combiner.pt holds a Combiner, not a text encoder")
	_, err = c.Pretrained()
	wants(t, err, "holds a Combiner, not a pretrained BLIP")
	_, err = open(t, golden+"tiny_blip/model.pth").Combiner()
	wants(t, err, "holds a pretrained BLIP, not a Combiner")
	_, err = open(t, archived(t, "]")).Text()
	wants(t, err, `without the key "BLIPTextEncoder"`, "no dictionary")
	_, err = open(t, archived(t, "}(X\x05\x00\x00\x00epochK\x03u")).Text()
	wants(t, err, `without the key "BLIPTextEncoder"`, `1 keys: "epoch"`)
	if kind := open(t, archived(t, "]")).Kind(); kind != "" {
		t.Errorf("a list is %v", kind)
	}
}

// archived is a zip checkpoint of a pickle without tensors.
func archived(t *testing.T, body string) string {
	t.Helper()
	var b strings.Builder
	w := zip.NewWriter(&b)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "a/data.pkl"})
	if err == nil {
		_, err = f.Write([]byte("\x80\x02" + body + "."))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return write(t, "archived.pt", b.String())
}

func TestOurOwnFilesHaveAKind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text.safetensors")
	tensors := map[string]tensor.Tensor{"text_proj.bias": tensor.FromFloat32s([]float32{1, 2}, 2)}
	if err := Write(path, Text, tensors, map[string]string{"epoch": "3", "gocir.kind": "other"}); err != nil {
		t.Fatal(err)
	}
	c := open(t, path)
	if want := map[string]string{"epoch": "3", "gocir.kind": "text", "format": "pt"}; !maps.Equal(c.Metadata(), want) {
		t.Errorf("metadata %q, want %q", c.Metadata(), want)
	}
	got, err := c.Text()
	if err != nil || len(got) != 1 || !slices.Equal(got["text_proj.bias"].Data, tensors["text_proj.bias"].Data) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = c.Combiner()
	wants(t, err, "holds a text encoder, not a Combiner")
}

func TestOtherKindsAreNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	if err := Write(path, "optimizer", map[string]tensor.Tensor{"step": tensor.FromFloat32s([]float32{1})}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, path).Pretrained()
	wants(t, err, "a checkpoint of kind optimizer, not a pretrained BLIP")
}

// A bare state dictionary, and safetensors of someone else, have no kind and are taken as what is asked for.
func TestBareFilesAreTakenAsAsked(t *testing.T) {
	for _, file := range []string{"formats/bare_state_dict.pt", "formats/bare_state_dict_legacy.pt"} {
		c := open(t, golden+file)
		for _, load := range []func() (map[string]tensor.Tensor, error){c.Pretrained, c.Text, c.Combiner} {
			if weights, err := load(); err != nil || len(weights) != 4 {
				t.Errorf("%s: %d tensors, %v", file, len(weights), err)
			}
		}
	}
	if weights, err := open(t, golden+"combiner/combiner.safetensors").Combiner(); err != nil || len(weights) != 12 {
		t.Errorf("combiner.safetensors: %d tensors, %v", len(weights), err)
	}
}

func TestOnlySurplusIsNoWeights(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := Write(path, Pretrained, map[string]tensor.Tensor{"temp": tensor.FromFloat32s([]float32{1})}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, path).Pretrained()
	wants(t, err, "holds no weights of a pretrained BLIP")
}

func TestWriteRefusesWhatIsNotFinite(t *testing.T) {
	dir := t.TempDir()
	tensors := map[string]tensor.Tensor{
		"a": tensor.FromFloat32s([]float32{1}, 1),
		"b": tensor.FromFloat32s([]float32{1, float32(math.NaN())}, 2),
		"c": tensor.FromFloat32s([]float32{float32(math.Inf(1))}, 1),
	}
	wants(t, Write(filepath.Join(dir, "x"), Text, tensors, nil), "tensor b holds NaN or infinity (first at element 1), as do 1 others")
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSHA1(t *testing.T) {
	got, err := SHA1(write(t, "abc", "abc"))
	if err != nil || got != "a9993e364706816aba3e25717850c26c9cd0d89d" {
		t.Errorf("SHA1 of abc = %s, %v", got, err)
	}
	_, err = SHA1(filepath.Join(t.TempDir(), "absent"))
	wants(t, err, "absent")
	_, err = SHA1(t.TempDir())
	wants(t, err, "SHA-1")
}

// The length of a safetensors header can look like the beginning of a pickle: 640 is 0x80 0x02.
func TestHeaderOfAnyLength(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.safetensors")
	looks := 0
	for n := 0; n < 1024; n += 8 {
		metadata := map[string]string{"about": strings.Repeat("x", n)}
		if err := Write(path, Combiner, map[string]tensor.Tensor{"w": tensor.FromFloat32s([]float32{1}, 1)}, metadata); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if data[0] == 0x80 && data[1] == 2 {
			looks++
		}
		c, err := Open(path)
		if err != nil {
			t.Fatalf("%d bytes of metadata: %v", n, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if looks == 0 {
		t.Error("no header looked like a pickle")
	}
}
