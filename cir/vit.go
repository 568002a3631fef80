package cir

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

const imageEpsilon = 1e-6 // of the ViT's layer norms

// ImageEncoder is BLIP's ViT (visual_encoder.*) and its projection (vision_proj.*).
type ImageEncoder struct {
	Config   ImageConfig
	EmbedDim int // E

	// Checkpoint keeps only each block's input for the backward pass and computes the rest again: far less memory,
	// about a quarter more time. It changes no number.
	Checkpoint bool

	// Observe, if set, sees each inner result under the name that the golden files give it, and each block's attention
	// weights [B, H, N, N] as "block.0.attn.weights", N with the class token. For tests and teaching. Without it the last
	// block computes the class token alone, the one that becomes the embedding: a sixteenth of the work less.
	Observe func(name string, x *Node)
}

// Embed maps pictures to embeddings, the projected class token.
//
//	pixels:  [B, 3, S, S], normalised
//	returns: [B, E], not normalised
func (e ImageEncoder) Embed(p Params, pixels *Node) *Node {
	x := e.embedded(p, pixels)
	for i := range e.Config.Depth {
		if e.Checkpoint {
			x = x.Checkpoint()
		}
		x = e.block(p.In(fmt.Sprintf("visual_encoder.blocks.%d.", i)), x, i)
		e.observe(fmt.Sprintf("block.%d", i), x)
	}
	if e.Checkpoint {
		x = x.StopCheckpoint()
	}
	x = layerNorm(p, "visual_encoder.norm", x, imageEpsilon)
	e.observe("norm", x)
	class := Squeeze(SliceAxis(x, 1, AxisElem(0)), 1)
	return linear(p, "vision_proj", class, e.EmbedDim)
}

// embedded is the class token and the patches, each with its position: [B, N+1, D].
func (e ImageEncoder) embedded(p Params, pixels *Node) *Node {
	batch, width, tokens := pixels.Shape().Dim(0), e.Config.Width, e.Config.Tokens()
	patches := e.patches(p, pixels)
	e.observe("patch_embed", patches)
	class := BroadcastToDims(p.Get("visual_encoder.cls_token", 1, 1, width), batch, 1, width)
	x := Add(Concatenate([]*Node{class, patches}, 1), p.Get("visual_encoder.pos_embed", 1, tokens, width))
	e.observe("embedded", x)
	return x
}

// patches is the convolution whose stride is its size, as one matrix product: [B, N, D].
func (e ImageEncoder) patches(p Params, pixels *Node) *Node {
	batch, size, patch, grid := pixels.Shape().Dim(0), e.Config.ImageSize, e.Config.PatchSize, e.Config.Grid()
	pixels.AssertDims(batch, 3, size, size)
	x := Reshape(pixels, batch, 3, grid, patch, grid, patch)
	x = TransposeAllAxes(x, 0, 2, 4, 1, 3, 5)
	x = Reshape(x, batch, grid*grid, 3*patch*patch)
	kernel := p.Get("visual_encoder.patch_embed.proj.weight", e.Config.Width, 3, patch, patch)
	kernel = Reshape(kernel, e.Config.Width, 3*patch*patch)
	return Add(p.product("bni,oi->bno", x, kernel), Reshape(p.Get("visual_encoder.patch_embed.proj.bias", e.Config.Width), 1, 1, -1))
}

// block is pre-norm: x + attention(norm(x)), then x + MLP(norm(x)).
func (e ImageEncoder) block(p Params, x *Node, i int) *Node {
	attention := e.attention(p, layerNorm(p, "norm1", x, imageEpsilon), i)
	if e.classOnly(i) {
		x = firstToken(x)
	}
	e.observe(fmt.Sprintf("block.%d.attn", i), attention)
	x = Add(x, attention)
	hidden := gelu(linear(p, "mlp.fc1", layerNorm(p, "norm2", x, imageEpsilon), e.Config.Hidden))
	mlp := linear(p, "mlp.fc2", hidden, e.Config.Width)
	e.observe(fmt.Sprintf("block.%d.mlp", i), mlp)
	return Add(x, mlp)
}

// attention has one linear map whose output holds queries, keys and values, in this order.
func (e ImageEncoder) attention(p Params, x *Node, i int) *Node {
	qkv := Split(linear(p, "attn.qkv", x, 3*e.Config.Width), -1, 3)
	if e.classOnly(i) {
		qkv[0] = firstToken(qkv[0])
	}
	context, weights := attend(p, qkv[0], qkv[1], qkv[2], nil, e.Config.Heads, 0, nil)
	e.observe(fmt.Sprintf("block.%d.attn.weights", i), weights)
	return linear(p, "attn.proj", context, e.Config.Width)
}

// classOnly tells whether block i needs to compute no token but the first.
func (e ImageEncoder) classOnly(i int) bool { return e.Observe == nil && i == e.Config.Depth-1 }

func (e ImageEncoder) observe(name string, x *Node) {
	if e.Observe != nil {
		e.Observe(name, x)
	}
}
