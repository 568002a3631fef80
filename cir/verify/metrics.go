package verify

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/embed"
	"gocir/cir/eval"
	"gocir/cir/report"
	"gocir/cir/retrieve"
	"gocir/datasets"
)

// cirrCase is a golden CIRR split; the test split has neither targets nor expectations.
type cirrCase struct {
	Gallery []string `json:"index_names"`
	Queries []struct {
		Pair      int    `json:"pairid"`
		Reference string `json:"reference"`
		Target    string `json:"target_hard"`
		Caption   string `json:"caption"`
		Set       struct {
			Members []string `json:"members"`
		} `json:"img_set"`
	} `json:"queries"`
	Expected    map[string]float64 `json:"expected"`
	Ranks       []int              `json:"target_rank"`          // from 1
	SubsetRanks []int              `json:"target_rank_in_group"` // from 1
}

func (c cirrCase) split(name string) *datasets.Split {
	split := &datasets.Split{Name: name, Gallery: c.Gallery}
	for _, q := range c.Queries {
		split.Triplets = append(split.Triplets, datasets.Triplet{
			ID: strconv.Itoa(q.Pair), Reference: q.Reference, Target: q.Target,
			Captions: []string{q.Caption}, Subset: q.Set.Members,
		})
	}
	return split
}

type fashionIQCase struct {
	Categories map[string]struct {
		Gallery  []string `json:"index_names"`
		Triplets []struct {
			Reference string   `json:"candidate"`
			Target    string   `json:"target"`
			Captions  []string `json:"captions"`
		} `json:"triplets"`
		Expected map[string]float64 `json:"expected"`
		Ranks    []int              `json:"target_rank"` // from 1
	} `json:"categories"`
	Expected map[string]float64 `json:"expected"`
}

// checkMetrics compares composed queries, ranks, recalls and means.
func checkMetrics(s *Set, r *recorder) error {
	if err := s.cirrMetrics(r); err != nil {
		return err
	}
	if err := s.fashionIQMetrics(r); err != nil {
		return err
	}
	return s.means(r)
}

func (s *Set) cirrMetrics(r *recorder) error {
	const file = "metrics/cirr_val"
	var c cirrCase
	g, err := s.pair(file, &c)
	if err != nil {
		return err
	}
	result, outcomes, err := s.rank(r, g, "", eval.CIRR, c.split("val"))
	if err != nil {
		return err
	}
	r.metrics(file, result.Original(), c.Expected)
	r.ranks(file+" target_rank", outcomes, c.Ranks, func(o eval.Outcome) int { return o.Rank })
	r.ranks(file+" target_rank_in_group", outcomes, c.SubsetRanks, func(o eval.Outcome) int { return o.SubsetRank })
	return nil
}

func (s *Set) fashionIQMetrics(r *recorder) error {
	const file = "metrics/fiq_val"
	var c fashionIQCase
	g, err := s.pair(file, &c)
	if err != nil {
		return err
	}
	var results []eval.Result
	expected := maps.Clone(c.Expected)
	for _, category := range slices.Sorted(maps.Keys(c.Categories)) {
		want := c.Categories[category]
		split := &datasets.Split{Name: "val", Category: category, Gallery: want.Gallery}
		for i, t := range want.Triplets {
			split.Triplets = append(split.Triplets, datasets.Triplet{
				ID: strconv.Itoa(i), Reference: t.Reference, Target: t.Target, Captions: t.Captions,
			})
		}
		result, outcomes, err := s.rank(r, g, category+".", eval.FashionIQ, split)
		if err != nil {
			return err
		}
		results = append(results, result)
		r.ranks(file+" "+category+" target_rank", outcomes, want.Ranks, func(o eval.Outcome) int { return o.Rank })
		for name, recall := range want.Expected {
			expected[category+"_"+name] = recall
		}
	}
	all, err := eval.Combine(results...)
	if err != nil {
		return err
	}
	r.metrics(file, all.Original(), expected)
	return nil
}

// rank composes a split's queries, compares them with the golden ones where there are any, and ranks its gallery. The
// result is empty where the split hides its targets.
func (s *Set) rank(r *recorder, g golden, prefix string, protocol eval.Protocol, split *datasets.Split) (eval.Result, []eval.Outcome, error) {
	queries, index, err := s.compose(r, g, prefix, split)
	if err != nil {
		return eval.Result{}, nil, err
	}
	e, err := eval.New(protocol, split)
	if err != nil {
		return eval.Result{}, nil, err
	}
	var outcomes []eval.Outcome
	scores := make([]float32, index.Len())
	for i := range split.Triplets {
		if err := index.Scores(queries[i*index.Width():(i+1)*index.Width()], scores); err != nil {
			return eval.Result{}, nil, err
		}
		o, err := e.Outcome(i, scores)
		if err != nil {
			return eval.Result{}, nil, err
		}
		if err := e.Add(o); err != nil {
			return eval.Result{}, nil, err
		}
		outcomes = append(outcomes, o)
	}
	if split.Triplets[0].Target == "" {
		return eval.Result{}, outcomes, nil
	}
	result, err := e.Result()
	return result, outcomes, err
}

