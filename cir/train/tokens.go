package train

import (
	"slices"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir/tokenize"
)

// Tokens are texts as a step of stage I takes them: ids and mask [B, N] int32, padded to one of a few lengths. With
// LengthGroups they are those of each group, from the shortest texts to the longest, and then the place of every text among
// the sorted ones, [B] int32.
func (r Recipe) Tokens(t *tokenize.Tokenizer, texts []string) []*tensors.Tensor {
	if r.LengthGroups <= 1 {
		return idsAndMask(t.Batch(texts, r.MaxLength).Bucket(lengths(r.MaxLength)))
	}
	sizes := make([]int, len(texts))
	order := make([]int, len(texts)) // the text at each place
	for i, text := range texts {
		sizes[i], order[i] = len(t.Encode(text, r.MaxLength)), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return sizes[a] - sizes[b] })
	places := make([]int32, len(texts))
	var sorted []string
	for place, i := range order {
		places[i] = int32(place)
		sorted = append(sorted, texts[i])
	}
	var out []*tensors.Tensor
	for group := range slices.Chunk(sorted, (len(sorted)+r.LengthGroups-1)/r.LengthGroups) {
		batch := t.Batch(group, r.MaxLength)
		out = append(out, idsAndMask(batch.Bucket([]int{min(r.MaxLength, (batch.Length+3)/4*4)}))...)
	}
	return append(out, tensors.FromFlatDataAndDimensions(places, len(places)))
}

func idsAndMask(b tokenize.Batch) []*tensors.Tensor {
	return []*tensors.Tensor{
		tensors.FromFlatDataAndDimensions(b.IDs, b.Rows, b.Length), tensors.FromFlatDataAndDimensions(b.Mask, b.Rows, b.Length),
	}
}

// lengths are those that batches are padded to, so that few programs are compiled.
func lengths(longest int) []int {
	short := slices.DeleteFunc([]int{16, 24, 32, 40, 48}, func(n int) bool { return n >= longest })
	return append(short, longest)
}
