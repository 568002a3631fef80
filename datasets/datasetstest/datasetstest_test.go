package datasetstest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gocir/datasets/datasetstest"
)

// A printer is a test that prints what would fail it.
type printer struct{ testing.TB }

func (printer) Helper()                           {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (printer) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func ExampleWantError() {
	t := printer{} // a *testing.T in a test
	err := errors.New("cap.json, record 7: no target")
	datasetstest.WantError(t, err, "cap.json", "record 7")
	datasetstest.WantError(t, err, "cap.json", "record 8")
	// Output: error "cap.json, record 7: no target" does not say "record 8"
}

func TestNoErrorEndsTheTest(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no error passed for one")
		}
	}()
	datasetstest.WantError(printer{}, nil, "x")
}

func TestLay(t *testing.T) {
	dir := datasetstest.Lay(t, map[string]string{"a.txt": "1", "b/c/d.txt": "2"})
	for name, want := range map[string]string{"a.txt": "1", "b/c/d.txt": "2"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
