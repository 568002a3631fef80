package plugin_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gocir/cir/backend/plugin"
)

// A wheel becomes the library and its licence; a second install finds them and does nothing.
func TestInstallOnce(t *testing.T) {
	p, file := fake(t)
	folder := filepath.Join(t.TempDir(), "new", "pjrt")
	for _, want := range []bool{true, false} {
		installed, err := p.Install(context.Background(), folder, plugin.Options{From: file})
		if err != nil || installed != want {
			t.Fatalf("installed %v, want %v; err %v", installed, want, err)
		}
	}
	if got := tree(t, folder); got != "LICENSE pjrt_c_api_cpu_plugin.so" {
		t.Errorf("the folder holds %s", got)
	}
	if err := p.Verify(folder); err != nil {
		t.Error(err)
	}
}

// Several wheels become one folder, with licences by wheel, links, and programs that can be run. Other pins replace it.
func TestInstallOfSeveralWheels(t *testing.T) {
	p, wheels := fakeTwo(t)
	folder := t.TempDir()
	if _, err := p.Install(context.Background(), folder, plugin.Options{From: wheels}); err != nil {
		t.Fatal(err)
	}
	want := "nvidia/bin nvidia/cu13/bin/ptxas nvidia/cu13/nvvm/x.bc nvidia/licences/jax-fake-1.0/LICENSE " +
		"nvidia/licences/nvidia-fake-1.0/License.txt nvidia/nvvm nvidia/pins.sha256 nvidia/pjrt_c_api_cuda_plugin.so"
	if got := tree(t, folder); got != want {
		t.Errorf("the folder holds\n%s, want\n%s", got, want)
	}
	program, err := os.Stat(filepath.Join(folder, "nvidia/bin/ptxas")) // through the link
	if err != nil || program.Mode()&0o111 != 0o111 {
		t.Errorf("ptxas: %v, %v", program, err)
	}
	write(t, filepath.Join(folder, "nvidia", "left"), nil)
	write(t, filepath.Join(folder, "nvidia", "pins.sha256"), []byte("of an earlier version"))
	if err := p.Verify(folder); err == nil {
		t.Error("a folder of other pins is taken for this version's")
	}
	if installed, err := p.Install(context.Background(), folder, plugin.Options{From: wheels}); err != nil || !installed {
		t.Fatal(installed, err)
	}
	if got := tree(t, folder); got != want {
		t.Errorf("the folder holds\n%s, want\n%s", got, want)
	}
}

// What is not the pinned thing is refused, and leaves nothing, and what was there before stays.
func TestWrongFilesAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(p *plugin.Pin, file string) string{
		"another wheel": func(p *plugin.Pin, file string) string { p.Wheels[0].SHA256 = sum(nil); return "SHA-256" },
		"a truncated wheel": func(p *plugin.Pin, file string) string {
			os.Truncate(file, 100)
			return "SHA-256"
		},
		"a pinned file that is no wheel": func(p *plugin.Pin, file string) string {
			os.WriteFile(file, []byte("text"), 0o644)
			p.Wheels[0].SHA256 = sum([]byte("text"))
			return "zip"
		},
		"another library":             func(p *plugin.Pin, file string) string { p.SHA256 = sum(nil); return "SHA-256" },
		"a library of another size":   func(p *plugin.Pin, file string) string { p.Size++; return "bytes" },
		"a wheel without the library": func(p *plugin.Pin, file string) string { p.Member = "other"; return "no such file" },
		"a wheel without the licence": func(p *plugin.Pin, file string) string { p.Needs = []string{"NOTICE"}; return "NOTICE" },
		"no wheel":                    func(p *plugin.Pin, file string) string { os.Remove(file); return "no such file" },
	} {
		p, file := fake(t)
		folder := t.TempDir()
		write(t, filepath.Join(folder, p.Library), []byte("what was there"))
		want := spoil(&p, file)
		installed, err := p.Install(context.Background(), folder, plugin.Options{From: file})
		if err == nil || installed || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "nothing was installed") {
			t.Errorf("%s: installed %v, err %v; want one with %q", name, installed, err, want)
		}
		if got, _ := os.ReadFile(filepath.Join(folder, p.Library)); string(got) != "what was there" || tree(t, folder) != p.Library {
			t.Errorf("%s: the folder holds %s", name, tree(t, folder))
		}
	}
}

