package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gocir/cir/backend/plugin"
)

// unasked runs the command with no backend asked for, and with more variables.
func unasked(t *testing.T, dir string, args []string, variables ...string) outcome {
	t.Helper()
	c := command(dir, args...)
	c.Env = append(append(c.Env, "GOMLX_BACKEND="), variables...)
	return finish(t, c)
}

// What can't be installed is an error that says what to do, and that all works without.
func TestSetupRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fake.whl"), []byte("no wheel"), 0o644); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, "setup", "-from", "fake.whl").want(t, failed, "SHA-256", "nothing was installed", "pure Go")
	runIn(t, dir, "setup", "-from", "gone.whl").want(t, failed, "gone.whl", "pure Go")
	runIn(t, dir, "setup", "-from", ".", "-device", "cuda").want(t, failed, "SHA-256", "cuda plugin")
	runIn(t, dir, "setup", "-check").want(t, failed, "cir setup")
	runIn(t, dir, "setup", "-check", "-dir", "fake.whl").want(t, failed, "fake.whl")
	runIn(t, dir, "setup", "-dir", "fake.whl/pjrt").want(t, failed, "folder that you can write to")
	runIn(t, dir, "setup", "-dir", "x", "-local").want(t, misused, "two folders")
	runIn(t, dir, "setup", "-local").want(t, misused, "go.mod")
	runIn(t, dir, "setup", "-device", "abacus").want(t, misused, `"auto"`)
	unasked(t, dir, []string{"setup"}, "PATH="+dir).want(t, failed, "python3-pip", "-from")
	unasked(t, dir, []string{"setup"}, "HOME=").want(t, misused, "-dir DIR")
	left, _ := filepath.Glob(filepath.Join(dir, ".local", "share", "gocir", "*", "*"))
	for _, file := range left {
		if filepath.Base(file) != ".lock" {
			t.Errorf("%s was left", file)
		}
	}
}

// The doctor shows what there is, and as JSON too.
func TestDoctor(t *testing.T) {
	dir := t.TempDir()
	o := unasked(t, dir, []string{"doctor"})
	o.want(t, 0, "gocir", "GOEXPERIMENT=simd", "cores", "memory", "NVIDIA GPU", "Go Backend", "no XLA", "`cir setup` installs one", "folder runs", "free")
	unasked(t, dir, []string{"doctor", "-format", "json"}).want(t, 0, `"what": "backend"`, `"value": "`)
	unasked(t, dir, []string{"doctor", "-backend", "xla:cuda"}).want(t, noBackend, "WRONG, backend", "xla:cuda", "`cir setup`")
	unasked(t, dir, []string{"doctor"}, "GOMLX_BACKEND=xla").want(t, noBackend, "by $GOMLX_BACKEND", "`cir setup`")
	unasked(t, dir, []string{"doctor"}, "HOME=", "XDG_CACHE_HOME=").want(t, 0, "folder plugins", "set HOME")
}

// Whatever lies where the plugin should be, the doctor names it, and computes on pure Go. If XLA was asked for, that is a
// failure of its own kind.
func TestDoctorOnDamagedPlugins(t *testing.T) {
	whole, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		size int64
	}{
		"truncated":       {whole[:len(whole)/2], int64(len(whole) / 2)},
		"empty":           {nil, 0},
		"garbage":         {[]byte("<html>Not Found</html>"), plugin.CPU.Size},
		"another version": {whole, plugin.CPU.Size + 1},
		"no plugin":       {whole, plugin.CPU.Size},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := plugin.CPU.Path(filepath.Join(dir, ".local", "share", "gocir", plugin.CPU.Folder))
			place(t, path, c.data, c.size)
			unasked(t, dir, []string{"doctor"}).want(t, 0, "plugin cpu", "WRONG, plugin cpu: "+path, "Go Backend", "no XLA")
			unasked(t, dir, []string{"doctor", "-backend", "xla:cpu"}).want(t, noBackend, "WRONG, backend", path)
			unasked(t, dir, []string{"setup", "-check"}).want(t, failed, path)
			unasked(t, dir, []string{"verify", goldenFromHere(t), "-kinds", "prompts"}).want(t, 0, "no XLA", path, "pass")
		})
	}
	dir := t.TempDir()
	path := plugin.CPU.Path(filepath.Join(dir, ".local", "share", "gocir", plugin.CPU.Folder))
	if err := os.MkdirAll(path, 0o755); err != nil { // can't be read, by root neither
		t.Fatal(err)
	}
	unasked(t, dir, []string{"doctor"}).want(t, 0, "WRONG, plugin cpu", "Go Backend")
}

func goldenFromHere(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(golden)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func place(t *testing.T, path string, data []byte, size int64) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// A plugin that ends every process that loads it, as one that is damaged inside may, ends the trial and not the doctor.
func TestDoctorOnPluginThatCrashes(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "crash.c")
	code := "#include <signal.h>\n__attribute__((constructor)) static void crash(void) { raise(SIGBUS); }\n"
	if err := os.WriteFile(source, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	library := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("compiling a plugin that crashes: %v\n%s", err, out)
	}
	found := "PJRT_PLUGIN_LIBRARY_PATH=" + dir
	unasked(t, dir, []string{"doctor"}, found).want(t, 0, library, "ended before it could answer", "`cir setup`")
	unasked(t, dir, []string{"doctor", "-backend", "xla:" + library}).want(t, noBackend, "ended before it could answer")
	trial := unasked(t, dir, []string{"probe", "xla:" + library})
	if trial.exit == 0 || strings.Contains(trial.stdout, "{") {
		t.Errorf("the plugin does not crash: exit %d, %s", trial.exit, trial.stdout)
	}
}

// -v tells of every program that is compiled, and sums up.
func TestVerbose(t *testing.T) {
	args := append([]string{"eval", "-dataset", "cirr", "-data", "@w", "-cache", "none", "-v"}, model...)
	runIn(t, t.TempDir(), args...).want(t, 0, "compiled image encoder in ", " s for float32[32 3 16 16]\n", "compiled text encoder in ", "compiled sum in ", " programs in ")
}
