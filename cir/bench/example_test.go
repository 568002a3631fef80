package bench_test

import (
	"fmt"
	"os"

	"gocir/cir/bench"
)

// A report as it is shown: ours beside the others, and how far the goal is met.
func ExampleReport_Table() {
	r := bench.Report{Results: []bench.Result{{
		What: "image encoder", Unit: "images/s", Amount: 8,
		Ways:  []bench.Measured{{Way: "gocir", Seconds: []float64{4, 5, 4}}, {Way: "PyTorch", Seconds: []float64{6, 5, 5}}},
		Goals: []bench.Met{{Against: "PyTorch", Least: 1, Ratio: 1.25}},
	}}}
	if err := r.Table().WriteMarkdown(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// | what | in | gocir | others | times as fast as | memory, GiB |
	// | --- | --- | --- | --- | --- | --- |
	// | image encoder | images/s | 2 | PyTorch 1.6 | 1.25× PyTorch, goal 1 |  |
}
