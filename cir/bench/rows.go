package bench

import (
	"fmt"
	"slices"
)

// A way is who does a piece of work, and how. The first way of a row is ours.
type way struct {
	name string // as the table has it
	peer string // what peers/peer.py calls it; empty: gocir
	pure bool   // gocir on its pure Go backend
	once bool   // a single run, not even a first one that compiles: what takes minutes
}

// The ways.
var (
	ours     = way{name: "gocir"}
	pureGo   = way{name: "pure Go", pure: true, once: true}
	torch    = way{name: "PyTorch", peer: "torch"}
	compiled = way{name: "torch.compile", peer: "compile"}
	jax      = way{name: "JAX", peer: "jax"}
	onnx     = way{name: "ONNX Runtime", peer: "onnx"}
	original = way{name: "original's way", peer: "original", once: true}
	topk     = way{name: "torch.topk", peer: "topk"}
)

// A goal is the least ratio of a peer's time to ours: against one way, or the fastest of all but ours.
type goal struct {
	least   float64
	against string // empty: the fastest
}

// A row is one comparison.
type row struct {
	what   string
	work   string  // of the works
	groups [][]way // those of a group take turns; a group of its own is for what does not fit into memory beside others
	amount float64 // of a run; 0: the table has seconds
	unit   string  // of amount
	goals  []goal
	apart  tolerance // how far the sides' numbers may be apart
	device bool      // runs on the backend's device, so that it is measured on a GPU too
}

// A tolerance is relative to the largest number of a check, and absolute.
type tolerance struct{ relative, absolute float64 }

var (
	exact  = tolerance{}
	single = tolerance{relative: 1e-3}
	half   = tolerance{relative: 3e-2}
)

// rows are all comparisons at a size.
func rows(s Size) []row {
	list := []row{
		{
			what: "matrix product, as in the image encoder", work: "gemm", groups: [][]way{{ours, torch}},
			amount: s.gemmFLOP() / 1e9, unit: "GFLOP/s", apart: single, device: true,
		},
		{
			what: fmt.Sprintf("image encoder, %d pictures of %d px", s.Pictures, s.Image.ImageSize), work: "images",
			groups: [][]way{{ours, torch, compiled, jax, onnx}, {pureGo}},
			amount: float64(s.Pictures), unit: "images/s", goals: []goal{{1, ""}}, apart: single, device: true,
		},
		{
			what: fmt.Sprintf("text encoder, %d captions, %d at a time", s.Captions, s.TextBatch), work: "texts",
			groups: [][]way{{ours, torch, compiled, jax, onnx}, {pureGo}},
			amount: float64(s.Captions), unit: "captions/s", goals: []goal{{1.3, ""}}, apart: single, device: true,
		},
	}
	list = append(list, s.quickRows()...)
	list = append(list, s.textSteps()...)
	for _, n := range s.Backward {
		list = append(list, row{
			what: fmt.Sprintf("stage I backward loss and gradients, batch %d", n), work: fmt.Sprintf("backward-loss:%d", n),
			groups: [][]way{{ours, torch, compiled}}, goals: []goal{{10, torch.name}}, apart: single, device: true,
		})
	}
	list = append(list, s.combinerSteps()...)
	return append(list, row{
		what: fmt.Sprintf("the best %d of %d images for %d queries", s.SearchK, s.Searched, s.Searches), work: "search",
		groups: [][]way{{ours, torch, topk}}, goals: []goal{{3, torch.name}}, apart: exact,
	})
}

// quickRows take seconds. They come before those that take minutes, in case the time runs out.
func (s Size) quickRows() []row {
	return []row{
		{
			what: "preparing JPEG pictures of 800×600 for 384 px, one core", work: "pictures",
			groups: [][]way{{ours, torch}}, amount: float64(s.Files), unit: "images/s", goals: []goal{{1, ""}}, apart: single,
		},
		{
			what: fmt.Sprintf("evaluation, %d queries × %d images, all seven recalls", s.Queries, s.Gallery), work: "recalls",
			groups: [][]way{{ours, torch}}, goals: []goal{{3, ""}}, apart: tolerance{absolute: 1e-9},
		},
		{
			what: fmt.Sprintf("the best %d of %d images for one query", s.SearchK, s.Searched), work: "search:1",
			groups: [][]way{{ours, torch, topk}}, apart: exact, amount: float64(s.Searched) * float64(s.EmbedDim) * 4 / 1e9, unit: "GB/s",
		},
		{what: "reading a text encoder, .pt", work: "read:pt", groups: [][]way{{ours, torch}}, goals: []goal{{1, ""}}, apart: single},
		{what: "reading a text encoder, safetensors", work: "read:safetensors", groups: [][]way{{ours, torch}}, goals: []goal{{1, ""}}, apart: single},
	}
}

// textSteps are stage I. The original's way is measured at the smaller batch, where it takes a minute; derive does the rest.
func (s Size) textSteps() []row {
	list := make([]row, len(s.TextSteps))
	for i, n := range s.TextSteps {
		list[i] = row{
			what: fmt.Sprintf("stage I step, batch %d", n), work: fmt.Sprintf("text-step:%d", n),
			groups: [][]way{{ours, torch}}, goals: []goal{{1, "cached"}}, apart: single, device: true,
		}
	}
	list[0].groups = append(list[0].groups, []way{original}, []way{pureGo})
	list[0].goals = append(list[0].goals, goal{8, original.name})
	return list
}

func (s Size) combinerSteps() []row {
	ways := [][][]way{{{ours, torch, compiled}, {pureGo}}, {{ours, torch}}, {{ours}}}
	var list []row
	for i, n := range s.Combiners {
		r := row{
			what: fmt.Sprintf("stage II step, batch %d", n), work: fmt.Sprintf("combiner-step:%d", n),
			groups: ways[i], apart: single, device: true,
		}
		if i == 0 {
			r.goals = []goal{{10, ""}}
		}
		list = append(list, r)
	}
	return list
}

// onGPU are the rows of what runs on a device, with the peers that run there as they are installed. Both sides multiply
// matrices in half precision there, of different kinds.
func onGPU(all []row) (list []row) {
	for _, r := range all {
		if !r.device {
			continue
		}
		var groups [][]way
		for _, group := range r.groups {
			group = slices.DeleteFunc(slices.Clone(group), func(w way) bool { return w.pure || w.peer == jax.peer || w.peer == onnx.peer })
			if len(group) > 0 {
				groups = append(groups, group)
			}
		}
		r.groups, r.apart = groups, half
		list = append(list, r)
	}
	return list
}

// gemmFLOP counts a multiplication and an addition each.
func (s Size) gemmFLOP() float64 {
	return 2 * float64(s.Pictures*s.Image.Tokens()) * float64(s.Image.Width) * float64(s.Image.Hidden)
}

// imageFLOP is what our matrix products of the image encoder take for a batch: of the last block's tokens only one goes
// beyond queries, keys and values.
func (s Size) imageFLOP() float64 {
	n, d := float64(s.Image.Tokens()), float64(s.Image.Width)
	patches := (n - 1) * 3 * float64(s.Image.PatchSize*s.Image.PatchSize) * d
	inputs, rest := 3*n*d*d, n*d*(d+2*float64(s.Image.Hidden)+2*n)
	depth := float64(s.Image.Depth)
	return 2 * float64(s.Pictures) * (patches + depth*inputs + (depth-1+1/n)*rest + d*float64(s.EmbedDim))
}
