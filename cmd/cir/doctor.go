package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"strings"

	"gocir/cir/backend"
	"gocir/cir/backend/plugin"
	"gocir/cir/report"
)

type doctorCommand struct {
	Backend string `placeholder:"NAME" help:"Backend to look at: go, xla, xla:cpu, xla:cuda or xla:/path/of/plugin.so." otherwise:"$GOMLX_BACKEND, else the best that is found" eg:"-backend xla:cpu"`

	plainFormat `embed:""`
}

// A finding is what the doctor has to say about one thing.
type finding struct {
	What  string `json:"what"`
	Value string `json:"value"`
	Wrong string `json:"wrong,omitempty"` // what is wrong with it
	Next  string `json:"next,omitempty"`  // what to do
}

// Run looks at the machine. It fails only where a backend was asked for, by -backend or $GOMLX_BACKEND, and is not there.
func (c *doctorCommand) Run(a *app) error {
	all := append(program(), machine()...)
	about, missing := c.backend(a)
	all = append(all, about...)
	all = append(all, plugins()...)
	all = append(all, folders()...)
	var err error
	if c.Format == "json" {
		err = a.printJSON(all)
	} else {
		err = doctorTable(all).WriteTerminal(a.stdout)
	}
	return cmp.Or(err, missing)
}

// program is about this program.
func program() []finding {
	with := builtWith()
	simd := finding{What: "GOEXPERIMENT=simd", Value: "on"}
	if !strings.Contains(with["GOEXPERIMENT"], "simd") {
		simd.Value, simd.Next = "off", "pure Go multiplies matrices several times faster if the program is built with GOEXPERIMENT=simd, as the Makefile does"
	}
	xla := finding{What: "XLA", Value: "can be loaded"}
	if !backend.LoadsPlugins {
		xla.Value, xla.Next = "left out: built without cgo", "build with CGO_ENABLED=1 and a C compiler to use XLA plugins"
	}
	return []finding{{What: "program", Value: versionLine()}, simd, xla}
}

// machine is about the hardware.
func machine() []finding {
	cores := fmt.Sprintf("%d, of which Go uses %d", runtime.NumCPU(), runtime.GOMAXPROCS(0))
	return []finding{{What: "cores", Value: cores}, {What: "memory", Value: memory()}, gpu()}
}

// backend tries the backend that commands would use. missing is an error if one was asked for and is not there.
func (c *doctorCommand) backend(a *app) (all []finding, missing error) {
	asked := finding{What: "backend asked for", Value: cmp.Or(backend.Asked(c.Backend), "none: the best that is found")}
	if c.Backend == "" && backend.Asked("") != "" {
		asked.Value += ", by $GOMLX_BACKEND"
	}
	used := finding{What: "backend"}
	probed, err := probe(a, c.Backend)
	if err != nil {
		used.Value, used.Wrong = "none", err.Error()
		used.Next = "install a plugin with `cir setup`, or compute with -backend go"
		if backend.Asked(c.Backend) != "" {
			missing = backendError{fmt.Errorf("the backend %s that was asked for does not work here", backend.Asked(c.Backend))}
		}
		return []finding{asked, used}, missing
	}
	used.Value = strings.TrimPrefix(probed.Line, "backend ")
	if probed.Difference > 0 {
		used.Value += fmt.Sprintf("; its product of two matrices is %.2g from that of pure Go", probed.Difference)
	}
	devices := finding{What: "devices", Value: fmt.Sprintf("%d: %s", len(probed.Devices), strings.Join(probed.Devices, ", "))}
	return []finding{asked, used, devices}, nil
}

// plugins is a finding for each plugin that is there, ours read as a whole.
func plugins() []finding {
	var all []finding
	for _, f := range backend.Plugins() {
		found := finding{What: "plugin " + f.Name, Value: f.Path}
		switch {
		case f.Err == nil && f.Pin == nil:
			found.Value += ", installed by other means"
		case f.Err == nil:
			f.Err = f.Pin.Verify(f.Folder)
			found.Value += fmt.Sprintf(", version %s, SHA-256 as pinned", f.Pin.Version)
		}
		if f.Err != nil {
			found.Value, found.Wrong = f.Path, f.Err.Error()
			found.Next = "`cir setup` installs a plugin anew; one of others is best removed, or named with -backend if it is wanted"
		}
		all = append(all, found)
	}
	if len(all) == 0 {
		all = append(all, finding{What: "plugin", Value: "none", Next: "`cir setup` installs one: XLA computes several times faster than pure Go"})
	}
	return all
}

// gpu is about NVIDIA's GPUs, whose driver tells its version.
func gpu() finding {
	f := finding{What: "NVIDIA GPU", Value: "none"}
	if plugin.HasNVIDIA() {
		driver, _ := os.ReadFile("/proc/driver/nvidia/version") // not there under WSL
		first, _, _ := strings.Cut(string(driver), "\n")
		f.Value = cmp.Or(strings.Join(strings.Fields(first), " "), "there")
		f.Next = "`cir setup -device cuda` installs the plugin for it, if there is none yet"
	}
	return f
}

func doctorTable(all []finding) report.Table {
	t := report.Table{Columns: []string{"what", "found"}}
	for _, f := range all {
		t.Add(report.Text(f.What), report.Text(f.Value))
		if f.Wrong != "" {
			t.Notes = append(t.Notes, fmt.Sprintf("WRONG, %s: %s", f.What, f.Wrong))
		}
		if f.Next != "" {
			t.Notes = append(t.Notes, fmt.Sprintf("%s: %s", f.What, f.Next))
		}
	}
	return t
}
