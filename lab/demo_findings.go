package lab

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"gocir/cir/eval"
)

// findings compare the stages, and with and without the backward loss, by the main metric.
func (d *demo) findings(dataset string) []string {
	metric := MainMetric(dataset)
	start, _ := d.start[dataset].Metric(metric)
	say := func(format string, args ...any) string {
		return fmt.Sprintf(datasetTitle[dataset]+", "+metric+": "+format, args...)
	}
	one, two := spread(d.runsOf(dataset, false, false), metric), spread(d.runsOf(dataset, true, false), metric)
	list := []string{
		say("the pretrained model has %.2f; stage I %s it (%s); stage II %s stage I (%s).",
			start, beats(one.Mean, start), one, beats(two.Mean, one.Mean), two),
	}
	for _, stage := range []struct {
		name     string
		combiner bool
	}{{"stage I", false}, {"stage II", true}} {
		with, without := d.runsOf(dataset, stage.combiner, false), d.runsOf(dataset, stage.combiner, true)
		list = append(list, say("the backward loss changes %s by %s (%s with, %s without; seeds: %d).",
			stage.name, Change(with, without, metric), spread(with, metric), spread(without, metric), d.seeds))
	}
	return list
}

func beats(a, b float64) string {
	switch {
	case a > b:
		return "beats"
	case a < b:
		return "stays below"
	}
	return "equals"
}

// meanSpread is a mean with its standard deviation.
type meanSpread struct{ eval.Summary }

func (m meanSpread) String() string { return fmt.Sprintf("%.2f ± %.2f", m.Mean, m.Deviation) }

func spread(runs []eval.Result, metric string) meanSpread {
	var values []float64
	for _, r := range runs {
		value, _ := r.Metric(metric)
		values = append(values, value)
	}
	return spreadOf(values)
}

func spreadOf(values []float64) meanSpread {
	mean, deviation := stat.MeanStdDev(values, nil)
	if len(values) < 2 {
		deviation = 0
	}
	return meanSpread{eval.Summary{Mean: mean, Deviation: deviation, Values: values}}
}

// Change says how a metric differs between two experiments whose results are paired, seed by seed: the mean of the
// differences with its deviation, and whether it is within chance, that is at most twice its standard error.
func Change(with, without []eval.Result, metric string) string {
	d := Paired(with, without, metric)
	if len(d.Values) < 2 {
		return fmt.Sprintf("%+.2f, which one seed cannot tell from chance,", d.Mean)
	}
	text := fmt.Sprintf("%+.2f ± %.2f", d.Mean, d.Deviation)
	if math.Abs(d.Mean) <= 2*d.StandardError() {
		return text + ", which is within chance,"
	}
	return text
}
