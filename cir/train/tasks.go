package train

import (
	. "github.com/gomlx/gomlx/core/graph"

	"gocir/checkpoints/tensor"
	"gocir/cir"
)

// textTask is stage I: the text encoder, composed by the sum.
//
// A batch is the raw embeddings of references and targets [B, E] each, or with TrainImage their pictures
// [2B, 3, S, S]; then ids and mask [2B, N] of the forward and the backward texts, [B, N] without a backward loss, in
// groups if the recipe has some (Recipe.Tokens).
type textTask struct {
	recipe Recipe
	config cir.Config
	images cir.ImageEncoder
	texts  cir.TextEncoder
}

func newTextTask(r Recipe, c cir.Config) textTask {
	return textTask{
		recipe: r, config: c,
		images: cir.ImageEncoder{Config: c.Image, EmbedDim: c.EmbedDim, Checkpoint: r.Checkpoint},
		texts:  cir.TextEncoder{Config: c.Text, EmbedDim: c.EmbedDim, Checkpoint: r.Checkpoint},
	}
}

func (t textTask) specs() (trained, frozen []tensor.Spec) {
	trained = withGradient(t.config.TextSpecs())
	if t.recipe.TrainImage {
		trained = append(trained, t.config.ImageSpecs()...)
	}
	return trained, nil
}

func (t textTask) batch() int {
	images, texts := 2, 2
	if t.recipe.TrainImage {
		images = 1
	}
	if groups := t.recipe.LengthGroups; groups > 1 {
		texts = 2*groups + 1
	}
	return images + texts
}

func (t textTask) losses(p cir.Params, in []*Node, noise *cir.Noise) (loss, forward, backward *Node) {
	references, targets, in := t.embeddings(p, in)
	batch := references.Shape().Dim(0)
	texts := t.encoded(p, in, noise)
	composed := cir.Sum(references, rowRange(texts, 0, batch))
	forward = cir.ForwardLogits(composed, cir.Normalize(targets), cir.LogitScale)
	if t.recipe.BackwardWeight == 0 {
		return forwardOnly(forward)
	}
	backward = cir.SumBackwardLogits(references, targets, rowRange(texts, batch, 2*batch), cir.LogitScale)
	return cir.BidirectionalLoss(forward, backward, t.recipe.BackwardWeight)
}

// encoded are the embeddings of the texts, in their order. The groups' programs share the weights.
func (t textTask) encoded(p cir.Params, in []*Node, noise *cir.Noise) *Node {
	if t.recipe.LengthGroups <= 1 {
		return t.texts.Embed(p, in[0], in[1], noise)
	}
	var groups []*Node
	for ; len(in) > 1; in = in[2:] {
		groups = append(groups, t.texts.Embed(p, in[0], in[1], noise))
	}
	return Gather(Concatenate(groups, 0), InsertAxes(in[0], -1))
}

// embeddings are those of references and targets, and what else is in the batch.
func (t textTask) embeddings(p cir.Params, in []*Node) (references, targets *Node, rest []*Node) {
	if !t.recipe.TrainImage {
		return in[0], in[1], in[2:]
	}
	both := t.images.Embed(p, in[0])
	batch := both.Shape().Dim(0) / 2
	return rowRange(both, 0, batch), rowRange(both, batch, 2*batch), in[1:]
}

// combinerTask is stage II in one program: all pairs at once. A batch is the raw embeddings of references, targets,
// forward and backward texts, [B, E] each.
type combinerTask struct {
	recipe Recipe
	config cir.Config
}

func (t combinerTask) specs() (trained, frozen []tensor.Spec) { return t.config.CombinerSpecs(), nil }

func (t combinerTask) batch() int { return 4 }

func (t combinerTask) losses(p cir.Params, in []*Node, noise *cir.Noise) (loss, forward, backward *Node) {
	references, targets, texts, backwardTexts := in[0], in[1], in[2], in[3]
	combiner := cir.Combiner{Config: t.config.Combiner, Params: p}
	composed, _ := combiner.Compose(references, texts, noise)
	forward = cir.ForwardLogits(composed, cir.Normalize(targets), cir.LogitScale)
	switch {
	case t.recipe.BackwardWeight == 0:
		return forwardOnly(forward)
	case t.recipe.PairDropout == cir.PairDropoutIndependent:
		backward = combiner.CombinerPairwiseLogits(backwardTexts, references, targets, noise)
	default:
		text, image := combiner.Text(backwardTexts, noise), combiner.Image(targets, noise)
		backward = combiner.CombinerBackwardLogits(text, backwardTexts, references, image, targets, noise, noise)
	}
	return cir.BidirectionalLoss(forward, backward, t.recipe.BackwardWeight)
}

// contrastiveTask trains both encoders on pictures and descriptions. A batch is pixels [B, 3, S, S], ids and mask
// [B, N], and which picture and text belong together [B, B].
type contrastiveTask struct{ textTask }

func (t contrastiveTask) specs() (trained, frozen []tensor.Spec) {
	return append(withGradient(t.config.TextSpecs()), t.config.ImageSpecs()...), nil
}

func (t contrastiveTask) batch() int { return 4 }

// contrastiveScale is smaller than LogitScale: training from nothing needs a softer softmax (BLIP starts at 1/0.07).
const contrastiveScale = 1 / 0.07

func (t contrastiveTask) losses(p cir.Params, in []*Node, noise *cir.Noise) (loss, forward, backward *Node) {
	images, texts := t.images.Embed(p, in[0]), t.texts.Embed(p, in[1], in[2], noise)
	loss = cir.ContrastiveLoss(images, texts, in[3], contrastiveScale)
	return loss, loss, ZerosLike(loss)
}

func forwardOnly(logits *Node) (loss, forward, backward *Node) {
	loss = cir.InBatchLoss(logits)
	return loss, loss, ZerosLike(loss)
}

func rowRange(x *Node, from, to int) *Node { return SliceAxis(x, 0, AxisRange(from, to)) }
