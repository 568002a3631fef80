package plugin

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// A Found is a plugin's file that was found, usable or not.
type Found struct {
	Path   string
	Name   string // as go-xla names it: cpu, cuda, or what its file's name says
	Pin    *Pin   // what it was installed as; nil: by somebody else
	Folder string // its own folder, where it was installed by us
	Err    error  // why it can't be used; nil: it looks whole
}

// Roots are the folders that hold installed plugins, the first preferred: .local of the project that dir is in, .local
// beside the folder bin that the program is in, and the user's own folder.
func Roots(dir string) []string {
	var roots []string
	add := func(root string) {
		if root != "" && !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	add(ProjectRoot(dir))
	if program, err := os.Executable(); err == nil && filepath.Base(filepath.Dir(program)) == "bin" {
		add(filepath.Join(program, "..", "..", ".local"))
	}
	add(UserRoot())
	return roots
}

// UserRoot is the user's folder of plugins, gocir in $XDG_DATA_HOME or in ~/.local/share; empty where the user has no
// folder.
func UserRoot() string {
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "gocir")
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(home, ".local", "share", "gocir")
}

var thisModule = regexp.MustCompile(`(?m)^module gocir\s*$`)

// ProjectRoot is .local in the folder of this project's go.mod, if dir is in it; else empty. Other modules don't count:
// a plugin is code, and is not run because it lies somewhere.
func ProjectRoot(dir string) string {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			if thisModule.Match(text) {
				return filepath.Join(dir, ".local")
			}
			return ""
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return ""
}

// Installed are the plugins of ours below roots, in the order in which they are preferred: CUDA before the CPU, and root by
// root. Where no file is, nothing is listed; one that can't be used is listed with the reason.
func Installed(roots []string, pins ...Pin) []Found {
	var all []Found
	for _, root := range roots {
		for i := range pins {
			pin := &pins[i]
			folder := filepath.Join(root, pin.Folder)
			err := pin.Check(folder)
			if missing(err) {
				continue
			}
			if err != nil {
				err = fmt.Errorf("%w; `cir setup` installs it again", err)
			}
			all = append(all, Found{Path: pin.Path(folder), Name: pin.Device, Pin: pin, Folder: folder, Err: err})
		}
	}
	slices.SortStableFunc(all, byDevice)
	return all
}

// Others are the plugins in the folders that go-xla searches too, in its order: CUDA, ROCm, the CPU, then all others.
// There each file is checked before it is loaded, while go-xla would load every one that it sees.
func Others() []Found {
	var all []Found
	seen := map[string]bool{}
	for _, folder := range searched() {
		for _, pattern := range []string{"pjrt-plugin-*.so", "pjrt_plugin_*.so", "pjrt_c_api_*_plugin.so"} {
			files, _ := filepath.Glob(filepath.Join(folder, pattern)) // a folder whose name is no pattern has no plugins
			for _, file := range files {
				if !seen[file] {
					seen[file] = true
					all = append(all, File(file))
				}
			}
		}
	}
	slices.SortStableFunc(all, byDevice)
	return all
}

var pluginName = regexp.MustCompile(`^(?:pjrt_c_api_(.+)_plugin|pjrt[-_]plugin[-_](.+))\.(?:so|dylib)$`)

// File is the plugin with that path, whoever installed it: it has a pin where name and size are the pinned ones. Its error
// tells what is wrong with the file, on Linux.
func File(path string) Found {
	f := Found{Path: path}
	if parts := pluginName.FindStringSubmatch(filepath.Base(path)); parts != nil {
		f.Name = cmp.Or(parts[1], parts[2])
	}
	if runtime.GOOS == "linux" {
		f.Err = Whole(path)
	}
	for i, pin := range Pins {
		folder, inside := strings.CutSuffix(path, "/"+pin.Library)
		if inside && pin.Check(folder) == nil {
			f.Pin, f.Folder = &Pins[i], folder
		}
	}
	return f
}

// Is reports whether a plugin goes by a name: its own, or that without a version.
func (f Found) Is(name string) bool { return f.Name == name || strings.HasPrefix(f.Name, name+"_v") }

// byDevice orders plugins by what they compute on.
func byDevice(a, b Found) int {
	order := []string{"cuda", "rocm", "cpu"}
	rank := func(f Found) int {
		if at := slices.IndexFunc(order, f.Is); at >= 0 {
			return at
		}
		return len(order)
	}
	return cmp.Compare(rank(a), rank(b))
}

// searched are the folders in which go-xla looks for plugins.
func searched() []string {
	if paths, set := os.LookupEnv("PJRT_PLUGIN_LIBRARY_PATH"); set {
		return absolute(strings.Split(paths, ":"))
	}
	var folders []string
	for _, base := range []string{os.Getenv("HOME") + "/.local/lib", "/usr/local/lib"} {
		folders = append(folders, base+"/go-xla", base+"/go-xla/nvidia", base+"/gomlx/pjrt")
	}
	folders = append(folders, strings.Split(os.Getenv("LD_LIBRARY_PATH"), ":")...)
	return absolute(append(folders, systemFolders()...))
}

func absolute(paths []string) []string {
	return slices.DeleteFunc(paths, func(p string) bool { return !filepath.IsAbs(p) })
}

// systemFolders are the loader's own, as /etc/ld.so.conf and the files that it includes name them.
func systemFolders() []string {
	files, _ := filepath.Glob("/etc/ld.so.conf.d/*.conf")
	var folders []string
	for _, file := range append([]string{"/etc/ld.so.conf"}, files...) {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // most systems have one or the other
		}
		for line := range strings.Lines(string(text)) {
			folders = append(folders, strings.TrimSpace(line))
		}
	}
	return folders
}

// HasNVIDIA reports whether this machine shows an NVIDIA GPU: a device of the driver, or Windows' own under WSL.
func HasNVIDIA() bool {
	devices, _ := filepath.Glob("/dev/nvidia[0-9]*")
	_, err := os.Stat("/dev/dxg")
	return runtime.GOOS == "linux" && (len(devices) > 0 || err == nil)
}
