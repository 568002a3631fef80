package train

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Optimizer is PyTorch's AdamW; with a weight decay of 0 it is PyTorch's Adam. Weight decay is decoupled: a weight is
// first multiplied by 1 - rate · decay. Epsilon is added after the bias-corrected root.
type Optimizer struct {
	Beta1, Beta2, Epsilon, WeightDecay float64
}

// Optimizer is the recipe's, with PyTorch's defaults 0.9, 0.999 and 1e-8.
func (r Recipe) Optimizer() Optimizer {
	o := Optimizer{Beta1: r.Beta1, Beta2: r.Beta2, Epsilon: r.Epsilon, WeightDecay: r.WeightDecay}
	for field, value := range map[*float64]float64{&o.Beta1: 0.9, &o.Beta2: 0.999, &o.Epsilon: 1e-8} {
		if *field == 0 {
			*field = value
		}
	}
	return o
}

// factors are what step needs of the rates of the groups and the number of the step (from 1): for each group the
// decay factor and the step size, then the root's correction. They are computed in float64, as PyTorch does.
func (o Optimizer) factors(rates [2]float64, step int) *tensors.Tensor {
	var f []float32
	for _, rate := range rates {
		f = append(f, float32(1-rate*o.WeightDecay), float32(rate/(1-math.Pow(o.Beta1, float64(step)))))
	}
	f = append(f, float32(math.Sqrt(1-math.Pow(o.Beta2, float64(step)))))
	return tensors.FromFlatDataAndDimensions(f, len(f))
}

// update is one step for one weight: the new weight and the new first and second moment.
func (o Optimizer) update(weight, gradient, mean, square, factors *Node, group int) (newWeight, newMean, newSquare *Node) {
	factor := func(i int) *Node { return Squeeze(SliceAxis(factors, 0, AxisElem(i))) }
	newMean = Add(MulScalar(mean, o.Beta1), MulScalar(gradient, 1-o.Beta1))
	newSquare = Add(MulScalar(square, o.Beta2), MulScalar(Square(gradient), 1-o.Beta2))
	denominator := AddScalar(Div(Sqrt(newSquare), factor(4)), o.Epsilon)
	newWeight = Sub(Mul(weight, factor(2*group)), Mul(factor(2*group+1), Div(newMean, denominator)))
	return newWeight, newMean, newSquare
}
