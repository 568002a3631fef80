package backend_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/cir/backend"
	"gocir/cir/backend/plugin"
)

// asProbe, set in the environment, makes of the test program one that tries the backend that is asked for: programs are kept
// from one process to the next.
const asProbe = "GOCIR_TEST_PROBES"

type probed struct {
	Probed backend.Probed
	Notes  []string
	Error  string
}

func TestMain(m *testing.M) {
	if os.Getenv(asProbe) == "" {
		os.Exit(m.Run())
	}
	var out probed
	var err error
	if out.Probed, err = backend.Probe(""); err != nil {
		out.Error = err.Error()
	}
	out.Notes = backend.Notes()
	json.NewEncoder(os.Stdout).Encode(out)
}

// probe tries the backend that these tests run on, pure Go if none was named, in a process that keeps programs in a folder.
func probe(t *testing.T, programs string) probed {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), asProbe+"=1", "GOCIR_PROGRAMS="+programs, "GOMLX_BACKEND="+cmp.Or(backend.Asked(""), "go"))
	text, err := c.Output()
	var out probed
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil || out.Error != "" {
		t.Fatalf("%v: %s%s", err, text, out.Error)
	}
	return out
}

// A program that one process compiled is taken by the next, which computes the same with it. A damaged one is compiled again,
// and so is one that the plugin does not take. Only the pinned CPU plugin keeps programs; others leave none.
func TestProgramsAreKept(t *testing.T) {
	_, path, _ := strings.Cut(backend.Asked(""), ":")
	info, err := os.Stat(path)
	keeps := err == nil && info.Size() == plugin.CPU.Size
	programs := t.TempDir()
	first := probe(t, programs)
	files, err := filepath.Glob(filepath.Join(programs, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if !keeps {
		if len(files) > 0 {
			t.Errorf("%s kept %v", first.Probed.Line, files)
		}
		return
	}
	if len(files) != 1 || len(first.Notes) > 0 {
		t.Fatalf("kept are %v, notes %q", files, first.Notes)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(files[0], long, long); err != nil {
		t.Fatal(err)
	}
	if again := probe(t, programs); again.Probed.Difference != first.Probed.Difference || len(again.Notes) > 0 {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if now, err := os.Stat(files[0]); err != nil || time.Since(now.ModTime()) > time.Minute {
		t.Errorf("the kept program was not used: %v", err)
	}
	sum := sha256.Sum256([]byte(filepath.Base(files[0]) + "no program"))
	for said, damaged := range map[string][]byte{"damaged": whole[:len(whole)/2], "does not take": append(sum[:], "no program"...)} {
		if err := os.WriteFile(files[0], damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		got := probe(t, programs)
		if got.Probed.Difference != first.Probed.Difference || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], said) {
			t.Errorf("%s: %+v", said, got)
		}
		if mended, err := os.ReadFile(files[0]); err != nil || bytes.Equal(mended, damaged) {
			t.Errorf("%s: the file was not written anew: %v", said, err)
		}
	}
}
