package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// asHolder is set in the environment of a child process that locks the file it names and then waits to be killed.
const asHolder = "GOCIR_TEST_HOLDS"

// asWriter is set in the environment of a child process that writes the file it names.
const asWriter = "GOCIR_TEST_WRITES"

// newText is what the child writes, in two parts.
var newText = strings.Repeat("new", 1000)

func writeAsChild(path string) {
	err := Write(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, newText[:100]); err != nil {
			return err
		}
		_, err := io.Copy(w, strings.NewReader(newText[100:]))
		return err
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestMain(m *testing.M) {
	if path := os.Getenv(asHolder); path != "" {
		l, err := Lock(path)
		fmt.Println(l != nil, err)
		select {}
	}
	if path := os.Getenv(asWriter); path != "" {
		writeAsChild(path)
	}
	os.Exit(m.Run())
}

// The second of two is told who has the lock, in this process too; after Close it gets it.
func TestLockOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", ".lock")
	for range 3 {
		l, err := Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Lock(path)
		var held *HeldError
		if !errors.As(err, &held) || held.PID != os.Getpid() || held.Path != path || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
			t.Errorf("the second lock: %v", err)
		}
		if err := errors.Join(l.Check(), l.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	}
	if _, err := Lock(filepath.Join(path, "below")); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("locked a file below a file: %v", err)
	}
}

// The lock of a process ends when it is killed, though its number is still in the file.
func TestLockEndsWithTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), asHolder+"="+path)
	output, err := child.StdoutPipe()
	if err != nil || child.Start() != nil {
		t.Fatal(err)
	}
	said := make([]byte, 4)
	if _, err := output.Read(said); err != nil || string(said) != "true" {
		t.Fatalf("the child said %q, %v", said, err)
	}
	_, err = Lock(path)
	var held *HeldError
	if !errors.As(err, &held) || held.PID != child.Process.Pid {
		t.Errorf("process %d has the lock, and the error is %v", child.Process.Pid, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	l, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if pid := holder(path); pid != os.Getpid() {
		t.Errorf("the file names process %d", pid)
	}
}

// A lock whose file is no longer where it was protects nothing, and says so.
func TestLockKnowsThatItsFolderMoved(t *testing.T) {
	for name, move := range map[string]func(dir, path string) error{
		"renamed":  func(dir, _ string) error { return os.Rename(dir, dir+"-2") },
		"removed":  func(dir, _ string) error { return os.RemoveAll(dir) },
		"replaced": func(dir, path string) error { return errors.Join(os.RemoveAll(dir), WriteFile(path, nil)) },
	} {
		dir := filepath.Join(t.TempDir(), "run")
		path := filepath.Join(dir, ".lock")
		l, err := Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := move(dir, path); err != nil {
			t.Fatal(err)
		}
		if err := l.Check(); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
