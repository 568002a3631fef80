//go:build cgo && linux && !noxla

package backend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gocir/cir/backend"
	"gocir/cir/backend/plugin"
	"gocir/torture"
)

const pluginFault = "XLA plugin missing, truncated, wrong version"

// tried opens a backend in a process of its own, which sees no plugins but those that the variables name. A process that
// does not live to answer is an error.
func tried(user *syscall.Credential, variables ...string) (probed, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "/proc/self/exe")
	c.Dir = os.TempDir()
	c.SysProcAttr = &syscall.SysProcAttr{Credential: user}
	c.Env = append(os.Environ(), asProbe+"=1", "GOCIR_PROGRAMS=none", "GOMLX_BACKEND=", "XDG_DATA_HOME=/nowhere", "PJRT_PLUGIN_LIBRARY_PATH=", "GOTRACEBACK=none")
	c.Env = append(c.Env, variables...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	text, err := c.Output()
	var out probed
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		return out, fmt.Errorf("the process did not answer: %w: %.200s", err, stderr.String())
	}
	return out, nil
}

// A spoilt is a plugin with something wrong.
type spoilt struct {
	name string
	make func(path string) error // makes the file
	user *syscall.Credential
}

// spoiltBy is a file with other bytes.
func spoiltBy(name string, whole []byte, change func(data []byte) []byte) spoilt {
	return spoilt{name: name, make: func(path string) error {
		return os.WriteFile(path, change(slices.Clone(whole)), 0o755)
	}}
}

// fakePlugin compiles a plugin that gives this table of functions.
func fakePlugin(t *testing.T, table string) []byte {
	t.Helper()
	dir := t.TempDir()
	source, library := filepath.Join(dir, "fake.c"), filepath.Join(dir, "fake.so")
	code := "#include <stddef.h>\nstatic __thread int used; static int calls[4096]; int *touched(void) { used++; return calls; }\n" +
		"struct { size_t size; void *e; size_t vs; void *ve; int major, minor; void *calls[200]; } api = {" + table + "};\n" +
		"void *GetPjrtApi(void) { touched(); return api.size ? &api : NULL; }\n"
	if err := os.WriteFile(source, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cc", "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		t.Fatalf("compiling a plugin: %v\n%s", err, out)
	}
	data, err := os.ReadFile(library)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// spoiltPlugins are files that are no plugin that this program can use.
func spoiltPlugins(t *testing.T, draw *rand.Rand) []spoilt {
	empty := fakePlugin(t, "0")
	all := []spoilt{
		{name: "missing", make: func(string) error { return nil }},
		{name: "a folder", make: func(path string) error { return os.Mkdir(path, 0o755) }},
		{name: "a pipe", make: func(path string) error { return syscall.Mkfifo(path, 0o644) }},
		{name: "a link to nothing", make: func(path string) error { return os.Symlink("nothing", path) }},
		{name: "a link to itself", make: func(path string) error { return os.Symlink(path, path) }},
		{name: "endless", make: func(path string) error { return os.Symlink("/dev/zero", path) }},
		{name: "unreadable", make: func(path string) error { return os.WriteFile(path, empty, 0) }, user: somebody()},
		spoiltBy("empty", nil, func([]byte) []byte { return nil }),
		spoiltBy("a text", nil, func([]byte) []byte { return []byte("<html>Not Found</html>") }),
		spoiltBy("no table of functions", empty, func(data []byte) []byte { return data }),
		spoiltBy("version 1.0", fakePlugin(t, "sizeof api, 0, 0, 0, 1, 0"), func(data []byte) []byte { return data }),
		spoiltBy("version 0.1, with few functions", fakePlugin(t, "200, 0, 0, 0, 0, 1"), func(data []byte) []byte { return data }),
		{name: "a library that is no plugin", make: func(path string) error { return link(path, cLibrary(t)) }},
		{name: "a program", make: func(path string) error { return link(path, "/proc/self/exe") }},
		{name: "the pinned size, other bytes", make: func(path string) error {
			return errors.Join(os.WriteFile(path, empty, 0o644), os.Truncate(path, plugin.CPU.Size))
		}},
	}
	for range torture.Times(2, 20) {
		all = append(all, spoiltBy("truncated", empty, func(data []byte) []byte { return data[:draw.IntN(len(data))] }))
	}
	for range torture.Times(4, 200) {
		all = append(all, spoiltBy("flipped in its headers", empty, func(data []byte) []byte {
			data[draw.IntN(64+56*int(data[56]))] ^= 1 << draw.IntN(8)
			return data
		}))
	}
	return all
}

// link is a file that is another one.
func link(path, to string) error {
	data, err := os.ReadFile(to)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o755)
}

