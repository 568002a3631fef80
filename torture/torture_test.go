package torture_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
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

// What was taken and given back meanwhile counts too.
func TestGrowth(t *testing.T) {
	const size = 32 << 20
	fill := func() {
		block := make([]byte, size)
		for i := 0; i < size; i += 512 {
			block[i] = 1
		}
	}
	grown := torture.Growth(func() { fill(); debug.FreeOSMemory() })
	if !torture.Race && grown < size*9/10 || grown > 2*size {
		t.Errorf("grew by %d bytes, want about %d", grown, size)
	}
	if grown := torture.Growth(func() {}); grown > size/4 {
		t.Errorf("grew by %d bytes without reason", grown)
	}
}
