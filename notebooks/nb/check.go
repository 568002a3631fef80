package nb

import (
	"fmt"
	"os"
	"reflect"
)

// Check states what a step should give, a shape or a number that can be derived, and ends the cell where it gives
// something else.
func Check(what string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		fmt.Fprintf(os.Stderr, "✗ %s: %v, want %v\n", what, got, want)
		os.Exit(1)
	}
	fmt.Printf("✓ %s: %v\n", what, got)
}

// Between states the bounds of a number that was measured, and ends the cell where it is outside.
func Between(what string, got, low, high float64) {
	if !(got >= low && got <= high) { // NaN is outside too
		fmt.Fprintf(os.Stderr, "✗ %s: %.4g, want %.4g to %.4g\n", what, got, low, high)
		os.Exit(1)
	}
	fmt.Printf("✓ %s: %.4g (expected: %.4g to %.4g)\n", what, got, low, high)
}
