package safetensors_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "bias.safetensors")
	tensors := map[string]tensor.Tensor{"text_proj.bias": tensor.FromFloat32s([]float32{0.5, -0.5}, 2)}
	if err := safetensors.Write(path, tensors, map[string]string{"gocir.kind": "text"}); err != nil {
		log.Fatal(err)
	}
	f, err := safetensors.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	bias, _ := f.Tensor("text_proj.bias")
	values, _ := bias.Float32s()
	fmt.Println(f.Names(), bias.Shape, values, f.Metadata())
	// Output: [text_proj.bias] [2] [0.5 -0.5] map[gocir.kind:text]
}