// A wheel's member can't be written outside the folder.
func TestMembersStayInTheFolder(t *testing.T) {
	p, wheels := fakeTwo(t)
	data := wheel(t, map[string]string{"nvidia/../../../out": "x"})
	write(t, filepath.Join(wheels, "evil-1.0-any.whl"), data)
	p.Wheels = append(p.Wheels, plugin.Wheel{Name: "evil", Version: "1.0", SHA256: sum(data)})
	if _, err := p.Install(context.Background(), t.TempDir(), plugin.Options{From: wheels}); err == nil || !strings.Contains(err.Error(), "outside") {
		t.Errorf("err = %v", err)
	}
}

// Of many installs at once one does the work, and all end well.
func TestInstallsAtOnce(t *testing.T) {
	p, file := fake(t)
	folder := t.TempDir()
	var did atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			installed, err := p.Install(context.Background(), folder, plugin.Options{From: file})
			if err != nil {
				t.Error(err)
			}
			if installed {
				did.Add(1)
			}
		})
	}
	all.Wait()
	if did.Load() != 1 {
		t.Errorf("%d installs did the work, want one", did.Load())
	}
}

// An install that was interrupted says so, and leaves nothing.
func TestInterruptedInstall(t *testing.T) {
	p, file := fake(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	folder := t.TempDir()
	if _, err := p.Install(ctx, folder, plugin.Options{From: file}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("err = %v", err)
	}
	if got := tree(t, folder); got != "" {
		t.Errorf("the folder holds %s", got)
	}
}

// Where there is no pip the error names the other way.
func TestWithoutPip(t *testing.T) {
	p, _ := fake(t)
	t.Setenv("PATH", t.TempDir())
	_, err := p.Install(context.Background(), t.TempDir(), plugin.Options{})
	if err == nil || !strings.Contains(err.Error(), "-from") || !strings.Contains(err.Error(), "python3") {
		t.Errorf("err = %v", err)
	}
}

// pip is given all pins with their hashes, and what it says is passed on. Here a stand-in for pip puts the wheel there.
func TestPipIsGivenTheHashes(t *testing.T) {
	p, file := fake(t)
	bin := t.TempDir()
	script := `#!/bin/sh
case "$*" in
"-m pip --version") exit 0 ;;
*"--require-hashes"*) ;;
*) exit 1 ;;
esac
while [ $# -gt 1 ]; do
	[ "$1" = -d ] && mkdir -p "$2" && cp "$WHEEL" "$2"
	[ "$1" = -r ] && cat "$2"
	shift
done
cat "$1"
`
	write(t, filepath.Join(bin, "python3"), []byte(script))
	if err := os.Chmod(filepath.Join(bin, "python3"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("WHEEL", file)
	var said []string
	var diary bytes.Buffer
	folder := t.TempDir()
	_, err := p.Install(context.Background(), folder, plugin.Options{Diary: &diary, Say: func(line string) { said = append(said, line) }})
	if err != nil {
		t.Fatal(err)
	}
	if want := "fake==1.0 --hash=sha256:" + p.Wheels[0].SHA256; !strings.Contains(diary.String(), want) {
		t.Errorf("pip was given %q, want %q", diary.String(), want)
	}
	if len(said) != 1 || !strings.Contains(said[0], "fetching") {
		t.Errorf("said %q", said)
	}
	if got := tree(t, folder); got != "LICENSE "+p.Library {
		t.Errorf("the folder holds %s", got)
	}
}
