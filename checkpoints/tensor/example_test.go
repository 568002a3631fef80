package tensor_test

import (
	"fmt"

	"gocir/checkpoints/tensor"
)

func ExampleTensor_Float32s() {
	half := tensor.Tensor{DType: tensor.F16, Shape: []int{1, 2}, Data: []byte{0x00, 0x3c, 0x00, 0xb8}}
	values, err := half.Float32s()
	fmt.Println(half.Shape, values, err)
	// Output: [1 2] [1 -0.5] <nil>
}
