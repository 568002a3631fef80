// Package backend opens the machine that runs the compiled graphs: XLA where a plugin is found, else GoMLX's pure Go
// backend. Nothing but speed depends on which one it is; `cir verify` shows that.
package backend

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // registers "go", always there
)

// Open opens a backend and says in one line which one and why.
//
// name is "go", "xla", "xla:cpu", "xla:cuda" or "xla:/path/of/a/plugin.so"; an empty name takes $GOMLX_BACKEND, and
// where that is unset too the best that is found: an XLA plugin (see Plugins), else pure Go with the reason in the line. A
// name that was asked for is obeyed or is an error: there is no silent fall-back. Every plugin is checked before it is
// loaded, and nothing is downloaded. What XLA's pinned CPU plugin compiles is kept for the next process (ProgramsFolder).
func Open(name string) (b compute.Backend, line string, err error) {
	if name = Asked(name); name != "" {
		b, line, err = open(name)
		if err != nil {
			return nil, "", fmt.Errorf("opening backend %q: %w (names: go, xla, xla:cpu, xla:cuda, xla:/path/of/plugin.so)", name, err)
		}
		return b, line, nil
	}
	b, line, xlaErr := open("xla")
	if xlaErr == nil {
		return b, line, nil
	}
	if b, line, err = open("go"); err != nil {
		return nil, "", fmt.Errorf("opening the pure Go backend: %w", err)
	}
	return b, fmt.Sprintf("%s (no XLA: %v)", line, xlaErr), nil
}

// open opens a backend by name. Of several plugins that a name may mean it takes the first that works, and the line tells
// of those before it.
func open(name string) (compute.Backend, string, error) {
	kind, config, _ := strings.Cut(name, ":")
	switch kind {
	case "xla":
		return openXLA(config)
	case "go":
		name = "go:" + sequential(config)
	}
	b, err := create(name)
	if err != nil {
		return nil, "", err
	}
	return b, describe(b), nil
}

// openXLA opens the plugin that config begins with; options for it may follow after commas.
func openXLA(config string) (compute.Backend, string, error) {
	name, options, _ := strings.Cut(config, ",")
	candidates, err := candidates(name)
	if err != nil {
		return nil, "", err
	}
	var faults []string
	for _, c := range candidates {
		if c.Err == nil {
			keepMemory()
			c.Err = loadable(c)
		}
		if c.Err != nil {
			faults = append(faults, firstLine(c.Err))
			continue
		}
		keepPrograms(c)
		b, err := create("xla:" + strings.TrimSuffix(c.Path+","+options, ","))
		if err == nil {
			return b, describe(b) + passedOver(faults), nil
		}
		cause, _, _ := strings.Cut(err.Error(), " -- ") // what follows is advice for programmers
		faults = append(faults, fmt.Sprintf("%s: %s", c.Path, cause))
	}
	return nil, "", errors.New(strings.Join(faults, "; "))
}

func passedOver(faults []string) string {
	if len(faults) == 0 {
		return ""
	}
	return fmt.Sprintf(" (passed over: %s)", strings.Join(faults, "; "))
}

// create turns the panics of GoMLX's constructors (an unknown name, a plugin file that is none) into errors.
func create(name string) (b compute.Backend, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("%s", firstLine(fmt.Errorf("%v", p)))
		}
	}()
	b, err = compute.NewWithConfig(name)
	if err != nil {
		return nil, errors.New(firstLine(err))
	}
	return b, nil
}

// sequential makes the pure Go backend run one operation after the other, each on all cores. Left to itself it also
// runs operations beside each other, and on few cores it then stands still for ever: operations that hold all workers
// wait for workers (seen in compute v0.1.6 with the text encoder's gradients on two cores).
func sequential(config string) string {
	if strings.Contains(config, "ops_") {
		return config
	}
	return strings.TrimPrefix(config+",ops_sequential", ",")
}

func describe(b compute.Backend) string {
	return fmt.Sprintf("backend %s: %s", b.Name(), firstLine(errors.New(b.Description())))
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return line
}
