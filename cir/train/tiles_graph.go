package train

import (
	. "github.com/gomlx/gomlx/core/graph"

	"gocir/cir"
)

// buildHalves maps targets and backward texts [B, E] to four halves [B, hidden]: text joint, text gate, image joint,
// image gate.
func (s *tiledStep) buildHalves(p cir.Params, in []*Node) []*Node {
	text, image := s.bothHalves(p, in[0], in[1], in[2])
	return []*Node{text.Joint, text.Gate, image.Joint, image.Gate}
}

func (s *tiledStep) bothHalves(p cir.Params, targets, texts, state *Node) (text, image cir.Half) {
	noise, combiner := cir.NewNoise(state), s.combiner(p)
	return combiner.Text(texts, noise), combiner.Image(targets, noise)
}

// buildTile takes the numbers of its rows, which devices share, the random states of rows and columns, references,
// targets and backward texts, the halves and the sums so far; it returns the new sums and the gradients of its rows' text
// half.
func (s *tiledStep) buildTile(p cir.Params, in []*Node) []*Node {
	first, rowNoise, columnNoise := Squeeze(SliceAxis(in[0], 0, AxisElem(0))), cir.NewNoise(in[1]), cir.NewNoise(in[2])
	tile := func(x *Node) *Node { return Gather(x, InsertAxes(in[0], -1)) } // pure Go has no slice from a computed place
	references, targets, texts := tile(in[3]), in[4], tile(in[5])
	shared := nodes(p, s.shared())
	if s.independent() {
		logits := s.combiner(p).CombinerPairwiseLogits(texts, references, targets, rowNoise)
		return accumulate(cir.TileLoss(logits, first), shared, nil, in[6:])
	}
	text := cir.Half{Joint: tile(in[6]), Gate: tile(in[7])}
	image := cir.Half{Joint: in[8], Gate: in[9]}
	logits := s.combiner(p).CombinerBackwardLogits(text, texts, references, image, targets, rowNoise, columnNoise)
	shared = append([]*Node{image.Joint, image.Gate}, shared...)
	return accumulate(cir.TileLoss(logits, first), shared, []*Node{text.Joint, text.Gate}, in[10:])
}

// accumulate adds the loss and the gradients of shared to the sums, and appends the gradients of rows.
func accumulate(loss *Node, shared, rows, sums []*Node) []*Node {
	gradients := Gradient(loss, append(append([]*Node{}, shared...), rows...)...)
	out := append([]*Node{loss}, gradients...)
	for i, sum := range sums {
		out[i] = Add(out[i], sum)
	}
	return out
}

// buildUpdate takes the batch, the optimizer's moments and factors, the random states of forward pass and halves, the
// tiles' sums and the rows' gradients.
func (s *tiledStep) buildUpdate(p cir.Params, in []*Node) []*Node {
	specs := s.task.config.CombinerSpecs()
	n, batch, in := len(specs), in[:4], in[4:]
	moments, factors, forwardNoise, halfNoise, rest := in[:2*n], in[2*n], cir.NewNoise(in[2*n+1]), in[2*n+2], in[2*n+3:]
	composed, _ := s.combiner(p).Compose(batch[0], batch[2], forwardNoise)
	forward := cir.InBatchLoss(cir.ForwardLogits(composed, cir.Normalize(batch[1]), cir.LogitScale))
	backward, rest := rest[0], rest[1:]

	through := ZerosLike(forward) // its gradients are those that reach the weights through the halves
	if !s.independent() {
		text, image := s.bothHalves(p, batch[1], batch[3], halfNoise)
		through = Add(dot(image.Joint, rest[0]), dot(image.Gate, rest[1]))
		rest = rest[2:]
		textJoint, textGate := alternate(rest[len(s.shared()):])
		through = Add(through, Add(dot(text.Joint, textJoint), dot(text.Gate, textGate)))
	}
	weight := s.task.recipe.BackwardWeight
	gradients := Gradient(Add(forward, MulScalar(through, weight)), nodes(p, specs)...)
	for i, spec := range s.shared() {
		for j := range specs {
			if specs[j].Name == spec.Name {
				gradients[j] = Add(gradients[j], MulScalar(rest[i], weight))
			}
		}
	}
	out := updates(s.optimizer, specs, p, gradients, moments, factors)
	return stepResults(out, Add(forward, MulScalar(backward, weight)), forward, backward)
}

func dot(x, gradient *Node) *Node { return ReduceAllSum(Mul(x, StopGradient(gradient))) }

// alternate joins the tiles' gradients again: joint and gate take turns.
func alternate(rows []*Node) (joint, gate *Node) {
	var joints, gates []*Node
	for i := 0; i < len(rows); i += 2 {
		joints, gates = append(joints, rows[i]), append(gates, rows[i+1])
	}
	return Concatenate(joints, 0), Concatenate(gates, 0)
}
