package eval

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Metric is one number of a Result. Names are "R@10", "Rs@1" (within the subset), "average recall",
// "mean(R@5, Rs@1)", "arithmetic mean", "harmonic mean" and "geometric mean"; values are percentages.
type Metric struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// A Result is what was measured on one split under one protocol.
type Result struct {
	Dataset    string   `json:"dataset"` // "fashioniq" or "cirr"
	Split      string   `json:"split"`
	Category   string   `json:"category,omitempty"` // empty in CIRR and in the result over all categories
	Protocol   Protocol `json:"protocol"`
	Queries    int      `json:"queries"`            // that were measured
	Gallery    int      `json:"gallery"`            // images searched; over all categories their sum
	Ties       int      `json:"ties"`               // queries whose target has the same score as another image
	LeftOut    []string `json:"left_out,omitempty"` // IDs of triplets left out for want of a picture
	Metrics    []Metric `json:"metrics"`
	Categories []Result `json:"categories,omitempty"`
}

// Metric is the value of a metric, and whether there is one of that name.
func (r Result) Metric(name string) (float64, bool) {
	for _, m := range r.Metrics {
		if m.Name == name {
			return m.Value, true
		}
	}
	return 0, false
}

// Result is what was measured once every query has been added.
func (e *Evaluation) Result() (Result, error) {
	if err := e.measurable(); err != nil {
		return Result{}, err
	}
	r := Result{
		Dataset: e.protocol.Dataset(), Split: e.split.Name, Category: e.split.Category, Protocol: e.protocol,
		Queries: len(e.outcomes), Gallery: e.size(), LeftOut: slices.Clone(e.leftOut),
	}
	var ranks, subsetRanks []int
	for query, o := range e.outcomes {
		if !o.added {
			return Result{}, e.errorf("query %d (triplet %s) was not ranked", query, e.split.Triplets[query].ID)
		}
		ranks, subsetRanks = append(ranks, o.rank), append(subsetRanks, o.subsetRank)
		if o.tied {
			r.Ties++
		}
	}
	for _, k := range e.protocol.cutoffs() {
		r.Metrics = append(r.Metrics, Metric{fmt.Sprintf("R@%d", k), Recall(ranks, k)})
	}
	if e.protocol == CIRR {
		for k := 1; k <= 3; k++ {
			r.Metrics = append(r.Metrics, Metric{fmt.Sprintf("Rs@%d", k), SubsetRecall(subsetRanks, k)})
		}
		r.Metrics = append(r.Metrics, cirrMeans(r)...)
	}
	return r, nil
}

// cirrMeans sum up CIRR's seven recalls.
func cirrMeans(r Result) []Metric {
	var recalls []float64
	for _, m := range r.Metrics {
		recalls = append(recalls, m.Value)
	}
	recall5, _ := r.Metric("R@5")
	subsetRecall1, _ := r.Metric("Rs@1")
	return []Metric{
		{"mean(R@5, Rs@1)", (recall5 + subsetRecall1) / 2},
		{"arithmetic mean", ArithmeticMean(recalls...)},
		{"harmonic mean", HarmonicMean(recalls...)},
		{"geometric mean", GeometricMean(recalls...)},
	}
}

// size is the number of images searched.
func (e *Evaluation) size() int {
	if e.searched == nil {
		return len(e.split.Gallery)
	}
	n := 0
	for _, searched := range e.searched {
		if searched {
			n++
		}
	}
	return n
}

// Combine is FashionIQ's result over categories: the mean of each recall, every category counting the same, and the
// average recall, (mean R@10 + mean R@50) / 2.
func Combine(categories ...Result) (Result, error) {
	if len(categories) == 0 || len(categories[0].Metrics) == 0 {
		return Result{}, fmt.Errorf("combining results: there is none")
	}
	first := categories[0]
	all := Result{Dataset: first.Dataset, Split: first.Split, Protocol: first.Protocol, Categories: slices.Clone(categories)}
	for _, c := range categories {
		if c.Protocol != first.Protocol || c.Split != first.Split || c.Protocol == CIRR || len(c.Metrics) != len(first.Metrics) {
			return Result{}, fmt.Errorf("combining results: %s %s %q and %s %s %q are not categories of one FashionIQ split",
				first.Protocol, first.Split, first.Category, c.Protocol, c.Split, c.Category)
		}
		all.Queries, all.Gallery, all.Ties = all.Queries+c.Queries, all.Gallery+c.Gallery, all.Ties+c.Ties
		all.LeftOut = append(all.LeftOut, c.LeftOut...)
	}
	for i, m := range first.Metrics {
		sum := 0.0
		for _, c := range categories {
			sum += c.Metrics[i].Value
		}
		all.Metrics = append(all.Metrics, Metric{m.Name, sum / float64(len(categories))})
	}
	recall10, _ := all.Metric("R@10")
	recall50, _ := all.Metric("R@50")
	all.Metrics = append(all.Metrics, Metric{"average recall", (recall10 + recall50) / 2})
	return all, nil
}

// Original are the metrics under the names that the original writes into its validation_metrics.csv:
// dress_recall_at10, …, average_recall; recall_at5, group_recall_at1, …, geometric_mean.
func (r Result) Original() []Metric {
	var out []Metric
	for _, c := range r.Categories {
		for _, m := range c.Metrics {
			out = append(out, Metric{c.Category + "_" + originalName(m.Name), m.Value})
		}
	}
	prefix := ""
	switch {
	case r.Category != "":
		prefix = r.Category + "_"
	case r.Protocol != CIRR:
		prefix = "average_"
	}
	for _, m := range r.Metrics {
		name := originalName(m.Name)
		if strings.HasPrefix(name, "recall_at") {
			name = prefix + name
		}
		out = append(out, Metric{name, m.Value})
	}
	return out
}

func originalName(name string) string {
	if name == "mean(R@5, Rs@1)" {
		return "mean(R@5+R_s@1)"
	}
	return strings.NewReplacer("Rs@", "group_recall_at", "R@", "recall_at", " ", "_").Replace(name)
}

// A Summary is one metric over several runs that differ in their seeds.
type Summary struct {
	Name      string    `json:"name"`
	Mean      float64   `json:"mean"`
	Deviation float64   `json:"deviation"` // standard deviation of the sample (n − 1); 0 for a single run
	Values    []float64 `json:"values"`    // one per run
}

// Summarize gives mean and deviation of every metric over runs that were measured alike.
func Summarize(runs ...Result) ([]Summary, error) {
	if len(runs) == 0 {
		return nil, fmt.Errorf("summing up runs: there is none")
	}
	var out []Summary
	for _, m := range runs[0].Metrics {
		s := Summary{Name: m.Name}
		for _, r := range runs {
			value, ok := r.Metric(m.Name)
			if !ok || r.Protocol != runs[0].Protocol || r.Split != runs[0].Split || r.Category != runs[0].Category {
				return nil, fmt.Errorf("summing up runs: %s %s and %s %s were not measured alike", runs[0].Protocol, runs[0].Split, r.Protocol, r.Split)
			}
			s.Values = append(s.Values, value)
		}
		s.Mean, s.Deviation = meanAndDeviation(s.Values)
		out = append(out, s)
	}
	return out, nil
}

func meanAndDeviation(values []float64) (mean, deviation float64) {
	mean = ArithmeticMean(values...)
	for _, v := range values {
		deviation += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(deviation / float64(max(len(values)-1, 1)))
}
