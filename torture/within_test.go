package torture_test

import (
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

var kept []byte

// What takes too much memory, or too long, is told; what keeps within its bounds is not.
func TestWithin(t *testing.T) {
	if err := torture.Within(1<<20, time.Minute, func() { kept = make([]byte, 1000) }); err != nil {
		t.Error(err)
	}
	err := torture.Within(1<<20, time.Nanosecond, func() { kept = make([]byte, 2<<20) })
	if err == nil || !strings.Contains(err.Error(), "may take 1048576") || !strings.Contains(err.Error(), "may take 1ns") {
		t.Errorf("err = %v", err)
	}
}
