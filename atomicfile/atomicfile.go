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
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".tmp-*")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	return &File{File: f, path: path}, nil
}

// Commit syncs the file, gives it its name and syncs the folder. After an error nothing is left behind and an older
// file of that name is untouched.
func (f *File) Commit() error {
	if f.done {
		return fmt.Errorf("writing %s: committed or closed before", f.path)
	}
	f.done = true
	err := errors.Join(f.Chmod(0o644), f.Sync(), f.File.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.path, errors.Join(err, removed(f.Name())))
	}
	return syncDir(filepath.Dir(f.path))
}

// Close gives the file up, unless it was committed. It may be called again.
func (f *File) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	return errors.Join(f.File.Close(), removed(f.Name()))
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
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return f.Commit()
}

// Rename gives a file or a folder, of which all has reached the disk, another name on the same disk, and makes the new
// name last.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// removed removes path; that it is gone already is no error.
func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return errors.Join(d.Sync(), d.Close())
}
