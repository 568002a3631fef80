package lab_test

import (
	"fmt"
	"os"

	"gocir/cir/eval"
	"gocir/lab"
)

// A row per protocol, for numbers of different protocols can't be compared.
func ExampleResultTable() {
	result := func(p eval.Protocol, recall float64) eval.Result {
		return eval.Result{
			Dataset: "fashioniq", Split: "val", Category: "dress", Protocol: p, Queries: 2017, Gallery: 3817,
			Metrics: []eval.Metric{{Name: "R@10", Value: recall}},
		}
	}
	table := lab.ResultTable("dress", result(eval.FashionIQ, 42.09), result(eval.FashionIQVAL, 45.5))
	if err := table.WriteCSV(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// protocol,category,queries,gallery,ties,left out,R@10
	// fashioniq-split,dress,2017,3817,0,0,42.09
	// fashioniq-val,dress,2017,3817,0,0,45.5
}
