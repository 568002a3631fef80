package lab

import "gocir/cir/eval"

// Paired is how a metric differs between two experiments whose results are paired, seed by seed: the differences with
// minus without, with their mean and deviation. Change says it in words.
func Paired(with, without []eval.Result, metric string) eval.Summary {
	var differences []float64
	for i := range min(len(with), len(without)) {
		a, _ := with[i].Metric(metric)
		b, _ := without[i].Metric(metric)
		differences = append(differences, a-b)
	}
	summary := spreadOf(differences).Summary
	summary.Name = metric
	return summary
}
