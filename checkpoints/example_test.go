package checkpoints_test

import (
	"fmt"
	"log"
	"os"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
)

func ExampleOpen() {
	c, err := checkpoints.Open("../testdata/golden/a/combiner/combiner.pt")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	weights, err := c.Combiner()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(weights), weights["output_layer.weight"].Shape)
	// Output: 12 [16 128]
}

func ExampleMatch() {
	have := map[string]tensor.Tensor{"text_proj.bias": tensor.FromFloat32s([]float32{1, 2}, 2)}
	want := []tensor.Spec{{Name: "text_proj.bias", Shape: []int{3}}, {Name: "text_proj.weight", Shape: []int{3, 4}}}
	fmt.Println(checkpoints.Match(have, want))
	// Output:
	// checkpoint and model do not fit, nothing was loaded: 1 tensors missing, 0 unexpected, 1 of another shape or type
	//   missing in the checkpoint:
	//     text_proj.weight
	//   of another shape or type:
	//     text_proj.bias: checkpoint [2], model [3]
	// Is it the file for this model and this size? "cir inspect FILE" lists what a checkpoint holds.
}

func ExampleSummary_WriteTable() {
	c, err := checkpoints.Open("../testdata/golden/a/formats/bare_state_dict.pt")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	summary, err := c.Describe()
	if err != nil {
		log.Fatal(err)
	}
	summary.Path = "bare_state_dict.pt"
	if err := summary.WriteTable(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// file        bare_state_dict.pt
	// format      PyTorch zip, sizes and CRC-32 verified
	// holds       weights of no stated kind
	// size        2.5 kB in the file, 0.1 kB in 4 tensors
	// parameters  21
	//
	// tensor    type  shape  note
	// 0.weight  F32   [3 4]
	// 0.bias    F32   [3]
	// 1.weight  F32   [3]
	// 1.bias    F32   [3]
}
