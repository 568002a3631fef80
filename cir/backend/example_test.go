package backend_test

import (
	"fmt"

	"gocir/cir/backend"
)

// A name that was asked for is obeyed or refused. An empty one takes $GOMLX_BACKEND, else the best that is found, and
// the line says which and why.
func ExampleOpen() {
	b, line, err := backend.Open("go")
	fmt.Println(b.Name(), line != "", err)

	_, _, err = backend.Open("abacus")
	fmt.Println(err != nil)
	// Output:
	// Go Backend true <nil>
	// true
}
