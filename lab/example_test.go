package lab_test

import (
	"context"
	"fmt"
	"path/filepath"

	"gocir/cir"
	"gocir/cir/backend"
	"gocir/cir/tokenize"
	"gocir/lab"
	"gocir/models"
)

// A model of random weights on a drawn data set of 200 pictures: what is left to do is to train it.
func ExampleSession_Evaluate() {
	dir := must(data())
	tokenizer := must(tokenize.Open(filepath.Join(dir, "vocab.txt")))
	b, _, err := backend.Open("go")
	if err != nil {
		fmt.Println(err)
		return
	}
	config := models.Tiny
	config.Text.Vocabulary = tokenizer.Size()
	weights := must(models.Random(b, append(config.ImageSpecs(), config.TextSpecs()...), 1))
	model := must(cir.NewModel(b, config, weights))

	session := must(lab.OpenModel(model, tokenizer, lab.Options{Recipe: must(models.Recipe("text-cirr-tiny"))}))
	results := must(session.Evaluate(context.Background(), must(lab.OpenDataset("cirr", dir)), "val", lab.Sum))
	r := results.Results[0]
	fmt.Printf("%s %s, protocol %s: %d metrics\n", r.Dataset, r.Split, r.Protocol, len(r.Metrics))
	fmt.Println("every picture of the gallery was encoded:", results.Encoded == r.Gallery)
	// Output:
	// cirr val, protocol cirr: 11 metrics
	// every picture of the gallery was encoded: true
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
