package torch_test

import (
	"fmt"
	"log"

	"gocir/checkpoints/tensor"
	"gocir/checkpoints/torch"
)

func ExampleOpen() {
	f, err := torch.Open("../../testdata/golden/a/formats/bare_state_dict.pt")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(f.Format())
	for name, value := range f.Root().(*torch.Dict).All() {
		t := value.(*tensor.Tensor)
		fmt.Println(name, t.DType, t.Shape)
	}
	// Output:
	// PyTorch zip
	// 0.weight F32 [3 4]
	// 0.bias F32 [3]
	// 1.weight F32 [3]
	// 1.bias F32 [3]
}
