package verify_test

import (
	"fmt"
	"testing"

	"gocir/cir/cirtest"
	"gocir/cir/verify"
)

// Every golden case of the set in testdata passes on the backend that $GOMLX_BACKEND names, pure Go if none.
func TestGolden(t *testing.T) {
	verify.Run(verify.Set{Dir: "../../testdata/golden/a", Backend: cirtest.Backend(t)}, func(row verify.Row) {
		t.Logf("%-18s %5d cases, worst %.2g of %.2g (%s)", row.Kind, row.Cases, row.Error, row.Tolerance, row.Worst)
		if !row.Pass {
			t.Error(fmt.Sprint(row.Misses))
		}
	})
}
