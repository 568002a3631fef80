package cir

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Precision says in which numbers encoders and Combiner multiply matrices, forward and backward. All between the
// products stays in float32: layer norms, softmax, GELU, residual sums, norms, logits and losses; and so do weights,
// their gradients' sums and the optimizer. A weight is rounded where it is used, a product's result is float32 again.
type Precision string

// The precisions. The zero value is Float32.
const (
	Float32 Precision = "float32"

	// BFloat16 has the range of float32 with 8 bits in place of 24: on hardware that multiplies it natively products
	// take a fraction of the time, and results differ by about a percent. Gradients need no scaling, as float16's do:
	// what is small in float32 is not zero in bfloat16.
	BFloat16 Precision = "bfloat16"
)

// Validate refuses any other value.
func (p Precision) Validate() error {
	if p != "" && p != Float32 && p != BFloat16 {
		return fmt.Errorf("precision %q is neither %q nor %q", p, Float32, BFloat16)
	}
	return nil
}

func (p Precision) narrow() bool { return p == BFloat16 }

// At is p for products in a precision.
func (p Params) At(precision Precision) Params {
	p.precision = precision
	return p
}

// narrow rounds an operand of a product.
func (p Params) narrow(x *Node) *Node {
	if p.precision.narrow() {
		return ConvertDType(x, dtypes.BFloat16)
	}
	return x
}

// product is the Einsum of float32 operands, multiplied in p's precision.
//
// No type to add up in is asked for: every backend takes float32, and for a product that states it GoMLX multiplies the
// gradients in float32 too.
func (p Params) product(equation string, x, y *Node) *Node {
	dot := Dot(p.narrow(x), p.narrow(y)).WithAccumulatorDType(dtypes.InvalidDType)
	return ConvertDType(dot.Einsum(equation), x.DType())
}
