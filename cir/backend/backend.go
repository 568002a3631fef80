// Package backend opens the machine that runs the compiled graphs: XLA where a plugin is found, else GoMLX's pure Go
// backend. Nothing but speed depends on which one it is; `cir verify` shows that.
package backend

import (
	"fmt"
	"os"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // registers "go", always there
)

// Open opens a backend and says in one line which one and why.
//
// name is "go", "xla", "xla:cpu", "xla:cuda" or "xla:/path/of/a/plugin.so"; an empty name takes $GOMLX_BACKEND, and
// where that is unset too the best that is found: an XLA plugin, else pure Go with the reason in the line. A name
// that was asked for is obeyed or is an error: there is no silent fall-back.
func Open(name string) (b compute.Backend, line string, err error) {
	if name == "" {
		name = os.Getenv(compute.ConfigEnvVar)
	}
	if name != "" {
		b, err = open(name)
		if err != nil {
			return nil, "", fmt.Errorf("opening backend %q: %w (names: go, xla, xla:cpu, xla:cuda, xla:/path/of/plugin.so)", name, err)
		}
		return b, describe(b), nil
	}
	b, xlaErr := open("xla")
	if xlaErr == nil {
		return b, describe(b), nil
	}
	if b, err = open("go"); err != nil {
		return nil, "", fmt.Errorf("opening the pure Go backend: %w", err)
	}
	cause, _, _ := strings.Cut(firstLine(xlaErr), " -- ")
	return b, fmt.Sprintf("%s (no XLA: %s)", describe(b), cause), nil
}

// open turns the panics of GoMLX's constructors (an unknown name, a plugin file that is none) into errors.
func open(name string) (b compute.Backend, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, err = nil, fmt.Errorf("%v", p)
		}
	}()
	switch kind, config, _ := strings.Cut(name, ":"); kind {
	case "xla":
		if err := checkPlugin(config); err != nil {
			return nil, err
		}
	case "go":
		name = "go:" + sequential(config)
	}
	b, err = compute.NewWithConfig(name)
	if err != nil {
		return nil, fmt.Errorf("%s", firstLine(err))
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

// checkPlugin refuses a plugin path that is not a whole shared library. The loader would end the process on a
// truncated one (SIGBUS), which nothing can recover from.
func checkPlugin(plugin string) error {
	plugin, _, _ = strings.Cut(plugin, ",")
	if !strings.HasPrefix(plugin, "/") {
		return nil
	}
	if err := wholeELF(plugin); err != nil {
		return fmt.Errorf("plugin %s: %w", plugin, err)
	}
	return nil
}

func describe(b compute.Backend) string {
	return fmt.Sprintf("backend %s: %s", b.Name(), firstLine(fmt.Errorf("%s", b.Description())))
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return line
}
