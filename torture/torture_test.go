package torture_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gocir/torture"
)

func ExampleTimes() {
	os.Unsetenv(torture.FullVariable)
	fmt.Println(torture.Times(3, 100), "kills")
	// Output: 3 kills
}

// A test's entry has what it counted.
func TestReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	t.Setenv(torture.ReportVariable, path)
	for range 2 {
		t.Run("one", func(t *testing.T) {
			tally := torture.Begin(t, "a fault", "all is well")
			tally.Tried()
			tally.Tried()
		})
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := json.NewDecoder(f)
	for i := range 2 {
		var e torture.Entry
		if err := lines.Decode(&e); err != nil {
			t.Fatal(err)
		}
		if e.Fault != "a fault" || e.Holds != "all is well" || e.Tried != 2 || e.Lost != 0 || e.Test == "" {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
}
