package lab_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"gocir/cir/eval"
	"gocir/lab"
)

// Queries, composed by hand and ranked, give what Measure gives.
func TestRankOfQueriesEqualsMeasure(t *testing.T) {
	for name, protocol := range map[string]eval.Protocol{"fashioniq": eval.FashionIQ, "cirr": eval.CIRR} {
		ctx, s := context.Background(), session(t, "text-"+name+"-tiny", nil)
		splits, err := s.PrepareAll(ctx, dataset(t, name), "val")
		if err != nil {
			t.Fatal(err)
		}
		e := splits[0]
		var want []eval.Outcome
		results, err := s.Measure(ctx, splits[:1], lab.Sum, []eval.Protocol{protocol}, func(_ int, o eval.Outcome) { want = append(want, o) })
		if err != nil {
			t.Fatal(err)
		}
		references, texts, err := s.Queries(ctx, e)
		if err != nil {
			t.Fatal(err)
		}
		composed, err := s.Compose(lab.Sum, references.Data, texts.Data, len(e.Split.Triplets))
		if err != nil {
			t.Fatal(err)
		}
		result, got, err := e.Rank(composed, protocol)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the outcomes are not those of Measure", name)
		}
		if measured := results[0]; !reflect.DeepEqual(result.Metrics[:2], measured.Metrics[:2]) {
			t.Errorf("%s: metrics %v, want %v", name, result.Metrics, measured.Metrics)
		}
	}
}

func TestRankRefusesTooFewQueries(t *testing.T) {
	s := session(t, "text-cirr-tiny", nil)
	splits, err := s.PrepareAll(context.Background(), dataset(t, "cirr"), "val")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = splits[0].Rank(make([]float32, 5), eval.CIRR)
	if err == nil || !strings.Contains(err.Error(), "5 numbers are not") {
		t.Errorf("Rank of 5 numbers: %v", err)
	}
}
