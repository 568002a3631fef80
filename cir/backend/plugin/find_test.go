package plugin_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/cir/backend/plugin"
)

// Other systems are told that pure Go works there.
func TestOtherSystems(t *testing.T) {
	if err := plugin.Supported("linux", "amd64"); err != nil {
		t.Error(err)
	}
	for _, system := range [][2]string{{"linux", "arm64"}, {"darwin", "arm64"}, {"windows", "amd64"}} {
		err := plugin.Supported(system[0], system[1])
		if err == nil || !strings.Contains(err.Error(), "pure Go") || !strings.Contains(err.Error(), system[0]+" on "+system[1]) {
			t.Errorf("%v: %v", system, err)
		}
	}
}

// What is cut short, or no library, is told apart from what is whole.
func TestWhole(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"whole":     {library(), ""},
		"truncated": {library()[:150], "truncated"},
		"empty":     {nil, "not a shared library"},
		"garbage":   {[]byte("\x7fELF and then nothing of the kind"), "not a shared library"},
		"text":      {[]byte("Not Found"), "not a shared library"},
	} {
		file := filepath.Join(t.TempDir(), "plugin.so")
		write(t, file, c.data)
		err := plugin.Whole(file)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if err := plugin.Whole("/nowhere/plugin.so"); err == nil {
		t.Error("a file that is not there is whole")
	}
}

// Installed plugins are found root by root, CUDA first; a damaged one with the reason and the way out.
func TestInstalled(t *testing.T) {
	cpu, file := fake(t)
	cuda, wheels := fakeTwo(t)
	first, second := t.TempDir(), t.TempDir()
	for _, install := range []struct {
		p            plugin.Pin
		root, wheels string
	}{{cpu, first, file}, {cpu, second, file}, {cuda, second, wheels}} {
		if _, err := install.p.Install(context.Background(), filepath.Join(install.root, install.p.Folder), plugin.Options{From: install.wheels}); err != nil {
			t.Fatal(err)
		}
	}
	cut := filepath.Join(first, "pjrt", cpu.Library)
	if err := os.Truncate(cut, 150); err != nil {
		t.Fatal(err)
	}
	found := plugin.Installed([]string{first, t.TempDir(), second}, cpu, cuda)
	var paths []string
	for _, f := range found {
		paths = append(paths, f.Path)
	}
	want := []string{filepath.Join(second, "cuda", cuda.Library), cut, filepath.Join(second, "pjrt", cpu.Library)}
	if !slices.Equal(paths, want) {
		t.Fatalf("found %q, want %q", paths, want)
	}
	if err := found[1].Err; err == nil || !strings.Contains(err.Error(), "cir setup") || !strings.Contains(err.Error(), cut) {
		t.Errorf("the damaged one: %v", err)
	}
	if found[0].Err != nil || found[2].Err != nil {
		t.Errorf("the whole ones: %v, %v", found[0].Err, found[2].Err)
	}
}

// Plugins that others installed have the names that go-xla gives them, and a damaged one is not hidden.
func TestOthers(t *testing.T) {
	dir, second := t.TempDir(), t.TempDir()
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", dir+"::"+second)
	write(t, filepath.Join(dir, "pjrt_c_api_cpu_v0.114.0_plugin.so"), library())
	write(t, filepath.Join(dir, "pjrt-plugin-odd.so"), nil)
	write(t, filepath.Join(dir, "libother.so"), library())
	write(t, filepath.Join(second, "pjrt_plugin_cuda.so"), library())
	var names []string
	for _, f := range plugin.Others() {
		names = append(names, f.Name)
		if broken := f.Err != nil; broken != (f.Name == "odd") {
			t.Errorf("%s: %v", f.Path, f.Err)
		}
	}
	if want := []string{"cuda", "cpu_v0.114.0", "odd"}; !slices.Equal(names, want) {
		t.Errorf("found %q, want %q", names, want)
	}
	if f := plugin.Others()[1]; !f.Is("cpu") || !f.Is("cpu_v0.114.0") || f.Is("cp") || f.Is("cuda") {
		t.Error("a versioned plugin goes by its name with and without the version, and by no other")
	}
}

// Only this project's own .local counts, from any folder in it.
func TestProjectRoot(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	for module, want := range map[string]string{"module gocir\n\ngo 1.26\n": filepath.Join(dir, ".local"), "module gocir/evil\n": "", "module other\n": ""} {
		write(t, filepath.Join(dir, "go.mod"), []byte(module))
		if got := plugin.ProjectRoot(below); got != want {
			t.Errorf("%q: %q, want %q", module, got, want)
		}
	}
}

// The user's folder is an absolute one, or none.
func TestUserRoot(t *testing.T) {
	for _, c := range [][3]string{
		{"/home/u", "", "/home/u/.local/share/gocir"},
		{"/home/u", "/data", "/data/gocir"},
		{"/home/u", "data", "/home/u/.local/share/gocir"},
		{"", "", ""},
		{"relative", "", ""},
	} {
		t.Setenv("HOME", c[0])
		t.Setenv("XDG_DATA_HOME", c[1])
		if got := plugin.UserRoot(); got != c[2] {
			t.Errorf("HOME=%q XDG_DATA_HOME=%q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
