package cir

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/nn"
)

// linear is x Wᵀ + b, with W [out, in] as PyTorch keeps it.
//
//	x:       […, in]
//	returns: […, out]
func linear(p Params, name string, x *Node, out int) *Node {
	weight, bias := p.Get(name+".weight", out, x.Shape().Dim(-1)), p.Get(name+".bias", out)
	if !p.precision.narrow() {
		return nn.Dense(x, weight, bias, compute.DenseLayoutOutputsInput)
	}
	// The bias is added in float32: its gradient is a sum over all rows, of which bfloat16 would lose most.
	rows := Reshape(x, -1, x.Shape().Dim(-1))
	rows = Add(p.product("ri,oi->ro", rows, weight), Reshape(bias, 1, out))
	return Reshape(rows, append(slices.Clone(x.Shape().Dimensions[:x.Rank()-1]), out)...)
}

// layerNorm normalises the last axis. epsilon has no default: BLIP's two encoders differ by six powers of ten.
func layerNorm(p Params, name string, x *Node, epsilon float64) *Node {
	width := x.Shape().Dim(-1)
	return nn.LayerNorm(x, []int{x.Rank() - 1}, epsilon, p.Get(name+".weight", width), p.Get(name+".bias", width), nil)
}

// gelu is the exact one, x Φ(x) = x/2 (1 + erf(x/√2)), not the tanh approximation: that moves BLIP's embeddings by 1e-3.
// It is written out, since GoMLX's own is computed twice where it is differentiated on the pure Go backend: fused for its
// value, and again in parts for its gradient. That costs a tenth of a training step, and saves nothing elsewhere.
func gelu(x *Node) *Node {
	return Mul(x, MulScalar(OnePlus(Erf(MulScalar(x, 1/math.Sqrt2))), 0.5))
}

// firstToken keeps the token whose last state becomes the embedding.
//
//	x:       [B, N, D]
//	returns: [B, 1, D]
func firstToken(x *Node) *Node {
	return SliceAxis(x, 1, AxisRange(0, 1))
}

// attend is scaled dot-product attention of some tokens to every token.
//
//	query:      [B, Q, D]
//	key, value: [B, N, D]
//	bias:       [B, 1, 1, N] added to the scores, or nil
//	returns:    [B, Q, D], and the weights [B, H, Q, N]: row i is what query i takes from each token, before dropout
func attend(p Params, query, key, value, bias *Node, heads int, dropout float64, noise *Noise) (context, weights *Node) {
	batch, width := query.Shape().Dim(0), query.Shape().Dim(2)
	split := func(x *Node) *Node { return Reshape(x, batch, -1, heads, width/heads) }
	scores := p.product("bqhd,bkhd->bhqk", split(query), split(key))
	scores = MulScalar(scores, 1/math.Sqrt(float64(width/heads)))
	if bias != nil {
		scores = Add(scores, bias)
	}
	weights = Softmax(scores, -1)
	context = p.product("bhqk,bkhd->bqhd", noise.Dropout(weights, dropout), split(value))
	return Reshape(context, batch, -1, width), weights
}

// Normalize divides x by its L2 norm along the last axis, the norm being at least 1e-12 as in PyTorch's normalize.
func Normalize(x *Node) *Node {
	return Div(x, norm(x))
}

// norm keeps the last axis, with size 1. The maximum is taken under the root, whose gradient at zero is infinite.
func norm(x *Node) *Node {
	squares := ReduceAndKeep(Square(x), ReduceSum, -1)
	return Sqrt(MaxScalar(squares, 1e-24))
}
