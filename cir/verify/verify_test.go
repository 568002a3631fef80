package verify_test

import (
	"fmt"
	"testing"

	"gocir/cir/backend"
	"gocir/cir/verify"
)

// Every golden case of the set in testdata passes on the backend that $GOMLX_BACKEND names.
func TestGolden(t *testing.T) {
	b, line, err := backend.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(line)
	verify.Run(verify.Set{Dir: "../../testdata/golden/a", Backend: b}, func(row verify.Row) {
		t.Logf("%-18s %5d cases, worst %.2g of %.2g (%s)", row.Kind, row.Cases, row.Error, row.Tolerance, row.Worst)
		if !row.Pass {
			t.Error(fmt.Sprint(row.Misses))
		}
	})
}
