//go:build peers

// Package peers compares gocir with the Python libraries whose files and pixels it promises to share: safetensors and
// Pillow, at the versions of requirements.txt. `make peers` installs them and runs it.
package peers

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
)

// python runs a script of this folder with the interpreter that $GOCIR_PYTHON names, and returns what it prints.
func python(t *testing.T, args ...string) []byte {
	t.Helper()
	interpreter := os.Getenv("GOCIR_PYTHON")
	if interpreter == "" {
		t.Fatal("GOCIR_PYTHON is not set: run `make peers`, which installs the Python side and sets it")
	}
	var stderr bytes.Buffer
	command := exec.Command(interpreter, args...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", interpreter, args, err, stderr.Bytes())
	}
	return out
}

// contents is what tensors.py prints about a file.
type contents struct {
	Metadata map[string]string
	Tensors  map[string]summary
}

type summary struct {
	DType  tensor.DType
	Shape  []int
	SHA256 string
}

func (s summary) equal(other summary) bool {
	return s.DType == other.DType && slices.Equal(s.Shape, other.Shape) && s.SHA256 == other.SHA256
}

// What we write, the reference implementation loads by name: same types, shapes, bytes and metadata.
func TestSafetensorsOfOursLoadInPython(t *testing.T) {
	for seed := range uint64(5) {
		for _, bfloat16 := range []bool{true, false} {
			tensors := randomTensors(rand.New(rand.NewPCG(seed, 0)), bfloat16)
			metadata := map[string]string{"gocir.kind": "text", "note": "ä \"quoted\" \\ \n"}
			file := filepath.Join(t.TempDir(), "ours.safetensors")
			if err := safetensors.Write(file, tensors, metadata); err != nil {
				t.Fatal(err)
			}
			theirs := decode(t, python(t, "tensors.py", "read", file))
			if sum := theirs.Metadata[safetensors.ChecksumKey]; len(sum) != 8 {
				t.Errorf("Python sees the checksum %q", sum)
			}
			delete(theirs.Metadata, safetensors.ChecksumKey)
			delete(theirs.Metadata, safetensors.SealedKey)
			compare(t, theirs, contents{metadata, summarize(tensors)})
		}
	}
}

// What the reference implementation writes, we read.
func TestSafetensorsOfPythonAreRead(t *testing.T) {
	for seed := range 5 {
		file := filepath.Join(t.TempDir(), "theirs.safetensors")
		want := decode(t, python(t, "tensors.py", "write", file, fmt.Sprint(seed)))
		tensors, metadata, err := safetensors.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, want, contents{metadata, summarize(tensors)})
	}
}

func compare(t *testing.T, theirs, ours contents) {
	t.Helper()
	if len(ours.Tensors) == 0 {
		t.Fatal("no tensor to compare")
	}
	if !maps.Equal(theirs.Metadata, ours.Metadata) {
		t.Errorf("metadata: Python has %q, we have %q", theirs.Metadata, ours.Metadata)
	}
	if !maps.EqualFunc(theirs.Tensors, ours.Tensors, summary.equal) {
		t.Errorf("tensors: Python has %v, we have %v", theirs.Tensors, ours.Tensors)
	}
}

func decode(t *testing.T, out []byte) contents {
	t.Helper()
	var c contents
	if err := json.Unmarshal(out, &c); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	return c
}

func summarize(tensors map[string]tensor.Tensor) map[string]summary {
	out := map[string]summary{}
	for name, t := range tensors {
		out[name] = summary{t.DType, t.Shape, fmt.Sprintf("%x", sha256.Sum256(t.Data))}
	}
	return out
}

// randomTensors are some of every type, scalars and empty ones among them. NumPy has no bfloat16.
func randomTensors(random *rand.Rand, bfloat16 bool) map[string]tensor.Tensor {
	dtypes := []tensor.DType{tensor.F64, tensor.F32, tensor.F16, tensor.I64, tensor.I32, tensor.I16, tensor.I8, tensor.U8, tensor.Bool}
	if bfloat16 {
		dtypes = append(dtypes, tensor.BF16)
	}
	out := map[string]tensor.Tensor{}
	for i := range 40 {
		t := tensor.Tensor{DType: dtypes[i%len(dtypes)], Shape: make([]int, random.IntN(4))}
		for k := range t.Shape {
			t.Shape[k] = random.IntN(6)
		}
		t.Data = make([]byte, t.Len()*t.DType.Size())
		for k := range t.Data {
			t.Data[k] = byte(random.Uint32())
			if t.DType == tensor.Bool {
				t.Data[k] &= 1
			}
		}
		out[fmt.Sprintf("text_encoder.encoder.layer.%d.wéight/%s", i, t.DType)] = t
	}
	return out
}
