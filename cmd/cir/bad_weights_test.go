package main

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
)

// weights changes the tensors of the shared checkpoint of both encoders, whatever our own writer thinks of them.
func weights(change func(map[string]tensor.Tensor)) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		tensors, metadata, err := safetensors.Read(filepath.Join(shared, "pre.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		change(tensors)
		if err := safetensors.Write(path, tensors, metadata); err != nil {
			t.Fatal(err)
		}
	}
}

// content writes bytes.
func content(make func(*testing.T) []byte) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, make(t), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// torchZip is a file as torch.save writes it, around a pickle.
func torchZip(t *testing.T, pickle string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, file := range [][2]string{{"archive/data.pkl", pickle}, {"archive/version", "3\n"}, {"archive/data/0", "1234"}} {
		w, err := archive.CreateHeader(&zip.FileHeader{Name: file[0], Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(file[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// evilPickle calls os.system("touch pwned") when Python unpickles it.
const evilPickle = "\x80\x02cposix\nsystem\nX\x0b\x00\x00\x00touch pwned\x85R."

const somePosition = "visual_encoder.pos_embed"

var badWeights = []struct {
	name  string
	write func(*testing.T, string)
	want  []string
}{
	{"missing tensor", weights(func(w map[string]tensor.Tensor) { delete(w, "text_proj.bias") }), []string{"missing", "text_proj.bias"}},
	{"extra tensor", weights(func(w map[string]tensor.Tensor) {
		w["text_proj.extra"] = tensor.FromFloat32s([]float32{1}, 1)
	}), []string{"text_proj.extra"}},
	{"tensor of another shape", weights(func(w map[string]tensor.Tensor) {
		w["text_proj.bias"] = tensor.FromFloat32s([]float32{1, 2}, 2)
	}), []string{"text_proj.bias", "[2]"}},
	{"positions that are no square", weights(func(w map[string]tensor.Tensor) {
		w[somePosition] = tensor.FromFloat32s(make([]float32, 7*w[somePosition].Shape[2]), 1, 7, w[somePosition].Shape[2])
	}), []string{"pos_embed", "[1 7 16]"}},
	{"NaN", weights(func(w map[string]tensor.Tensor) {
		values := make([]float32, w["text_proj.bias"].Len())
		values[1] = float32(math.NaN())
		w["text_proj.bias"] = tensor.FromFloat32s(values, len(values))
	}), []string{"text_proj.bias", "NaN"}},
	{"pickle that calls os.system", content(func(t *testing.T) []byte { return torchZip(t, evilPickle) }), []string{"system"}},
	{"truncated zip", content(func(t *testing.T) []byte { return cut(torchZip(t, "\x80\x02}.")) }), []string{"bad.pt"}},
	{"truncated safetensors", content(func(t *testing.T) []byte {
		data, err := os.ReadFile(filepath.Join(shared, "pre.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		return cut(data)
	}), []string{"bad.pt"}},
	{"picture for weights", content(func(*testing.T) []byte { return hugeHeader(nil) }), []string{"bad.pt", "PNG"}},
	{"empty file", content(func(*testing.T) []byte { return nil }), []string{"bad.pt", "empty"}},
	{"Combiner for encoders", content(func(t *testing.T) []byte {
		data, err := os.ReadFile(filepath.Join(shared, "combiner.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}), []string{"bad.pt", "Combiner"}},
}

// Weights that don't fit are refused with a message that names the tensor or the file, and nothing is written.
func TestBadWeights(t *testing.T) {
	for _, c := range badWeights {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			c.write(t, filepath.Join(dir, "bad.pt"))
			for _, command := range [][]string{
				{"eval", "-dataset", "cirr", "-out", "out"},
				{"train", "-recipe", "text-cirr-tiny", "-runs", "runs"},
			} {
				args := with(command, "-data", "@w", "-pretrained", "bad.pt", "-vocab", "@w/vocab.txt", "-cache", "none")
				refuses(t, dir, args, failed, c.want...)
			}
		})
	}
}

// A vocabulary that is not the weights' is refused.
func TestVocabularyOfAnotherSize(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join(shared, "w", "vocab.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "vocab.txt"), append(data, "superfluous\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	use := []string{"eval", "-dataset", "cirr", "-data", "@w", "-pretrained", "@pre.safetensors", "-cache", "none"}
	refuses(t, dir, use, failed, "vocabulary", "30522")
	refuses(t, dir, with(use, "-vocab", "vocab.txt"), failed, "vocabulary", "rows")
	refuses(t, dir, with(use, "-vocab", "gone.txt"), failed, "gone.txt")
}