// compose gives the composed queries, [B, E], as the sum of embeddings, and the index of the gallery.
func (s *Set) compose(r *recorder, g golden, prefix string, split *datasets.Split) ([]float32, *retrieve.Index, error) {
	gallery, err := g.floats(prefix + "index_features")
	if err != nil {
		return nil, nil, err
	}
	width := len(gallery) / max(len(split.Gallery), 1)
	embeddings := &embed.Embeddings{Names: split.Gallery, Width: width, Data: gallery}
	index, err := retrieve.New(embeddings, true)
	if err != nil {
		return nil, nil, err
	}
	texts, err := g.upload(prefix + "text_features")
	if err != nil {
		return nil, nil, err
	}
	var references []float32
	for _, t := range split.Triplets {
		at, ok := embeddings.Index(t.Reference)
		if !ok {
			return nil, nil, fmt.Errorf("golden file %s: reference %q is not in the gallery", g.file, t.Reference)
		}
		references = append(references, embeddings.Row(at)...)
	}
	composed, err := ExecOnce(s.Backend, cir.Sum, tensors.FromFlatDataAndDimensions(references, len(split.Triplets), width), texts[0])
	if err != nil {
		return nil, nil, err
	}
	if _, ok := g.all[prefix+"predicted_features"]; ok {
		if err := r.compare(g, prefix+"predicted_features", composed, 1e-6); err != nil {
			return nil, nil, err
		}
	}
	queries, err := tensors.CopyFlatData[float32](composed)
	return queries, index, err
}

// metrics counts a case per expected number. The original divides in float32, hence the tolerance.
func (r *recorder) metrics(file string, got []eval.Metric, want map[string]float64) {
	values := map[string]float64{}
	for _, m := range got {
		values[m.Name] = m.Value
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if _, ok := values[name]; !ok {
			r.exact(file+" "+name, false, "this metric is not computed")
			continue
		}
		r.within(file+" "+name, math.Abs(values[name]-want[name]), 1e-4)
	}
}

// ranks counts a case per query. Golden ranks count from 1.
func (r *recorder) ranks(name string, outcomes []eval.Outcome, want []int, rank func(eval.Outcome) int) {
	if len(outcomes) != len(want) {
		r.exact(name, false, fmt.Sprintf("%d queries, %d expected ranks", len(outcomes), len(want)))
		return
	}
	for i, o := range outcomes {
		r.exact(fmt.Sprintf("%s %d", name, i), rank(o)+1 == want[i], fmt.Sprintf("rank %d, want %d", rank(o)+1, want[i]))
	}
}

// means compares the four means of given recalls. Where a recall is 0 the original has no geometric mean; ours is 0.
func (s *Set) means(r *recorder) error {
	const file = "metrics/means.json"
	var golden struct {
		Order []string                     `json:"order"`
		Cases []map[string]json.RawMessage `json:"cases"`
	}
	if err := s.json(file, &golden); err != nil {
		return err
	}
	for i, c := range golden.Cases {
		var recalls []float64
		if err := json.Unmarshal(c["recalls"], &recalls); err != nil || len(recalls) != len(golden.Order) {
			return fmt.Errorf("golden file %s, case %d: %d recalls, want %d (%v)", file, i, len(recalls), len(golden.Order), err)
		}
		named := map[string]float64{}
		for at, name := range golden.Order {
			named[name] = recalls[at]
		}
		for name, got := range map[string]float64{
			"arithmetic_mean": eval.ArithmeticMean(recalls...),
			"harmonic_mean":   eval.HarmonicMean(recalls...),
			"geometric_mean":  eval.GeometricMean(recalls...),
			"mean(R@5+R_s@1)": eval.ArithmeticMean(named["recall_at5"], named["group_recall_at1"]),
		} {
			var want float64 // stays 0 where the file has null
			if err := json.Unmarshal(c[name], &want); err != nil {
				return fmt.Errorf("golden file %s, case %d, %s: %w", file, i, name, err)
			}
			r.within(fmt.Sprintf("%s case %d %s", file, i, name), math.Abs(got-want), 1e-9)
		}
	}
	return nil
}

// checkSubmission compares the two CIRR submission files byte by byte.
func checkSubmission(s *Set, r *recorder) error {
	const file = "metrics/cirr_test"
	var c cirrCase
	g, err := s.pair(file, &c)
	if err != nil {
		return err
	}
	split := c.split("test1")
	_, outcomes, err := s.rank(r, g, "", eval.CIRR, split)
	if err != nil {
		return err
	}
	recall, subset, err := report.Submission(outcomes)
	if err != nil {
		return err
	}
	for name, got := range map[string][]byte{"recall": recall, "recall_subset": subset} {
		name = file + "_" + name + "_submission.json"
		want, err := s.read(name)
		if err != nil {
			return err
		}
		r.exact(name, string(got) == string(want), fmt.Sprintf("the bytes differ from byte %d on", firstDifference(got, want)))
		if err := report.CheckSubmission(want, split); err != nil {
			r.miss(name, err.Error())
		}
	}
	return nil
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