// cLibrary is the C library, as this process has loaded it.
func cLibrary(t *testing.T) string {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		if fields := strings.Fields(line); len(fields) == 6 && strings.HasPrefix(filepath.Base(fields[5]), "libc.so") {
			return fields[5]
		}
	}
	t.Fatal("no C library is loaded")
	return ""
}

// somebody is a user without rights, where this one may become another.
func somebody() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	return &syscall.Credential{Uid: 65534, Gid: 65534}
}

// Whatever lies where a plugin should be: a process that is told to take it has an error that names it, one that is to
// find a plugin computes with pure Go and says why, and no process ends otherwise.
func TestTorturePlugin(t *testing.T) {
	tally := torture.Begin(t, pluginFault, "in each case an error that names the file, or pure Go and a line that says why; no process crashed")
	for _, s := range spoiltPlugins(t, rand.New(rand.NewPCG(2, 9))) {
		dir := shown(t)
		path := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
		installed := plugin.CPU.Path(filepath.Join(dir, "gocir", plugin.CPU.Folder))
		if err := errors.Join(os.MkdirAll(filepath.Dir(installed), 0o755), s.make(path), s.make(installed)); err != nil {
			t.Fatal(err)
		}
		tally.Tried()
		if err := s.asked(path); err != nil {
			tally.Lost("%s, asked for: %v", s.name, err)
		}
		if err := s.found("PJRT_PLUGIN_LIBRARY_PATH=" + dir); err != nil {
			tally.Lost("%s, found: %v", s.name, err)
		}
		if err := s.found("XDG_DATA_HOME=" + dir); err != nil {
			tally.Lost("%s, installed: %v", s.name, err)
		}
	}
}

// shown is a folder that every user may look into.
func shown(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, each := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(each, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// asked tells what is wrong with a process that was told to take the plugin.
func (s spoilt) asked(path string) error {
	out, err := tried(s.user, "GOMLX_BACKEND=xla:"+path)
	if err != nil {
		return err
	}
	if out.Error == "" || !strings.Contains(out.Error, path) || strings.Contains(out.Error, "\n") {
		return fmt.Errorf("it computes with %q, its error is %q", out.Probed.Line, out.Error)
	}
	return nil
}

// found is asked for a process that may take any backend.
func (s spoilt) found(variable string) error {
	out, err := tried(s.user, variable)
	if err != nil {
		return err
	}
	if out.Error != "" || !strings.HasPrefix(out.Probed.Line, "backend Go") || !strings.Contains(out.Probed.Line, "no XLA: ") {
		return fmt.Errorf("it computes with %q, its error is %q", out.Probed.Line, out.Error)
	}
	return nil
}

// TestTortureRealPlugin is TestTorturePlugin for damage to the pinned plugin, where it is installed: a flip anywhere, in the
// first bytes above all, and a cut anywhere are found before it is loaded.
func TestTortureRealPlugin(t *testing.T) {
	real := realPlugin()
	if real == "" {
		t.Log("the pinned plugin is not installed")
		return
	}
	tally := torture.Begin(t, pluginFault, "the pinned plugin flipped and cut at random places: an error that names it")
	draw := rand.New(rand.NewPCG(4, 4))
	path := filepath.Join(shown(t), plugin.CPU.Library)
	if err := link(path, real); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range torture.Times(3, 40) {
		places := []int64{64, 64 + 56*12, plugin.CPU.Size}
		if err := flip(f, draw.Int64N(places[i%3]), byte(1<<draw.IntN(8)), func() {
			tally.Tried()
			if err := (spoilt{}).asked(path); err != nil {
				tally.Lost("flip %d: %v", i, err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := tried(nil, "GOMLX_BACKEND=xla:"+path); err != nil || out.Error != "" {
		t.Fatalf("the whole one does not work: %v %s", err, out.Error)
	}
	for size, i := plugin.CPU.Size, 0; i < torture.Times(3, 20); i++ {
		size -= 1 + draw.Int64N(size/8)
		if err := f.Truncate(size); err != nil {
			t.Fatal(err)
		}
		tally.Tried()
		if err := (spoilt{}).asked(path); err != nil {
			tally.Lost("cut to %d: %v", size, err)
		}
	}
}

// flip changes a byte of a file for the time of a call.
func flip(f *os.File, at int64, bits byte, call func()) error {
	was := make([]byte, 1)
	if _, err := f.ReadAt(was, at); err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte{was[0] ^ bits}, at); err != nil {
		return err
	}
	call()
	_, err := f.WriteAt(was, at)
	return err
}

// realPlugin is the path of the pinned plugin; empty where it is not there.
func realPlugin() string {
	_, asked, _ := strings.Cut(backend.Asked(""), ":")
	if info, err := os.Stat(asked); err == nil && info.Size() == plugin.CPU.Size {
		return asked
	}
	for _, f := range plugin.Installed(plugin.Roots("."), plugin.CPU) {
		if f.Err == nil {
			return f.Path
		}
	}
	return ""
}
