package lab

import (
	"context"
	"fmt"

	"gocir/cir/embed"
	"gocir/cir/eval"
)

// Queries are what composers take of a split's queries: the raw embeddings of reference images and modification texts,
// [n, E] each, a row per triplet.
func (s *Session) Queries(ctx context.Context, e *Evaluation) (references, texts *embed.Embeddings, err error) {
	if texts, err = s.Texts(ctx, e.texts); err != nil {
		return nil, nil, err
	}
	references = &embed.Embeddings{Width: e.Gallery.Width}
	for _, triplet := range e.Split.Triplets {
		at, ok := e.Gallery.Index(triplet.Reference)
		if !ok {
			return nil, nil, fmt.Errorf("triplet %s: its reference %q is not in the gallery", triplet.ID, triplet.Reference)
		}
		references.Names = append(references.Names, triplet.Reference)
		references.Data = append(references.Data, e.Gallery.Row(at)...)
	}
	return references, texts, nil
}

// Rank measures composed queries [n, E], L2-normalised, a row per triplet, under a protocol. So composers can be measured
// that no session has.
func (e *Evaluation) Rank(queries []float32, protocol eval.Protocol) (eval.Result, []eval.Outcome, error) {
	failed := func(err error) (eval.Result, []eval.Outcome, error) { return eval.Result{}, nil, err }
	count, width := len(e.Split.Triplets), e.index.Width()
	if len(queries) != count*width {
		return failed(fmt.Errorf("%d numbers are not %d composed queries of width %d", len(queries), count, width))
	}
	measure, err := e.measure(protocol)
	if err != nil {
		return failed(err)
	}
	var outcomes []eval.Outcome
	err = e.index.EachScores(count, func(from, n int) ([]float32, error) {
		return queries[from*width : (from+n)*width], nil
	}, func(query int, scores []float32) error {
		return addOutcomes([]*eval.Evaluation{measure}, query, scores, func(o eval.Outcome) { outcomes = append(outcomes, o) })
	})
	if err != nil {
		return failed(err)
	}
	result, err := measure.Result()
	return result, outcomes, err
}
