package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// writing has the names of the temporary files that this process is at work on.
var writing sync.Map

func forget(path string) { writing.Delete(filepath.Base(path)) }

// maxBase leaves room in a temporary name for what is put around the file's own: most systems allow 255 bytes.
const maxBase = 200

// createTemp creates a temporary file in dir for the file called base. Its name says which process writes it.
func createTemp(dir, base string) (*os.File, error) {
	if err := failpoint(dir); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, fmt.Sprintf(".%s.tmp-%d-*", base[:min(len(base), maxBase)], os.Getpid()))
	if err == nil {
		writing.Store(filepath.Base(f.Name()), nil)
	}
	return f, err
}

// temporary matches the names that createTemp makes, and those of earlier versions, without the process.
var temporary = regexp.MustCompile(`^\..+\.tmp-(?:([0-9]+)-)?[0-9]+$`)

// LeftoverAge is when a temporary file in a folder without a lock counts as left by a killed writer. One is at work for
// seconds, so a day is long enough.
const LeftoverAge = 24 * time.Hour

// Clean removes the temporary files that killed writers left in dir, but not in the folders below it. A file stays while
// the process that its name tells runs on this machine, and where it was written to less than age ago: other machines
// that share the folder have writers too. With age 0 only the first counts; that is for a caller who has the lock of
// the folder. A folder that is not there is clean.
func Clean(dir string, age time.Duration) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing what killed programs left in %s: %w", dir, err)
	}
	var errs []error
	for _, entry := range entries {
		if leftover(dir, entry, age) {
			errs = append(errs, removed(filepath.Join(dir, entry.Name())))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("removing what killed programs left in %s: %w", dir, err)
	}
	return nil
}

// leftover reports whether an entry of dir is a temporary file without a writer.
func leftover(dir string, entry fs.DirEntry, age time.Duration) bool {
	parts := temporary.FindStringSubmatch(entry.Name())
	if parts == nil || !entry.Type().IsRegular() {
		return false
	}
	pid, _ := strconv.Atoi(parts[1]) // 0 where the name tells none
	if _, ours := writing.Load(entry.Name()); ours || pid != os.Getpid() && running(pid) {
		return false
	}
	info, err := entry.Info()
	return err == nil && (age <= 0 || time.Since(info.ModTime()) >= age)
}
