// Package atomicfile writes files that are whole or absent: a temporary name in the same folder, synced, renamed,
// and the folder synced. Every file of this project is written through it.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A File is being written under a temporary name. Commit gives it its own name; Close without Commit removes it.
type File struct {
	*os.File
	path string
	done bool
}

// Create begins to write path, whose missing parent folders are made. Nothing is seen at path before Commit.
//
//	f, err := atomicfile.Create(path)
//	if err != nil { return err }
//	defer f.Close()
//	… write to f …
//	return f.Commit()
func Create(path string) (*File, error) {
	dir := filepath.Dir(path)
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	f, err := createTemp(dir, filepath.Base(path))
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	return &File{File: f, path: path}, nil
}

func makeDir(dir string) error {
	if err := failpoint(dir); err != nil {
		return err
	}
	return os.MkdirAll(dir, 0o755)
}

// Commit syncs the file, gives it its name and syncs the folder. After an error nothing is left behind and an older
// file of that name is untouched, unless it was the folder that could not be synced: then the new file is there, but may
// not outlive a power cut.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("writing %s: committed or closed before", f.path)
	}
	f.done = true
	err := errors.Join(f.Chmod(0o644), f.sync(), f.close())
	if err == nil {
		err = rename(f.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.path, errors.Join(err, f.remove()))
	}
	forget(f.Name())
	if err := syncDir(filepath.Dir(f.path)); err != nil {
		return fmt.Errorf("writing %s: %w", f.path, err)
	}
	return nil
}

func (f *File) sync() error {
	if err := failpoint(f.path); err != nil {
		return err
	}
	return f.Sync()
}

// close closes the file in any case: where closing fails, as on a full network disk, it is closed too.
func (f *File) close() error { return errors.Join(failpoint(f.path), f.File.Close()) }

// Close gives the file up, unless it was committed. It may be called again.
func (f *File) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	if err := errors.Join(f.close(), f.remove()); err != nil {
		return fmt.Errorf("giving up %s: %w", f.path, err)
	}
	return nil
}

// remove removes the temporary file; that it is gone already is no error.
func (f *File) remove() error {
	defer forget(f.Name())
	return removed(f.Name())
}

// WriteFile writes data to path, whole or not at all.
func WriteFile(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Write writes to path what write writes, whole or not at all.
func Write(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := write(f); err != nil {
		return fmt.Errorf("writing %s: %w", path, errors.Join(err, f.Close()))
	}
	return f.Commit()
}

// Rename gives a file or a folder, of which all has reached the disk, another name on the same disk, and makes the new
// name last.
func Rename(from, to string) error {
	if err := rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

func rename(from, to string) error {
	if err := failpoint(to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// removed removes path; that it is gone already is no error.
func removed(path string) error {
	if err := failpoint(path); err != nil {
		return err
	}
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	if err := failpoint(dir); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return errors.Join(d.Sync(), d.Close())
}
