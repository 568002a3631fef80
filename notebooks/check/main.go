// Command check is the last step of a notebook's first cell: it opens the backend that the cells will use and says which
// one it is, or what is wrong with it, in one sentence.
package main

import (
	"fmt"
	"os"

	"gocir/cir/backend"
)

func main() {
	_, line, err := backend.Open("")
	if err != nil {
		fmt.Fprintf(os.Stderr, "The backend is missing: %v. Unset GOMLX_BACKEND for the best one that is there, or install XLA's CPU plugin with `make plugin`, and start Jupyter again.\n", err)
		os.Exit(1)
	}
	fmt.Println("gocir is ready,", line)
}
