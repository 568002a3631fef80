package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"gocir/cir/tokenize"
)

// Texts embeds texts with a text encoder. Nothing is kept on disk: captions are few, and the text encoder is trained.
type Texts struct {
	// Encode maps token ids and their mask, both [rows, length] and row-major, to embeddings [rows, Width]. rows is
	// always BatchSize, and length one of a few, so that an encoder is compiled a few times. It is called from one
	// goroutine and must not keep its arguments.
	Encode    func(ids, mask []int32, rows, length int) ([]float32, error)
	Width     int // E, the length of an embedding
	Tokenizer *tokenize.Tokenizer

	BatchSize int   // texts per call of Encode; 0: 32
	MaxLength int   // tokens of a text, [CLS] and [SEP] included; what is longer is cut; 0: 77, as in the original
	Lengths   []int // lengths that Encode may be called with, besides MaxLength; nil: 16, 20, 24, 28, 32, 40, 48
	Progress  func(done, total int)
}

// Validate reports every way in which e cannot run.
func (e Texts) Validate() error {
	var errs []error
	if e.Encode == nil || e.Tokenizer == nil {
		errs = append(errs, errors.New("no Encode function or no Tokenizer"))
	}
	if e.Width < 1 {
		errs = append(errs, fmt.Errorf("width %d, want the encoder's embedding width", e.Width))
	}
	if e.BatchSize < 0 {
		errs = append(errs, fmt.Errorf("batch size %d: negative", e.BatchSize))
	}
	if e.MaxLength != 0 && e.MaxLength < 2 {
		errs = append(errs, fmt.Errorf("max length %d, want 2 or more: [CLS] and [SEP] take two", e.MaxLength))
	}
	return errors.Join(errs...)
}

// Embed gives the embeddings of texts, in their order and named by them. Equal texts are encoded once. Texts are
// encoded from the longest to the shortest, so that a batch is padded little and memory that is too small shows at
// once.
func (e Texts) Embed(ctx context.Context, texts []string) (*Embeddings, error) {
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("embedding texts: %w", err)
	}
	e.BatchSize, e.MaxLength = cmp.Or(e.BatchSize, 32), cmp.Or(e.MaxLength, 77)
	if e.Lengths == nil {
		e.Lengths = []int{16, 20, 24, 28, 32, 40, 48}
	}
	e.Lengths = append(slices.Clone(e.Lengths), e.MaxLength)
	known := make(map[string][]float32, len(texts))
	todo := e.longestFirst(distinct(texts))
	for done := 0; done < len(todo); {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("embedding texts: stopped after %d of %d: %w", done, len(todo), context.Cause(ctx))
		}
		batch := todo[done:min(done+e.BatchSize, len(todo))]
		if err := e.encode(batch, known); err != nil {
			return nil, fmt.Errorf("embedding texts: %w", err)
		}
		done += len(batch)
		if e.Progress != nil {
			e.Progress(done, len(todo))
		}
	}
	result := &Embeddings{Names: slices.Clone(texts), Width: e.Width, Data: make([]float32, 0, len(texts)*e.Width)}
	for _, text := range texts {
		result.Data = append(result.Data, known[text]...)
	}
	return result, nil
}

// longestFirst sorts texts by their number of tokens.
func (e Texts) longestFirst(texts []string) []string {
	tokens := make(map[string]int, len(texts))
	for _, text := range texts {
		tokens[text] = len(e.Tokenizer.Encode(text, e.MaxLength))
	}
	slices.SortStableFunc(texts, func(a, b string) int { return tokens[b] - tokens[a] })
	return texts
}

// encode embeds one batch, whose first text is its longest. A short batch repeats that text: a row of nothing but
// padding has no softmax.
func (e Texts) encode(batch []string, known map[string][]float32) error {
	full := append(slices.Clone(batch), slices.Repeat(batch[:1], e.BatchSize-len(batch))...)
	tokens := e.Tokenizer.Batch(full, e.MaxLength).Bucket(e.Lengths)
	rows, err := guarded(e.BatchSize*e.Width, func() ([]float32, error) {
		return e.Encode(tokens.IDs, tokens.Mask, tokens.Rows, tokens.Length)
	})
	if err != nil {
		return fmt.Errorf("a batch of %d, the longest %q: %w", len(batch), batch[0], err)
	}
	rows = slices.Clone(rows[:len(batch)*e.Width]) // the encoder may use its buffer again
	for i, text := range batch {
		row := rows[i*e.Width : (i+1)*e.Width]
		if err := finite(row); err != nil {
			return fmt.Errorf("%q: %w", text, err)
		}
		known[text] = row
	}
	return nil
}
