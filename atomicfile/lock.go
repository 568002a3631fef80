package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// A Locked is a file that this process has locked. The lock ends with Close, or with the process however it ends.
type Locked struct {
	file *os.File
	path string
}

// A HeldError says that somebody else has the lock.
type HeldError struct {
	Path string
	PID  int // of the process that has it; 0: not known
}

// Error names the file and the process.
func (e *HeldError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	if e.PID == os.Getpid() {
		who += " (this one)"
	}
	return fmt.Sprintf("locking %s: %s has the lock; wait until it is done, or end it", e.Path, who)
}

// errHeld is what the system's part, lockFile, returns where another has the lock.
var errHeld = errors.New("held by another")

// Lock takes the lock of path without waiting. The file and its missing parent folders are made; it is never removed,
// since two processes could then have locked two files of one name. It holds the number of the process that has the
// lock, or had it last and was killed. Where another has it, be it another Lock of this process, the error is a
// *HeldError. On systems that have no such locks it is errors.ErrUnsupported.
func Lock(path string) (*Locked, error) {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	for try := range 20 {
		file, err := openLocked(path)
		if err == nil {
			return begin(file, path)
		}
		if !errors.Is(err, errHeld) {
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		pid := holder(path)
		if running(pid) || try == 19 {
			return nil, &HeldError{Path: path, PID: pid}
		}
		time.Sleep(time.Millisecond) // the new holder has not written its number yet
	}
	panic("unreachable")
}

func openLocked(path string) (*os.File, error) {
	if err := failpoint(path); err != nil {
		return nil, err
	}
	return lockFile(path)
}

// begin writes whose the lock is.
func begin(file *os.File, path string) (*Locked, error) {
	l := &Locked{file: file, path: path}
	err := errors.Join(failpoint(path), file.Truncate(0))
	if err == nil {
		_, err = file.WriteAt(strconv.AppendInt(nil, int64(os.Getpid()), 10), 0)
	}
	if err != nil {
		err = fmt.Errorf("locking %s: %w", path, err)
	} else {
		err = l.Check() // between opening and locking the file its folder may have gone
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return l, nil
}

// holder is the process that the lock's file names; 0: it names none.
func holder(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}

// running reports whether a process of this machine has that number.
func running(pid int) bool {
	if pid <= 0 {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, os.ErrPermission)
}

// Check is an error where the file at the lock's path is another one now, or none: somebody renamed, moved or removed
// its folder, and what is written below its old name is no longer protected.
func (l *Locked) Check() error {
	ours, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("checking the lock %s: %w", l.path, err)
	}
	there, err := os.Stat(l.path)
	if err == nil && os.SameFile(ours, there) {
		return nil
	}
	if err == nil {
		err = errors.New("another file is there now")
	}
	return fmt.Errorf("the locked file %s was moved or removed while it was in use (%w): begin again where the folder is now", l.path, err)
}

// Close gives the lock back; the file stays, empty. It may be called again.
func (l *Locked) Close() error {
	if l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	if err := errors.Join(failpoint(l.path), file.Truncate(0), file.Close()); err != nil {
		return fmt.Errorf("unlocking %s: %w", l.path, err)
	}
	return nil
}
