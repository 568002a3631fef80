package lab_test

import (
	"math"
	"reflect"
	"testing"

	"gocir/cir/eval"
	"gocir/lab"
)

func recalls(values ...float64) []eval.Result {
	var runs []eval.Result
	for _, v := range values {
		runs = append(runs, eval.Result{Metrics: []eval.Metric{{Name: "R@10", Value: v}}})
	}
	return runs
}

// Three seeds that are far apart, and gain 1, 2 and 3: the deviation is that of the gains.
func TestPairedByHand(t *testing.T) {
	got := lab.Paired(recalls(11, 32, 53), recalls(10, 30, 50), "R@10")
	want := eval.Summary{Name: "R@10", Mean: 2, Deviation: 1, Values: []float64{1, 2, 3}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("paired differences %+v, want %+v", got, want)
	}
	if got := got.StandardError(); math.Abs(got-1/math.Sqrt(3)) > 1e-12 {
		t.Errorf("standard error %v, want 1/√3", got)
	}
}
