package retrieve_test

import (
	"fmt"

	"gocir/cir/embed"
	"gocir/cir/retrieve"
)

func Example() {
	gallery := &embed.Embeddings{
		Names: []string{"red dress", "blue dress", "red shirt"},
		Width: 3,                                    // dress, red, blue
		Data:  []float32{1, 1, 0, 1, 0, 1, 0, 2, 0}, // normalised by New
	}
	index, err := retrieve.New(gallery, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	query := []float32{1, 0.1, 0.9} // "the red dress, but in blue"
	retrieve.Normalize(query)
	hits, err := index.Search(query, 2, "red dress")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, hit := range hits {
		fmt.Printf("%s %.3f\n", hit.Name, hit.Score)
	}
	// Output:
	// blue dress 0.996
	// red shirt 0.074
}
