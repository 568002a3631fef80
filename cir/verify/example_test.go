package verify_test

import (
	"fmt"

	"gocir/cir/backend"
	"gocir/cir/verify"
)

// Two of the kinds of golden cases, on the pure Go backend.
func ExampleRun() {
	b, _, err := backend.Open("go")
	if err != nil {
		fmt.Println(err)
		return
	}
	set := verify.Set{Dir: "../../testdata/golden/a", Backend: b, Kinds: []string{"text encoder", "Adam"}}
	pass := verify.Run(set, func(row verify.Row) {
		fmt.Println(row.Kind, row.Error <= row.Tolerance)
	})
	fmt.Println("pass:", pass)
	// Output:
	// text encoder true
	// Adam true
	// pass: true
}
