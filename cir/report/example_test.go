package report_test

import (
	"fmt"
	"image"
	"log"
	"os"

	"gocir/cir/eval"
	"gocir/cir/report"
)

func ExampleTable() {
	t := report.Table{Columns: []string{"recipe", "R@10", "minutes"}}
	t.Add(report.Text("combiner-fashioniq"), report.Spread(43.49, 0.21, 2), report.Count(12))
	t.Add(report.Text("combiner-fashioniq-forward"), report.Number(42.63, 2), report.Cell{})
	if err := t.WriteTerminal(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// recipe                              R@10  minutes
	// --------------------------  ------------  -------
	// combiner-fashioniq          43.49 ± 0.21       12
	// combiner-fashioniq-forward         42.63        –
}

func ExampleResults() {
	run := func(recall float64) eval.Result {
		return eval.Result{Split: "val", Protocol: eval.CIRR, Metrics: []eval.Metric{{Name: "R@5", Value: recall}}}
	}
	t, err := report.Results("CIRR",
		report.Measured{Name: "with backward loss", Runs: []eval.Result{run(73), run(74), run(72)}},
		report.Measured{Name: "without", Runs: []eval.Result{run(71.5)}})
	if err != nil {
		log.Fatal(err)
	}
	if err := t.WriteCSV(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// run,split,R@5,R@5 deviation
	// with backward loss,val,73,1
	// without,val,71.5,
}

func ExampleOverlay() {
	picture := image.NewGray(image.Rect(0, 0, 32, 64))
	attention := [][]float64{{0.1, 0}, {0.2, 0.7}} // of 2×2 patches
	over := report.Overlay(picture, attention)
	data, err := report.Pictures(2, report.Tile{Title: "picture", Picture: picture}, report.Tile{Title: "attention", Picture: over})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(over.Bounds().Size(), len(data) > 0)
	// Output: (150,300) true
}
