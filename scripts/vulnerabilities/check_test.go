//go:build unix

// Package vulnerabilities tests what `make vulnerabilities` makes of govulncheck's answers.
package vulnerabilities

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// check runs check.sh with a govulncheck that says something on standard error and exits with a status. It returns the
// script's own exit status, what it said, and what it wrote to the file that UNCHECKED names, if it is to have one.
func check(t *testing.T, says string, status int, unchecked bool) (got int, said, written string) {
	t.Helper()
	dir := t.TempDir()
	program, file := filepath.Join(dir, "govulncheck"), filepath.Join(dir, "unchecked")
	if _, err := os.Stat("check.sh"); err != nil { // so the go command runs this test again when the script has changed
		t.Fatal(err)
	}
	text := fmt.Sprintf("#!/bin/sh\ncat >&2 <<'end'\n%s\nend\nexit %d\n", says, status)
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("bash", "./check.sh", program)
	command.Env = append(os.Environ(), "GOVULNDB=", "UNCHECKED=")
	if unchecked {
		command.Env = append(command.Env, "UNCHECKED="+file)
	}
	out, err := command.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	what, _ := os.ReadFile(file) // not there where nothing was written
	return command.ProcessState.ExitCode(), string(out), string(what)
}

// Findings and failures fail, with UNCHECKED or without. Only a database that can't be reached passes where UNCHECKED is set,
// and says so.
func TestOutcomes(t *testing.T) {
	const address = `govulncheck: fetching vulnerabilities: Get "https://vuln.go.dev/index/modules.json.gz": `
	for _, c := range []struct {
		says   string
		status int
		want   int // without UNCHECKED
	}{
		{"", 0, 0},
		{"", 3, 3},
		{"govulncheck: loading packages: undefined: x", 1, 1},
		{"panic: index out of range", 2, 2},
		{"creating client: unrecognized vulndb format", 1, 1}, // a database of one's own that gives no answer
		{`govulncheck: loading packages: Get "https://proxy.example/x/@v/list": dial tcp: i/o timeout`, 1, 1},
		{"a finding in a function that reports dial tcp: i/o timeout", 3, 3},
		{address + "dial tcp: lookup vuln.go.dev: no such host", 1, 4},
		{address + "dial tcp 1.2.3.4:443: i/o timeout", 1, 4},
		{address + "proxyconnect tcp: EOF", 1, 4},
		{"govulncheck: HTTP GET https://vuln.go.dev/index/db.json.gz returned unexpected status: 503 Service Unavailable", 1, 4},
		{"govulncheck: HTTP GET https://vuln.go.dev/index/db.json.gz returned unexpected status: 404 Not Found", 1, 1},
	} {
		for _, unchecked := range []bool{false, true} {
			passes := unchecked && c.want == 4
			want := c.want
			if passes {
				want = 0
			}
			got, said, written := check(t, c.says, c.status, unchecked)
			if got != want || passes != strings.Contains(written, "NOT CHECKED") {
				t.Errorf("%q with status %d, UNCHECKED %v: status %d, want %d; wrote %q", c.says, c.status, unchecked, got, want, written)
			}
			if !strings.Contains(said, c.says) || (c.want == 4) != strings.Contains(said, "NOT CHECKED") {
				t.Errorf("%q with status %d: said %q", c.says, c.status, said)
			}
		}
	}
}
