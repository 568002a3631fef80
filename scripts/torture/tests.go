package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocir/torture"
)

// runTests runs the tests of the packages that torture, with their full numbers. What they print goes to stderr.
func runTests(ctx context.Context, packages []string, within time.Duration) ([]row, error) {
	if len(packages) == 0 {
		return nil, nil
	}
	dir, err := os.MkdirTemp("", "torture-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "report")
	args := append([]string{"test", "-count=1", "-timeout", within.String(), "-tags", tags, "-run", "^TestTorture"}, packages...)
	command := goCommand(ctx, args...)
	command.Env = append(os.Environ(), torture.FullVariable+"=1", torture.ReportVariable+"="+path)
	var said bytes.Buffer
	command.Stdout, command.Stderr = io.MultiWriter(os.Stderr, &said), os.Stderr
	failed := command.Run()
	entries, err := readEntries(path)
	if err != nil {
		return nil, err
	}
	rows := merge(entries)
	if failed != nil {
		rows = append(rows, failures(said.String(), failed)...)
	}
	return rows, nil
}

// readEntries reads what the tests reported.
func readEntries(path string) (entries []torture.Entry, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no test got so far
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := json.NewDecoder(f)
	for {
		var e torture.Entry
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return entries, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading what the tests reported: %w", err)
		}
		entries = append(entries, e)
	}
}

// merge makes a row of all entries of a fault, in the order in which faults were reported first.
func merge(entries []torture.Entry) (rows []row) {
	at := map[string]int{}
	for _, e := range entries {
		i, known := at[e.Fault]
		if !known {
			i = len(rows)
			at[e.Fault] = i
			rows = append(rows, row{fault: e.Fault})
		}
		r := &rows[i]
		r.tried, r.lost, r.took = r.tried+e.Tried, r.lost+e.Lost, r.took+time.Duration(e.Seconds*float64(time.Second))
		if !strings.Contains(r.holds, e.Holds) {
			r.holds = strings.TrimPrefix(r.holds+"; "+e.Holds, "; ")
		}
	}
	return rows
}

// failures are rows for the packages whose tests failed: one that crashed has reported nothing.
func failures(said string, failed error) (rows []row) {
	for line := range strings.Lines(said) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "FAIL" {
			rows = append(rows, row{fault: "tests of " + short(fields[1]), lost: 1, holds: "nothing: they failed, the output says why"})
		}
	}
	if len(rows) == 0 {
		rows = append(rows, row{fault: "go test", lost: 1, holds: "nothing: " + failed.Error()})
	}
	return rows
}

// short is a package's path below the module.
func short(pkg string) string {
	_, below, ok := strings.Cut(pkg, "/")
	if !ok {
		return pkg
	}
	return below
}
