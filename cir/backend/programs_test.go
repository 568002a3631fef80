package backend

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What was kept is read again; what was damaged is not, and that is said.
func TestPrograms(t *testing.T) {
	p := newPrograms(t.TempDir(), "plugin")
	name := p.name([]byte("code"), []byte("options"))
	if p.read(name) != nil {
		t.Error("a program was kept that nobody wrote")
	}
	p.write(name, []byte("machine code"))
	if got := p.read(name); !bytes.Equal(got, []byte("machine code")) {
		t.Errorf("read %q", got)
	}
	if len(p.notes) > 0 {
		t.Errorf("notes %q", p.notes)
	}
	path := filepath.Join(p.dir, name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1
	for _, damaged := range [][]byte{nil, whole[:10], whole[:len(whole)-1], flipped, append(bytes.Clone(whole), 0)} {
		if err := os.WriteFile(path, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		p.notes = nil
		if got := p.read(name); got != nil || len(p.notes) != 1 || !strings.Contains(p.notes[0], path) || !strings.Contains(p.notes[0], "damaged") {
			t.Errorf("of %d bytes %q was read; notes %q", len(damaged), got, p.notes)
		}
	}
}

// A program has another name with other code, options, plugin or flags, and where code and options are divided elsewhere.
func TestProgramNames(t *testing.T) {
	names := map[string]string{}
	for _, c := range [][4]string{
		{"plugin", "", "code", "options"},
		{"plugin", "", "codeo", "ptions"},
		{"plugin", "", "other", "options"},
		{"plugin", "", "code", "other"},
		{"other", "", "code", "options"},
		{"plugin", "--flag", "code", "options"},
	} {
		t.Setenv("XLA_FLAGS", c[1])
		name := newPrograms("dir", c[0]).name([]byte(c[2]), []byte(c[3]))
		if same, ok := names[name]; ok {
			t.Errorf("%q and %q have one name", c, same)
		}
		names[name] = strings.Join(c[:], " ")
	}
	if newPrograms("", "plugin") != nil {
		t.Error("programs are kept without a folder")
	}
}

// Of too many programs those that were not used for longest go.
func TestProgramsArePruned(t *testing.T) {
	p := newPrograms(t.TempDir(), "plugin")
	for i, name := range []string{"a", "b", "c"} {
		p.write(name, make([]byte, 68)) // 100 bytes with the digest
		used := time.Now().Add(time.Duration(i-10) * time.Hour)
		if err := os.Chtimes(filepath.Join(p.dir, name), used, used); err != nil {
			t.Fatal(err)
		}
	}
	for name, age := range map[string]time.Duration{".killed": 25 * time.Hour, ".writing": 0, ".ahead": -25 * time.Hour} {
		path, when := filepath.Join(p.dir, name+".tmp-1"), time.Now().Add(-age)
		if err := os.WriteFile(path, make([]byte, 1000), 0o644); err != nil || os.Chtimes(path, when, when) != nil {
			t.Fatal(err)
		}
	}
	p.read("a") // is now the last one used
	p.prune(250)
	if p.read("a") == nil || p.read("b") != nil || p.read("c") == nil {
		t.Error("of a, b and c, b was not used for longest, and is to go")
	}
	left, err := filepath.Glob(filepath.Join(p.dir, ".*"))
	if err != nil || len(left) != 2 || strings.Contains(strings.Join(left, " "), "killed") {
		t.Errorf("of files that were being written %q are left, %v; want those that may be alive", left, err)
	}
}

// That a program can't be kept is said, and is no error.
func TestProgramsThatCannotBeKept(t *testing.T) {
	p := newPrograms("/proc/none", "plugin")
	p.write("name", []byte("machine code"))
	if len(p.notes) != 1 || !strings.Contains(p.notes[0], "/proc/none") {
		t.Errorf("notes %q", p.notes)
	}
}

func TestProgramsFolder(t *testing.T) {
	for _, c := range [][3]string{
		{"none", "/cache", ""}, {"/own", "/cache", "/own"}, {"", "/cache", "/cache/gocir/programs"}, {"", "relative", ""},
	} {
		t.Setenv("GOCIR_PROGRAMS", c[0])
		t.Setenv("XDG_CACHE_HOME", c[1])
		if got := ProgramsFolder(); got != c[2] {
			t.Errorf("GOCIR_PROGRAMS=%q XDG_CACHE_HOME=%q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
