package plugin_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gocir/cir/backend/plugin"
)

// asInstall, set in the environment, makes of the test program an install: so one can be killed, or meet a full disk.
const asInstall = "GOCIR_TEST_INSTALLS"

func TestMain(m *testing.M) {
	if folder := os.Getenv(asInstall); folder != "" {
		p := plugin.Pin{
			Device: "cpu", Version: "1.0", Library: "plugin.so", Member: "fake/plugin.so", Size: 1 << 20,
			Wheels: []plugin.Wheel{{Name: "fake", Version: "1.0", SHA256: os.Getenv("WHEEL_SHA256")}},
		}
		if _, err := p.Install(context.Background(), folder, plugin.Options{From: os.Getenv("WHEEL")}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// installer is a process that installs the wheel in folder.
func installer(folder, wheel, digest string, before ...string) *exec.Cmd {
	words := append(before, os.Args[0])
	c := exec.Command(words[0], words[1:]...)
	c.Env = append(os.Environ(), asInstall+"="+folder, "WHEEL="+wheel, "WHEEL_SHA256="+digest)
	return c
}

// An install that is killed leaves nothing that could be loaded, and no lock; the next one removes what it left.
func TestKilledInstall(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(t.TempDir(), "fake-1.0-py3.whl") // never answers: the install stands still at its wheel
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	c := installer(folder, pipe, "")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	left := func() []string {
		names, _ := filepath.Glob(filepath.Join(folder, ".new-*"))
		return names
	}
	for end := time.Now().Add(20 * time.Second); len(left()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the install did not begin")
		}
	}
	c.Process.Kill()
	c.Wait()
	if len(left()) != 1 || tree(t, folder) != "" {
		t.Fatalf("the killed install left %v and %s", left(), tree(t, folder))
	}
	p, file := fake(t)
	if _, err := p.Install(context.Background(), folder, plugin.Options{From: file}); err != nil {
		t.Fatal(err)
	}
	if len(left()) != 0 || tree(t, folder) != "LICENSE "+p.Library {
		t.Errorf("after the next install: %v and %s", left(), tree(t, folder))
	}
}

// A full disk is named. Where this user may mount one there is a real one, of 64 kB.
func TestFullDisk(t *testing.T) {
	data := wheel(t, map[string]string{"fake/plugin.so": strings.Repeat("x", 1<<20)})
	file := filepath.Join(t.TempDir(), "fake-1.0-py3.whl")
	write(t, file, data)
	folder := t.TempDir()
	mount := []string{"unshare", "-rm", "sh", "-c", `mount -t tmpfs -o size=64k none "$GOCIR_TEST_INSTALLS" && exec "$0"`}
	full := exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt").Run() == nil
	if !full {
		mount, folder = nil, "/proc/self" // where nothing can be written
	}
	out, err := installer(folder, file, sum(data), mount...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nothing was installed") || full && !strings.Contains(string(out), "make room") {
		t.Errorf("err %v: %s", err, out)
	}
}

// A folder that can't be made, or can't be written, is an error that says what to do.
func TestFolderThatCannotBeWritten(t *testing.T) {
	p, file := fake(t)
	for _, folder := range []string{"/proc/none/pjrt", filepath.Join(file, "pjrt")} {
		_, err := p.Install(context.Background(), folder, plugin.Options{From: file})
		if err == nil || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), "nothing was installed") {
			t.Errorf("err = %v", err)
		}
	}
}
