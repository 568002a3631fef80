package lab

import (
	"context"
	"fmt"

	"gocir/cir/embed"
	"gocir/cir/eval"
	"gocir/cir/feed"
	"gocir/cir/retrieve"
	"gocir/datasets"
)

// Evaluation is a split prepared for measuring: its gallery is embedded, its texts are known. It can be measured again
// and again with other text encoders and composers.
type Evaluation struct {
	Split   *datasets.Split   // without what was left out
	LeftOut []string          // IDs of triplets left out for want of a picture
	Report  *embed.Report     // where the gallery's embeddings came from
	Gallery *embed.Embeddings // raw

	index *retrieve.Index
	texts []string
}

// Prepare embeds the gallery of a split.
func (s *Session) Prepare(ctx context.Context, d datasets.Dataset, split *datasets.Split) (*Evaluation, error) {
	gallery, report, err := s.Images(ctx, d, split.Gallery)
	if err != nil {
		return nil, fmt.Errorf("embedding the gallery of %s: %w", title(d, split), err)
	}
	e := &Evaluation{Split: split, Report: report, Gallery: gallery}
	if len(report.Missing) > 0 {
		missing := make([]string, len(report.Missing))
		for i, m := range report.Missing {
			missing[i] = m.Name
		}
		if e.Split, e.LeftOut, err = eval.Present(split, missing); err != nil {
			return nil, err
		}
	}
	if e.index, err = retrieve.New(gallery, true); err != nil {
		return nil, fmt.Errorf("indexing the gallery of %s: %w", title(d, split), err)
	}
	e.texts, err = feed.ValidationTexts(e.Split.Triplets, s.options.Recipe.NoMarks)
	return e, err
}

func title(d datasets.Dataset, split *datasets.Split) string {
	if split.Category == "" {
		return d.Name() + " " + split.Name
	}
	return d.Name() + " " + split.Category + " " + split.Name
}

// Scores calls visit with each query's scores over the gallery, in order. visit must not keep the slice.
func (s *Session) Scores(ctx context.Context, e *Evaluation, c Composer, visit func(query int, scores []float32) error) error {
	references, texts, err := s.Queries(ctx, e)
	if err != nil {
		return err
	}
	return e.index.EachScores(len(e.texts), func(from, n int) ([]float32, error) {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		rows := func(of *embed.Embeddings) []float32 { return of.Data[from*of.Width : (from+n)*of.Width] }
		return s.Compose(c, rows(references), rows(texts), n)
	}, visit)
}

// measure begins a measurement under a protocol.
func (e *Evaluation) measure(protocol eval.Protocol) (*eval.Evaluation, error) {
	m, err := eval.New(protocol, e.Split)
	if err != nil {
		return nil, err
	}
	m.LeaveOut(e.LeftOut...)
	return m, nil
}

// Measure evaluates prepared splits, FashionIQ's categories together, under each protocol. visit, if set, sees every
// query's outcome under the first protocol; split is its number in splits.
func (s *Session) Measure(ctx context.Context, splits []*Evaluation, c Composer, protocols []eval.Protocol, visit func(split int, o eval.Outcome)) ([]eval.Result, error) {
	parts := make([][]eval.Result, len(protocols))
	for i, e := range splits {
		measures := make([]*eval.Evaluation, len(protocols))
		for j, protocol := range protocols {
			var err error
			if measures[j], err = e.measure(protocol); err != nil {
				return nil, err
			}
		}
		err := s.Scores(ctx, e, c, func(query int, scores []float32) error {
			return addOutcomes(measures, query, scores, func(o eval.Outcome) {
				if visit != nil {
					visit(i, o)
				}
			})
		})
		if err != nil {
			return nil, err
		}
		for j, measure := range measures {
			result, err := measure.Result()
			if err != nil {
				return nil, err
			}
			parts[j] = append(parts[j], result)
		}
	}
	return combined(parts)
}

func addOutcomes(measures []*eval.Evaluation, query int, scores []float32, first func(eval.Outcome)) error {
	for j, measure := range measures {
		outcome, err := measure.Outcome(query, scores)
		if err != nil {
			return err
		}
		if err := measure.Add(outcome); err != nil {
			return err
		}
		if j == 0 {
			first(outcome)
		}
	}
	return nil
}

// combined joins FashionIQ's categories, protocol by protocol.
func combined(parts [][]eval.Result) ([]eval.Result, error) {
	var results []eval.Result
	for _, part := range parts {
		if len(part) == 1 && part[0].Category == "" {
			results = append(results, part[0])
			continue
		}
		all, err := eval.Combine(part...)
		if err != nil {
			return nil, err
		}
		results = append(results, all)
	}
	return results, nil
}

// Splits reads a split of every category.
func Splits(d datasets.Dataset, name string) ([]*datasets.Split, error) {
	var splits []*datasets.Split
	for _, category := range d.Categories() {
		split, err := d.Split(category, name)
		if err != nil {
			return nil, err
		}
		splits = append(splits, split)
	}
	return splits, nil
}

// PrepareAll is Splits and Prepare, for splits that are to be measured: it looks whether they can be before it embeds
// anything.
func (s *Session) PrepareAll(ctx context.Context, d datasets.Dataset, name string) ([]*Evaluation, error) {
	splits, err := Splits(d, name)
	if err != nil {
		return nil, err
	}
	for _, split := range splits {
		for _, protocol := range eval.Protocols(d.Name()) {
			if err := eval.Measurable(protocol, split); err != nil {
				return nil, err
			}
		}
	}
	var prepared []*Evaluation
	for _, split := range splits {
		e, err := s.Prepare(ctx, d, split)
		if err != nil {
			return nil, err
		}
		prepared = append(prepared, e)
	}
	return prepared, nil
}
