package backend

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"gocir/cir/backend/plugin"
)

// Plugins are the XLA plugins that are there, usable or not, in the order in which Open prefers them: those that `cir
// setup` installed (in the project's .local, else in the user's folder), then those in the folders that go-xla searches.
// A plugin for GPUs that are not there is listed with that as its error.
func Plugins() []plugin.Found {
	all := plugin.Installed(plugin.Roots("."), plugin.Pins...)
	for _, other := range plugin.Others() {
		if !slices.ContainsFunc(all, func(f plugin.Found) bool { return f.Path == other.Path }) {
			all = append(all, other)
		}
	}
	for i, f := range all {
		all[i].Err = cmp.Or(f.Err, misnamed(f))
		if f.Is("cuda") && !plugin.HasNVIDIA() {
			all[i].Err = fmt.Errorf("%s is for an NVIDIA GPU, and this machine shows none", f.Path)
		}
	}
	return all
}

// misnamed reports a path that go-xla would misunderstand: it cuts options off at a comma, and goes by the letters of all of
// the path.
func misnamed(f plugin.Found) error {
	path := strings.ToUpper(f.Path)
	if strings.Contains(path, ",") {
		return fmt.Errorf("%s has a comma in its path, where go-xla expects options: put the plugin in another folder (`cir setup -dir DIR`)", f.Path)
	}
	if f.Is("cpu") && (strings.Contains(path, "CUDA") || strings.Contains(path, "NVIDIA")) {
		return fmt.Errorf("%s is a CPU plugin, and go-xla would take it for a GPU's: put it in a folder whose path holds neither \"cuda\" nor \"nvidia\" (`cir setup -dir DIR`)", f.Path)
	}
	return nil
}

// candidates are the plugins that a name may mean, the first preferred.
func candidates(name string) ([]plugin.Found, error) {
	switch {
	case !LoadsPlugins:
		return nil, errors.New("this program was built without cgo, which loading a plugin needs")
	case filepath.IsAbs(name):
		f := plugin.File(name)
		f.Err = cmp.Or(f.Err, misnamed(f))
		return []plugin.Found{f}, nil
	case runtime.GOOS != "linux":
		return []plugin.Found{{Path: name}}, nil // go-xla knows where plugins are on other systems
	}
	meant := func(f plugin.Found) bool { return f.Is(name) }
	if name == "" { // the best: a GPU's where there is one
		name, meant = "for this machine", func(f plugin.Found) bool { return !f.Is("cuda") || plugin.HasNVIDIA() }
	}
	all := slices.DeleteFunc(Plugins(), func(f plugin.Found) bool { return !meant(f) })
	if len(all) == 0 {
		return nil, fmt.Errorf("no plugin %s is installed; `cir setup` installs one", name)
	}
	return all, nil
}

// Asked is the name of the backend that is asked for: name, else $GOMLX_BACKEND; empty where the best is to be taken.
func Asked(name string) string {
	return cmp.Or(name, os.Getenv(compute.ConfigEnvVar))
}
