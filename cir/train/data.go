package train

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir/embed"
	"gocir/cir/feed"
	"gocir/cir/tokenize"
)

// Data is what a training sees: batches of triplets, and what turns a batch into tensors.
type Data struct {
	Feed      feed.Feed
	Images    *embed.Embeddings   // raw embeddings of every image of the triplets; nil where pictures are encoded in each step
	Texts     *embed.Embeddings   // stage II: raw embeddings of every text of the feed, by the text itself
	Tokenizer *tokenize.Tokenizer // where texts are encoded in each step: stage I and contrastive

	// Pixels writes a normalised picture [3, S, S] to dst, where pictures are encoded in each step.
	Pixels    func(name string, dst []float32) error
	ImageSize int // S
}

// tensors turns a batch into what the recipe's task wants; see Steps.Step.
func (d Data) tensors(r Recipe, batch feed.Batch) ([]*tensors.Tensor, error) {
	references, targets := make([]string, len(batch.Triplets)), make([]string, len(batch.Triplets))
	for i, t := range batch.Triplets {
		references[i], targets[i] = t.Reference, t.Target
	}
	switch r.Stage {
	case Contrastive:
		return d.pairs(r, references, batch.Forward)
	case Combiner:
		return gather(rows{d.Images, references}, rows{d.Images, targets}, rows{d.Texts, batch.Forward}, rows{d.Texts, batch.Backward})
	}
	images, err := d.imagesOf(r, references, targets)
	if err != nil {
		return nil, err
	}
	texts := batch.Forward
	if r.BackwardWeight != 0 {
		texts = append(slices.Clone(texts), batch.Backward...)
	}
	return append(images, r.Tokens(d.Tokenizer, texts)...), nil
}

func (d Data) imagesOf(r Recipe, references, targets []string) ([]*tensors.Tensor, error) {
	if !r.TrainImage {
		return gather(rows{d.Images, references}, rows{d.Images, targets})
	}
	pixels, err := d.pictures(append(slices.Clone(references), targets...))
	return []*tensors.Tensor{pixels}, err
}

// pairs are pictures, their descriptions, and which of them belong together: equal descriptions fit each other's
// pictures too.
func (d Data) pairs(r Recipe, images, texts []string) ([]*tensors.Tensor, error) {
	pixels, err := d.pictures(images)
	if err != nil {
		return nil, err
	}
	same := make([]float32, len(texts)*len(texts))
	for i := range texts {
		for j := range texts {
			if texts[i] == texts[j] {
				same[i*len(texts)+j] = 1
			}
		}
	}
	out := append([]*tensors.Tensor{pixels}, r.Tokens(d.Tokenizer, texts)...)
	return append(out, tensors.FromFlatDataAndDimensions(same, len(texts), len(texts))), nil
}

func (d Data) pictures(names []string) (*tensors.Tensor, error) {
	one := 3 * d.ImageSize * d.ImageSize
	pixels := make([]float32, len(names)*one)
	for i, name := range names {
		if err := d.Pixels(name, pixels[i*one:(i+1)*one]); err != nil {
			return nil, fmt.Errorf("preparing picture %s: %w", name, err)
		}
	}
	return tensors.FromFlatDataAndDimensions(pixels, len(names), 3, d.ImageSize, d.ImageSize), nil
}

// rows are the embeddings of some names.
type rows struct {
	from  *embed.Embeddings
	names []string
}

// gather makes a tensor [B, E] of each.
func gather(lists ...rows) (out []*tensors.Tensor, err error) {
	for _, list := range lists {
		flat := make([]float32, 0, len(list.names)*list.from.Width)
		for _, name := range list.names {
			at, ok := list.from.Index(name)
			if !ok {
				return nil, fmt.Errorf("there is no embedding of %q", name)
			}
			flat = append(flat, list.from.Row(at)...)
		}
		out = append(out, tensors.FromFlatDataAndDimensions(flat, len(list.names), list.from.Width))
	}
	return out, nil
}
