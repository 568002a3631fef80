package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"gocir/cir/backend"
)

// probeCommand is what setup and doctor start in a process of its own: a damaged plugin may end the process that loads it.
type probeCommand struct {
	Backend string `arg:"" optional:"" help:"Backend, as for -backend."`
}

// A trial is what the process of a probe writes. One that writes none did not live to the end.
type trial struct {
	backend.Probed
	Error string `json:"error,omitempty"`
}

// Run tries a backend. That it does not work is a result, no failure.
func (c *probeCommand) Run(a *app) error {
	probed, err := backend.Probe(c.Backend)
	t := trial{Probed: probed}
	if err != nil {
		t.Error = err.Error()
	}
	return a.printJSON(t)
}

// probeLimit is how long a trial may take: loading CUDA's libraries from a slow disk takes a minute.
const probeLimit = 3 * time.Minute

// probe tries a backend in a process of its own.
func probe(ctx context.Context, name string) (backend.Probed, error) {
	program, err := os.Executable()
	if err != nil {
		return backend.Probed{}, fmt.Errorf("trying a backend in a process of its own: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	child := exec.CommandContext(ctx, program, "probe", name)
	child.Env = append(os.Environ(), "GOTRACEBACK=none")
	var stdout, stderr bytes.Buffer
	child.Stdout, child.Stderr = &stdout, &stderr
	runErr := child.Run()
	var t trial
	if err := json.Unmarshal(stdout.Bytes(), &t); err != nil {
		return backend.Probed{}, fmt.Errorf("the process that tried it ended before it could answer (%s): its plugin is damaged or does not fit this machine; `cir setup` installs one that is tried", ending(ctx, runErr, stderr.String()))
	}
	if t.Error != "" {
		return t.Probed, errors.New(t.Error)
	}
	return t.Probed, nil
}

// ending says how a process ended, with its first words.
func ending(ctx context.Context, err error, stderr string) string {
	if ctx.Err() != nil {
		return "it took too long, or was interrupted"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	if err == nil {
		return first
	}
	return strings.TrimSuffix(fmt.Sprintf("%v, %s", err, first), ", ")
}
