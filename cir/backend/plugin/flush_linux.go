package plugin

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lock takes a file's lock, which ends with the process at the latest, and says so where it has to wait.
func lock(ctx context.Context, file string, say func(string)) (unlock func(), err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for said := false; ; said = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, f.Close())
		}
		if !said {
			say("another install is at work in this folder: waiting for it")
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// flush waits until all that was written has reached the disk. A plugin can be thousands of files: one call for each would
// take minutes.
func flush() { syscall.Sync() }
