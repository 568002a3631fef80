// Package tensor holds a checkpoint's tensor as a plain value, between the file formats and the compiled graphs.
package tensor

import (
	"encoding/binary"
	"fmt"
	"math"
)

// DType names an element type as safetensors files do.
type DType string

// The element types that checkpoints hold.
const (
	F64  DType = "F64"
	F32  DType = "F32"
	F16  DType = "F16"
	BF16 DType = "BF16"
	I64  DType = "I64"
	I32  DType = "I32"
	I16  DType = "I16"
	I8   DType = "I8"
	U8   DType = "U8"
	Bool DType = "BOOL"
)

// Size is the number of bytes of one element; 0 for an unknown type.
func (d DType) Size() int {
	switch d {
	case F64, I64:
		return 8
	case F32, I32:
		return 4
	case F16, BF16, I16:
		return 2
	case I8, U8, Bool:
		return 1
	}
	return 0
}

// A Spec is the name and shape of a tensor that a model needs. Names are those of the original checkpoints.
type Spec struct {
	Name  string
	Shape []int
}

// A Tensor is row-major, contiguous and little-endian. Data may be a view into a mapped file: don't write to it.
type Tensor struct {
	DType DType
	Shape []int
	Data  []byte
}

// Len is the number of elements, 1 for a scalar (empty Shape).
func (t Tensor) Len() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// FromFloat32s makes an F32 tensor. It panics if data does not fill shape.
func FromFloat32s(data []float32, shape ...int) Tensor {
	t := Tensor{DType: F32, Shape: shape, Data: make([]byte, 0, 4*len(data))}
	if t.Len() != len(data) {
		panic(fmt.Sprintf("tensor: %d values for shape %v", len(data), shape))
	}
	for _, v := range data {
		t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(v))
	}
	return t
}

// FromInt64s makes an I64 tensor. It panics if data does not fill shape.
func FromInt64s(data []int64, shape ...int) Tensor {
	t := Tensor{DType: I64, Shape: shape, Data: make([]byte, 0, 8*len(data))}
	if t.Len() != len(data) {
		panic(fmt.Sprintf("tensor: %d values for shape %v", len(data), shape))
	}
	for _, v := range data {
		t.Data = binary.LittleEndian.AppendUint64(t.Data, uint64(v))
	}
	return t
}
