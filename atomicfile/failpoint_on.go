//go:build failpoints

package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// The environment of a program that is built with the tag failpoints.
const (
	// FailpointVariable is ACTION:N: the N-th file operation of the process, counted from 1, fails with a full disk (full)
	// or a read-only one (readonly), or kills the process (kill).
	FailpointVariable = "GOCIR_FAILPOINT"
	// CountVariable is the path of a file that always holds the number of operations so far.
	CountVariable = "GOCIR_FAILPOINT_COUNT"
)

// A plan is what the environment asks for.
type plan struct {
	mutex     sync.Mutex
	done      int // operations so far
	at        int // the operation that fails; 0: none
	kill      bool
	err       error
	countPath string
}

var planned = sync.OnceValue(func() *plan {
	p := &plan{countPath: os.Getenv(CountVariable)}
	text := os.Getenv(FailpointVariable)
	if text == "" {
		return p
	}
	action, number, _ := strings.Cut(text, ":")
	at, err := strconv.Atoi(number)
	switch action {
	case "full":
		p.err = syscall.ENOSPC
	case "readonly":
		p.err = syscall.EROFS
	case "kill":
		p.kill = true
	default:
		err = errors.New("no such action")
	}
	if p.at = at; err != nil || at < 1 {
		panic(fmt.Sprintf("%s=%q is not full:N, readonly:N or kill:N with N from 1 on (%v)", FailpointVariable, text, err))
	}
	return p
})

// next counts an operation and reports whether it is the one to fail.
func (p *plan) next() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.done++
	if p.countPath != "" {
		if err := os.WriteFile(p.countPath, strconv.AppendInt(nil, int64(p.done), 10), 0o644); err != nil {
			panic(err)
		}
	}
	return p.done == p.at
}

// fail does to an operation on path what was asked for.
func (p *plan) fail(path string) error {
	if p.kill {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {} // until the signal arrives
	}
	return &fs.PathError{Op: "failpoint", Path: path, Err: p.err}
}

func failpoint(path string) error {
	if p := planned(); p.next() {
		return p.fail(path)
	}
	return nil
}

// Write writes half of data where it is to fail.
func (f *File) Write(data []byte) (int, error) {
	p := planned()
	if !p.next() {
		return f.File.Write(data)
	}
	n, err := f.File.Write(data[:len(data)/2])
	return n, errors.Join(p.fail(f.path), err)
}

// WriteString is Write of text.
func (f *File) WriteString(text string) (int, error) { return f.Write([]byte(text)) }

// WriteAt is an operation that fails whole.
func (f *File) WriteAt(data []byte, at int64) (int, error) {
	if err := failpoint(f.path); err != nil {
		return 0, err
	}
	return f.File.WriteAt(data, at)
}

// ReadFrom writes what r has by Write.
func (f *File) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{f}, r) }
