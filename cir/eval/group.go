package eval

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// A Group is some of the queries, with their recall.
type Group struct {
	Name    string
	Queries int
	Recall  float64 // Recall@K, in percent
	Error   float64 // its StandardError, in percentage points
}

// RecallBy is Recall@K in groups of queries, ordered by name. groups names those that an outcome belongs to: one, none
// or several.
func RecallBy(outcomes []Outcome, k int, groups func(Outcome) []string) []Group {
	ranks := map[string][]int{}
	for _, o := range outcomes {
		for _, name := range groups(o) {
			ranks[name] = append(ranks[name], o.Rank)
		}
	}
	var list []Group
	for _, name := range slices.Sorted(maps.Keys(ranks)) {
		recall, queries := Recall(ranks[name], k), len(ranks[name])
		list = append(list, Group{name, queries, recall, StandardError(recall, queries)})
	}
	return list
}

// StandardError is how far a recall, in percent, is from that of endlessly many queries of the same kind, as a standard
// deviation in percentage points: 100·√(p(1−p)/n), for n queries whose targets are found independently with chance p.
// At a recall of 0 or 100, and with few queries, it is too small. Without queries it is NaN.
func StandardError(recall float64, queries int) float64 {
	p := recall / 100
	return 100 * math.Sqrt(p*(1-p)/float64(queries))
}

// StandardError is how far the mean of these runs is from that of endlessly many, as a standard deviation. For a single
// run it is 0: nothing is known of it.
func (s Summary) StandardError() float64 {
	return s.Deviation / math.Sqrt(float64(max(len(s.Values), 1)))
}

// Ranks are the outcomes' ranks, in their order.
func Ranks(outcomes []Outcome) []int {
	ranks := make([]int, len(outcomes))
	for i, o := range outcomes {
		ranks[i] = o.Rank
	}
	return ranks
}

// Worst are the n outcomes whose targets were found last, the worst first; fewer where there are not so many. A target
// that was not found at all is worse than any, and equals stay in their order.
func Worst(outcomes []Outcome, n int) []Outcome {
	sorted := slices.Clone(outcomes)
	slices.SortStableFunc(sorted, func(a, b Outcome) int { return cmp.Compare(uint(b.Rank), uint(a.Rank)) }) // uint: -1 is the most
	return sorted[:min(max(n, 0), len(sorted))]
}
