package main

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

// Tests and fuzz targets are found under the package that the go command names after them.
func TestParseList(t *testing.T) {
	got := parseList("TestTortureA\nFuzzB\nok  \tgocir/a\t0.1s\nok  \tgocir/b\t0.1s [no tests to run]\n?   \tgocir/c\t[no test files]\nFuzzD\nFuzzE\nok  \tgocir/d/e\t0.2s\n")
	want := found{tortured: []string{"gocir/a"}, fuzzed: []target{{"gocir/a", "FuzzB"}, {"gocir/d/e", "FuzzD"}, {"gocir/d/e", "FuzzE"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// Reports of one fault are one row; a package that failed gets one too.
func TestRows(t *testing.T) {
	rows := merge([]torture.Entry{
		{Fault: "a", Holds: "x", Tried: 2, Seconds: 1},
		{Fault: "b", Holds: "y", Tried: 1, Lost: 1, Seconds: 1},
		{Fault: "a", Holds: "z", Tried: 3, Seconds: 0.5},
		{Fault: "a", Holds: "x", Tried: 5},
	})
	want := []row{{"a", "x; z", 10, 0, 1500 * time.Millisecond}, {"b", "y", 1, 1, time.Second}}
	if !reflect.DeepEqual(rows, want) || !anyLost(rows) || anyLost(rows[:1]) {
		t.Errorf("rows %v, want %v", rows, want)
	}
	broken := failures("ok  \tgocir/a\t1s\n--- FAIL: TestTortureX\nFAIL\nFAIL\tgocir/cir/embed\t2.1s\nFAIL\n", errors.New("exit status 1"))
	if len(broken) != 1 || broken[0].fault != "tests of cir/embed" || !anyLost(broken) {
		t.Errorf("rows of a failure: %v", broken)
	}
	text, err := markdown(rows, time.Minute)
	if err != nil || !strings.Contains(text, "| b | 1 | 1 | y | 1 |\n") || !strings.Contains(text, "in 1 minutes") {
		t.Errorf("%v: %s", err, text)
	}
}

// Targets are shortened alike where they would not fit, and the readers begin.
func TestPlan(t *testing.T) {
	targets := []target{{"gocir/a", "FuzzA"}, {"gocir/checkpoints/torch", "FuzzOpen"}, {"gocir/b", "FuzzB"}, {"gocir/checkpoints/safetensors", "FuzzOpen"}}
	f := fuzzing{readers: 10 * time.Minute, others: 30 * time.Second, left: time.Hour}
	ordered, times := f.plan(targets)
	if !ordered[0].isReader() || !ordered[1].isReader() || ordered[2].isReader() || times[0] != 10*time.Minute || times[3] != 30*time.Second {
		t.Errorf("plan %v %v", ordered, times)
	}
	f.left = 5*time.Minute + 15*time.Second + 2*building
	if _, times = f.plan(targets); times[0] != 5*time.Minute || times[3] != 15*time.Second {
		t.Errorf("shortened to %v", times)
	}
	f.left = 0
	if _, times = f.plan(targets); times[0] != time.Second {
		t.Errorf("without time: %v", times)
	}
}

// A crash is told from the time limit, and fuzzing that did nothing is a failure.
func TestFailed(t *testing.T) {
	for _, c := range []struct {
		said string
		err  error
		want bool
	}{
		{"fuzz: elapsed: 3s, execs: 12 (4/sec)\nfuzz: elapsed: 6s, execs: 300 (9/sec)\nPASS\n", nil, false},
		{"PASS\n", nil, true},
		{"fuzz: elapsed: 3s, execs: 12\n--- FAIL: FuzzX (3s)\n    context deadline exceeded\n", errors.New("exit status 1"), false},
		{"fuzz: elapsed: 3s, execs: 12\n--- FAIL: FuzzX (3s)\n    Failing input written to testdata\n", errors.New("exit status 1"), true},
		{"does not build", errors.New("exit status 1"), true},
	} {
		if got := failed(c.said, c.err); got != c.want {
			t.Errorf("%q: %v", c.said, got)
		}
	}
	if n := executions("execs: 12 (4/sec)\nexecs: 300 (9/sec)"); n != 300 {
		t.Errorf("%d executions", n)
	}
}
