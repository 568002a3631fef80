package backend_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/cir/backend"
)

func TestPureGoIsAlwaysThere(t *testing.T) {
	b, line, err := backend.Open("go")
	if err != nil {
		t.Fatal(err)
	}
	if b.Name() == "" || !strings.HasPrefix(line, "backend ") {
		t.Errorf("name %q, line %q", b.Name(), line)
	}
}

// A backend that was asked for and can't be had is an error, never another backend.
func TestNamedBackendIsObeyedOrRefused(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	if err := os.WriteFile(empty, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	garbage := filepath.Join(dir, "pjrt_c_api_cpu_garbage.so")
	if err := os.WriteFile(garbage, []byte("\x7fELF and then nothing of the kind"), 0o644); err != nil {
		t.Fatal(err)
	}
	alone(t)
	for _, name := range []string{"tpu9", "xla", "xla:cpu", "xla:tpu", "xla:" + empty, "xla:" + garbage, "xla:/nowhere/plugin.so"} {
		b, _, err := backend.Open(name)
		if err == nil {
			t.Fatalf("%s: opened %s", name, b.Name())
		}
		if !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error is not one line that names it: %v", name, err)
		}
	}
}

func TestEnvironmentNamesTheBackend(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	if _, line, err := backend.Open(""); err != nil || strings.Contains(line, "no XLA") {
		t.Errorf("line %q, err %v", line, err)
	}
	t.Setenv("GOMLX_BACKEND", "tpu9")
	if _, _, err := backend.Open(""); err == nil {
		t.Error("an unknown $GOMLX_BACKEND was not refused")
	}
}
