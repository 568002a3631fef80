package verify

import (
	"fmt"
	"slices"

	"gocir/cir/tokenize"
)

// tokenized are texts and the ids and masks that the original gives them, padded to the longest.
type tokenized struct {
	Texts     []string  `json:"texts"`
	IDs       [][]int32 `json:"input_ids"`
	Masks     [][]int32 `json:"attention_mask"`
	MaxLength int       `json:"max_length"`
}

// checkTokenizer encodes every text alone and in its batch, with the embedded vocabulary.
func checkTokenizer(s *Set, r *recorder) error {
	var golden struct {
		Words     int              `json:"vocab_size"`     // without [DEC] and [ENC]
		Special   map[string]int32 `json:"special_tokens"` // with them
		MaxLength int              `json:"max_length"`
		Cases     []struct {
			Text string  `json:"text"`
			IDs  []int32 `json:"input_ids"`
			Mask []int32 `json:"attention_mask"`
		} `json:"cases"`
		Batches  []tokenized   `json:"batches"`
		Versions []versionCase `json:"version_dependent"`
	}
	if err := s.json("tokenizer_cases.json", &golden); err != nil {
		return err
	}
	t := tokenize.Default()
	r.exact("rows", t.CheckRows(golden.Words+2) == nil, fmt.Sprintf("got %d, want %d + 2", t.Size(), golden.Words))
	for name, want := range golden.Special {
		got, ok := t.ID(name)
		r.exact(name, ok && got == want, fmt.Sprintf("got id %d, want %d", got, want))
	}
	for _, c := range golden.Cases {
		tokenized{[]string{c.Text}, [][]int32{c.IDs}, [][]int32{c.Mask}, golden.MaxLength}.check(fmt.Sprintf("%+q", c.Text), r)
	}
	for i, batch := range golden.Batches {
		batch.check(fmt.Sprintf("batch %d", i), r)
	}
	for _, c := range golden.Versions {
		c.check(r, golden.MaxLength)
	}
	return nil
}

func (c tokenized) check(name string, r *recorder) {
	got := tokenize.Default().Batch(c.Texts, c.MaxLength)
	ids, masks := slices.Concat(c.IDs...), slices.Concat(c.Masks...)
	r.exact(name, got.Rows == len(c.IDs) && slices.Equal(got.IDs, ids) && slices.Equal(got.Mask, masks),
		fmt.Sprintf("got ids %v, mask %v; want %v, %v", got.IDs, got.Mask, ids, masks))
}

// A versionCase is a text that releases of the original's tokenizer read differently: either answer is right.
type versionCase struct {
	Text   string  `json:"text"`
	Pinned []int32 `json:"input_ids_transformers_4_15_0"`
	Later  []int32 `json:"input_ids_transformers_4_46_3"`
}

func (c versionCase) check(r *recorder, maxLength int) {
	got := tokenize.Default().Encode(c.Text, maxLength)
	r.exact(fmt.Sprintf("%+q", c.Text), slices.Equal(got, c.Pinned) || slices.Equal(got, c.Later),
		fmt.Sprintf("got ids %v, want %v or %v", got, c.Pinned, c.Later))
}
