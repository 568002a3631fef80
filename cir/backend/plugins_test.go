package backend_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/cir/backend"
	"gocir/cir/backend/plugin"
)

// alone hides all plugins of this machine, and gives the user an empty folder, which it returns.
func alone(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	t.Chdir(t.TempDir())
	for name, value := range map[string]string{"GOMLX_BACKEND": "", "PJRT_PLUGIN_LIBRARY_PATH": "", "XDG_DATA_HOME": data} {
		t.Setenv(name, value)
	}
	return filepath.Join(data, "gocir")
}

// put writes a library into a file of that size; what was not written is a hole.
func put(t *testing.T, path string, library []byte, size int64) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, library, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// self is a whole ELF file, if no plugin.
func self(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Without any plugin the best backend is pure Go, and the line says how to get another.
func TestWithoutPluginThereIsPureGo(t *testing.T) {
	alone(t)
	b, line, err := backend.Open("")
	if err != nil || !strings.HasPrefix(b.Name(), "Go") {
		t.Fatalf("%v, %v", b, err)
	}
	if backend.LoadsPlugins && !strings.Contains(line, "`cir setup`") || !strings.Contains(line, "no XLA: ") {
		t.Errorf("line %q", line)
	}
}

// An installed plugin that is damaged is never loaded: the best backend is then pure Go, with a line that says why, and
// asking for the plugin is an error.
func TestDamagedPluginIsPassedOver(t *testing.T) {
	for name, damage := range map[string]func(path string){
		"cut short":                 func(path string) { put(t, path, self(t)[:5000], 5000) },
		"empty":                     func(path string) { put(t, path, nil, 0) },
		"garbage":                   func(path string) { put(t, path, []byte("<html>"), plugin.CPU.Size) },
		"cut but of the right size": func(path string) { put(t, path, self(t)[:64], plugin.CPU.Size) },
		"another version":           func(path string) { put(t, path, self(t), plugin.CPU.Size-4096) },
		"whole but no plugin":       func(path string) { put(t, path, self(t), plugin.CPU.Size) },
		"a folder":                  func(path string) { os.MkdirAll(path, 0o755) },
		"nothing but a link": func(path string) {
			put(t, path, nil, 0)
			os.Remove(path)
			os.Symlink("/proc/none", path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := plugin.CPU.Path(filepath.Join(alone(t), plugin.CPU.Folder))
			damage(path)
			b, line, err := backend.Open("")
			if err != nil || !strings.HasPrefix(b.Name(), "Go") || !strings.Contains(line, "no XLA: ") || strings.Contains(line, "\n") {
				t.Fatalf("%v, %q, %v", b, line, err)
			}
			if name != "nothing but a link" && backend.LoadsPlugins && !strings.Contains(line, path) {
				t.Errorf("line %q does not name %s", line, path)
			}
			for _, asked := range []string{"xla", "xla:cpu", "xla:" + path} {
				if _, _, err := backend.Open(asked); err == nil {
					t.Errorf("%s: opened", asked)
				}
			}
		})
	}
}

// A GPU's plugin on a machine without one is no candidate for the best, and an error where it is asked for.
func TestPluginForAnotherMachine(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", dir)
	put(t, filepath.Join(dir, "pjrt_c_api_cuda_plugin.so"), self(t), int64(len(self(t))))
	if _, line, err := backend.Open(""); err != nil || !plugin.HasNVIDIA() && strings.Contains(line, dir) {
		t.Errorf("line %q, err %v", line, err)
	}
	if _, _, err := backend.Open("xla:cuda"); err == nil || backend.LoadsPlugins && !strings.Contains(err.Error(), dir) {
		t.Errorf("err = %v", err)
	}
}

// A damaged plugin in a folder that go-xla searches is not loaded by the search for another.
func TestDamagedPluginOfOthers(t *testing.T) {
	alone(t)
	dir := t.TempDir()
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", dir)
	put(t, filepath.Join(dir, "pjrt_c_api_cpu_plugin.so"), self(t)[:len(self(t))/3], int64(len(self(t))/3))
	_, line, err := backend.Open("")
	if err != nil || backend.LoadsPlugins && !strings.Contains(line, dir) {
		t.Errorf("line %q, err %v", line, err)
	}
}

// go-xla takes a CPU plugin for a GPU's where a folder is called so, and a comma for the end of a path.
func TestMisunderstoodFolder(t *testing.T) {
	alone(t)
	for folder, want := range map[string]string{"nvidia": "neither", "a,b": "comma"} {
		dir := filepath.Join(t.TempDir(), folder)
		t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", dir)
		put(t, filepath.Join(dir, "pjrt_c_api_cpu_plugin.so"), self(t), int64(len(self(t))))
		_, _, err := backend.Open("xla:cpu")
		if err == nil || backend.LoadsPlugins && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

// The plugin in the user's folder is taken without being asked for. It is the one that these tests run on, or none.
func TestInstalledPluginIsTaken(t *testing.T) {
	_, real, _ := strings.Cut(backend.Asked(""), ":")
	path := plugin.CPU.Path(filepath.Join(alone(t), plugin.CPU.Folder))
	want := "backend Go"
	if info, err := os.Stat(real); err == nil && info.Size() == plugin.CPU.Size {
		put(t, path, nil, 0)
		if err := errors.Join(os.Remove(path), os.Symlink(real, path)); err != nil {
			t.Fatal(err)
		}
		want = "backend xla: xla:" + path
	}
	for _, name := range []string{"", "xla", "xla:cpu"} {
		_, line, err := backend.Open(name)
		if taken := err == nil && strings.HasPrefix(line, want); !taken && (name == "" || want != "backend Go") {
			t.Errorf("%q: line %q, want %s; err %v", name, line, want, err)
		}
	}
}
