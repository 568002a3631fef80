package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// tags builds in what injures: atomicfile's failpoints.
const tags = "failpoints"

// found are the packages that have tests which torture, and the fuzz targets.
type found struct {
	tortured []string
	fuzzed   []target
}

// A target is a fuzz target.
type target struct{ pkg, name string }

// list asks the go command for the tests of the packages.
func list(ctx context.Context, packages string) (found, error) {
	args := append([]string{"test", "-tags", tags, "-list", "^(TestTorture|Fuzz)"}, strings.Fields(packages)...)
	command := goCommand(ctx, args...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return found{}, fmt.Errorf("listing the tests of %s: %w\n%s", packages, err, out)
	}
	f := parseList(string(out))
	if len(f.tortured)+len(f.fuzzed) == 0 {
		return found{}, fmt.Errorf("%s have neither a test TestTorture… nor a fuzz target", packages)
	}
	return f, nil
}

// goCommand is a run of the go command. It is interrupted when ctx ends, so that it ends its own children.
func goCommand(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, "go", args...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	return command
}

// parseList reads what go test -list prints: the names of a package's tests, each on its line, then "ok", the package and
// the time.
func parseList(text string) (f found) {
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 1 {
			names = append(names, fields[0])
		}
		if len(fields) < 2 || fields[0] != "ok" {
			continue
		}
		for _, name := range names {
			if strings.HasPrefix(name, "Fuzz") {
				f.fuzzed = append(f.fuzzed, target{fields[1], name})
			}
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "TestTorture") }) {
			f.tortured = append(f.tortured, fields[1])
		}
		names = nil
	}
	return f
}
