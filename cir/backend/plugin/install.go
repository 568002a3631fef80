package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"gocir/atomicfile"
)

// Options say how a plugin is installed. Their zero value fetches the wheels with the user's own pip, silently.
type Options struct {
	From  string            // a wheel, or a folder of wheels, instead of pip
	Say   func(line string) // told before anything that takes long; nil: nobody
	Diary io.Writer         // gets what pip writes; nil: nobody
}

// temporary begins the names of folders in which an install works. One that was killed leaves its own behind, and the
// next install removes it.
const temporary = ".new-"

// Install makes folder hold the plugin, from wheels of the pinned digests only, whole or not at all. It reports false
// where the plugin was there already. Of two installs at once the second waits and finds the work done.
func (p Pin) Install(ctx context.Context, folder string, o Options) (installed bool, err error) {
	if err := supported(runtime.GOOS, runtime.GOARCH); err != nil {
		return false, err
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	held, err := lock(ctx, filepath.Join(folder, ".lock"), o.Say)
	if err != nil {
		return false, p.failed(folder, err)
	}
	defer held.Close()
	if p.Verify(folder) == nil {
		return false, nil
	}
	if err := p.replace(ctx, folder, o); err != nil {
		return false, p.failed(folder, err)
	}
	return true, nil
}

// lock takes a file's lock, and says so where it has to wait.
func lock(ctx context.Context, file string, say func(string)) (*atomicfile.Locked, error) {
	for said := false; ; said = true {
		l, err := atomicfile.Lock(file)
		held := new(atomicfile.HeldError)
		if !errors.As(err, &held) {
			return l, err
		}
		if !said {
			say("another install is at work in this folder: waiting for it")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// supported reports whether the pinned plugins run on a system.
func supported(system, machine string) error {
	if system == "linux" && machine == "amd64" {
		return nil
	}
	return fmt.Errorf("the XLA plugins are for Linux on x86-64, and this is %s on %s: the pure Go backend works here, and needs none (a plugin of your own is named with GOMLX_BACKEND=xla:/path/of/plugin)", system, machine)
}

// failed says what was being done, and what is to be done.
func (p Pin) failed(folder string, err error) error {
	next := "nothing was installed; mend it and run this again"
	switch {
	case errors.Is(err, context.Canceled):
		next = "nothing was installed"
	case errors.Is(err, syscall.ENOSPC):
		next = "the disk is full, and nothing was installed: make room, or choose a folder on another disk"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ENOTDIR):
		next = "nothing was installed: choose a folder that you can write to"
	}
	return fmt.Errorf("installing the %s plugin in %s: %w; %s", p.Device, folder, err, next)
}

// replace makes the plugin beside what is there, and renames it into place.
func (p Pin) replace(ctx context.Context, folder string, o Options) error {
	if err := clean(folder); err != nil {
		return err
	}
	work, err := os.MkdirTemp(folder, temporary)
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	from := o.From
	if from == "" {
		o.Say(fmt.Sprintf("fetching the %s plugin, version %s (%s)", p.Device, p.Version, p.Note))
		from = filepath.Join(work, "wheels")
		if err := p.download(ctx, from, work, o); err != nil {
			return err
		}
	}
	wheels, err := p.check(from)
	if err != nil {
		return err
	}
	ready := filepath.Join(work, "ready")
	if err := p.unpack(ctx, wheels, ready); err != nil {
		return err
	}
	return p.place(ready, folder)
}

// clean removes what killed installs left. The lock says that none is running.
func clean(folder string) error {
	left, err := filepath.Glob(filepath.Join(folder, temporary+"*"))
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// place renames what is ready into folder, the entry with the library last, after all of it has reached the disk.
func (p Pin) place(ready, folder string) error {
	if err := p.Verify(ready); err != nil {
		return err
	}
	entries, err := os.ReadDir(ready)
	if err != nil {
		return err
	}
	flush()
	last := firstPart(p.Library)
	for _, entry := range entries {
		if entry.Name() != last {
			err = errors.Join(err, rename(ready, folder, entry.Name()))
		}
	}
	if err != nil {
		return err
	}
	return rename(ready, folder, last)
}

// rename moves an entry from one folder to another, over what has that name there.
func rename(from, to, name string) error {
	target := filepath.Join(to, name)
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		if err := os.RemoveAll(target); err != nil {
			return err
		}
	}
	return atomicfile.Rename(filepath.Join(from, name), target)
}
