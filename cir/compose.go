package cir

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// Sum composes a query by adding the raw embeddings; it is stage I's composer.
//
//	images, texts: [B, E], raw
//	returns:       [B, E], L2-normalised
func Sum(images, texts *Node) *Node {
	texts.AssertDims(images.Shape().Dimensions...)
	return Normalize(Add(images, texts))
}

// Combiner is stage II's composer (paper, section 3; CLIP4Cir): a learned mixture of text, image and their joint
// projection.
//
//	p_t = drop(relu(W_t t)),  p_v = drop(relu(W_v v)),  c = [p_t, p_v]
//	h = drop(relu(W_c c)),    λ = sigmoid(w · drop(relu(W_d c)))
//	composed = norm(W_o h + λ t + (1 − λ) v)
//
// W_c and W_d are applied to the text half and the image half of c apart (Text, Image) and their results added (Join):
// so all pairs of B texts and B images cost 2B products with these large matrices, not B².
type Combiner struct {
	Config CombinerConfig
	Params Params
}

// A Half is what one side of a query adds to the two joint layers: [B, hidden] each.
type Half struct {
	Joint, Gate *Node // to W_c and to W_d; the text's half holds the biases
}

// Compose composes aligned rows.
//
//	images, texts: [B, E], raw
//	returns:       [B, E], L2-normalised; and λ [B, 1]
func (c Combiner) Compose(images, texts *Node, noise *Noise) (composed, lambda *Node) {
	texts.AssertDims(images.Shape().Dimensions...)
	text, image := c.Text(texts, noise), c.Image(images, noise)
	half := Half{Joint: Add(text.Joint, image.Joint), Gate: Add(text.Gate, image.Gate)}
	return c.finish(half, images, texts, func(x *Node) *Node { return noise.Dropout(x, c.Config.Dropout) })
}

// Text is the text half for texts [B, E].
func (c Combiner) Text(texts *Node, noise *Noise) Half {
	projected := c.project("text_projection_layer", texts, noise)
	hidden := c.Config.Hidden
	return Half{
		Joint: Add(c.half("combiner_layer", projected, 0), Reshape(c.Params.Get("combiner_layer.bias", hidden), 1, -1)),
		Gate:  Add(c.half("dynamic_scalar.0", projected, 0), Reshape(c.Params.Get("dynamic_scalar.0.bias", hidden), 1, -1)),
	}
}

// Image is the image half for images [B, E].
func (c Combiner) Image(images *Node, noise *Noise) Half {
	projected := c.project("image_projection_layer", images, noise)
	return Half{Joint: c.half("combiner_layer", projected, 1), Gate: c.half("dynamic_scalar.0", projected, 1)}
}

func (c Combiner) project(name string, x *Node, noise *Noise) *Node {
	return noise.Dropout(relu(linear(c.Params, name, x, c.Config.Projection)), c.Config.Dropout)
}

// half multiplies x [B, projection] with the text columns (side 0) or the image columns (side 1) of a joint weight.
func (c Combiner) half(name string, x *Node, side int) *Node {
	width := c.Config.Projection
	weight := c.Params.Get(name+".weight", c.Config.Hidden, 2*width)
	return c.Params.product("bp,hp->bh", x, SliceAxis(weight, 1, AxisRange(side*width, (side+1)*width)))
}

// Pairs composes every text with every image.
//
//	text, texts:   the half [R, hidden] and the raw embeddings [R, E]
//	image, images: the half [B, hidden] and the raw embeddings [B, E]
//	returns:       [R, B, E], L2-normalised
//
// rows and columns draw one mask per row and one per column, whose product drops a pair's hidden unit with the
// Combiner's dropout; columns must be in the same state for each tile of rows. Both are nil in evaluation mode.
func (c Combiner) Pairs(text Half, texts *Node, image Half, images *Node, rows, columns *Noise) *Node {
	joint := Half{
		Joint: Add(InsertAxes(text.Joint, 1), InsertAxes(image.Joint, 0)),
		Gate:  Add(InsertAxes(text.Gate, 1), InsertAxes(image.Gate, 0)),
	}
	composed, _ := c.finish(joint, InsertAxes(images, 0), InsertAxes(texts, 1), func(x *Node) *Node {
		return c.pairDropout(x, rows, columns)
	})
	composed.AssertDims(texts.Shape().Dim(0), images.Shape().Dim(0), images.Shape().Dim(1))
	return composed
}

// pairDropout keeps a unit of x [R, B, hidden] where both its row's and its column's mask keep it.
func (c Combiner) pairDropout(x *Node, rows, columns *Noise) *Node {
	if rows == nil || c.Config.Dropout == 0 {
		return x
	}
	r, b, hidden := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	kept := math.Sqrt(1 - c.Config.Dropout)
	x = Mul(x, rows.mask(x, 1-kept, 1/kept, r, 1, hidden))
	return Mul(x, columns.mask(x, 1-kept, 1/kept, 1, b, hidden))
}

// finish is all that comes after the joint layers. half is […, hidden]; images and texts are broadcast to […, E].
func (c Combiner) finish(half Half, images, texts *Node, drop func(*Node) *Node) (composed, lambda *Node) {
	hidden, gate := drop(relu(half.Joint)), drop(relu(half.Gate))
	lambda = Sigmoid(linear(c.Params, "dynamic_scalar.3", gate, 1))
	output := linear(c.Params, "output_layer", hidden, images.Shape().Dim(-1))
	mixed := Add(images, Mul(lambda, Sub(texts, images)))
	return Normalize(Add(output, mixed)), lambda
}

// relu has no gradient at 0, as PyTorch's; a maximum with 0 would have all of it.
func relu(x *Node) *Node {
	return Where(GreaterThan(x, ScalarZero(x.Graph(), x.DType())), x, ZerosLike(x))
}
