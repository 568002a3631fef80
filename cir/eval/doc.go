// Package eval measures rankings as FashionIQ and CIRR are measured in the literature. It needs neither tensors nor
// models: rankings are names in order, or scores aligned with the gallery.
//
// An [Evaluation] is one split under one [Protocol]. It is given one query at a time, so no two rankings need be in
// memory at once, and gives a [Result] at the end:
//
//	evaluation, err := eval.New(eval.CIRR, split)
//	for i := range split.Triplets {
//		outcome, err := evaluation.Outcome(i, scores) // scores of query i, aligned with split.Gallery
//		err = evaluation.Add(outcome)
//	}
//	result, err := evaluation.Result()
//
// FashionIQ is measured per category; [Combine] takes the mean. All recalls are in percent. Equal scores are ordered by
// the place in the gallery, so a ranking is the same everywhere, and the queries whose target ties are counted.
package eval
