package cir

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Params are a model's weights as nodes of one graph, by their names in the original checkpoints. In gives the names
// below a prefix.
type Params struct {
	nodes     map[string]*Node
	prefix    string
	precision Precision // of products with them
}

// NewParams names nodes. names and nodes go pairwise.
func NewParams(names []string, nodes []*Node) Params {
	p := Params{nodes: make(map[string]*Node, len(names))}
	for i, name := range names {
		p.nodes[name] = nodes[i]
	}
	return p
}

// With is p and also more.
func (p Params) With(more Params) Params {
	all := make(map[string]*Node, len(p.nodes)+len(more.nodes))
	for _, from := range []Params{p, more} {
		for name, node := range from.nodes {
			all[name] = node
		}
	}
	p.nodes = all
	return p
}

// In is p with a prefix before every name that is asked for.
func (p Params) In(prefix string) Params {
	p.prefix += prefix
	return p
}

// Get returns the weight of that name, whose shape must be dims. It panics where it is not there or has another
// shape.
func (p Params) Get(name string, dims ...int) *Node {
	node := p.nodes[p.prefix+name]
	if node == nil {
		panic(fmt.Errorf("the graph has no weight %q", p.prefix+name))
	}
	node.AssertDims(dims...)
	return node
}

// Noise draws dropout masks. A nil *Noise is evaluation mode: Dropout then returns its input.
type Noise struct {
	state *Node
}

// NewNoise starts at a random state, of GoMLX's RNGStateShape.
func NewNoise(state *Node) *Noise { return &Noise{state: state} }

// Dropout sets each element of x to zero with probability rate and divides the others by 1 - rate, as PyTorch does.
func (n *Noise) Dropout(x *Node, rate float64) *Node {
	if n == nil || rate == 0 {
		return x
	}
	return Mul(x, n.mask(x, rate, 1/(1-rate), x.Shape().Dimensions...))
}

// mask draws zeros with probability rate, and the value keep elsewhere.
func (n *Noise) mask(like *Node, rate, keep float64, dims ...int) *Node {
	shape := like.Shape().Clone()
	shape.Dimensions = dims
	var draw *Node
	n.state, draw = RandomUniform(n.state, shape)
	kept := GreaterOrEqual(draw, Scalar(like.Graph(), like.DType(), rate))
	return MulScalar(ConvertDType(kept, like.DType()), keep)
}
