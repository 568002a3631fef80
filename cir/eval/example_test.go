package eval_test

import (
	"fmt"
	"log"

	"gocir/cir/eval"
	"gocir/datasets"
)

func ExampleRecall() {
	ranks := []int{0, 3, 12, 49} // where each query's target was found
	fmt.Printf("R@10 %.1f, R@50 %.1f\n", eval.Recall(ranks, 10), eval.Recall(ranks, 50))
	// Output: R@10 50.0, R@50 100.0
}

func ExampleEvaluation() {
	split := &datasets.Split{
		Name: "val", Category: "dress", Gallery: []string{"red", "blue", "green"},
		Triplets: []datasets.Triplet{{ID: "0", Reference: "red", Target: "green"}},
	}
	evaluation, err := eval.New(eval.FashionIQ, split)
	if err != nil {
		log.Fatal(err)
	}
	outcome, err := evaluation.Outcome(0, []float32{0.9, 0.2, 0.4}) // cosines, in the gallery's order
	if err != nil {
		log.Fatal(err)
	}
	if err := evaluation.Add(outcome); err != nil {
		log.Fatal(err)
	}
	result, err := evaluation.Result()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.Top, "rank", outcome.Rank)
	fmt.Println(result.Protocol, result.Metrics)
	// Output:
	// [red green blue] rank 1
	// fashioniq-split [{R@10 100} {R@50 100}]
}
