package feed_test

import (
	"fmt"

	"gocir/cir/feed"
	"gocir/datasets"
)

func ExampleFeed() {
	f := feed.Feed{
		BatchSize: 2,
		Triplets: []datasets.Triplet{
			{ID: "0", Reference: "a", Target: "b", Captions: []string{"is red", "has no sleeves"}},
			{ID: "1", Reference: "b", Target: "c", Captions: []string{"is longer", "is more formal"}},
			{ID: "2", Reference: "c", Target: "d", Captions: []string{"is blue", "has dots"}},
			{ID: "3", Reference: "d", Target: "a", Captions: []string{"is plain", "has a belt"}},
		},
	}
	batches, err := f.Epoch(0, 1) // resumed after step 0
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range batches {
		for i, t := range b.Triplets {
			fmt.Printf("step %d: %s to %s: %q, back: %q\n", b.Step, t.Reference, t.Target, b.Forward[i], b.Backward[i])
		}
	}
	// Output:
	// step 1: b to c: "[forward] is more formal", back: "[backward] is longer and [BACKWARD] is more formal"
	// step 1: d to a: "[forward] has a belt", back: "[backward] has a belt and [BACKWARD] is plain"
}
