package datasets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFileSize is the most that is read of one annotation or picture file: 256 MiB, twenty times the largest real one.
const MaxFileSize = 256 << 20

// A Folder reads files below one folder and nothing outside it: neither "..", nor an absolute path, nor a symbolic
// link leads out. The folder itself may be a link. It may be used by several goroutines at once.
type Folder struct {
	root *os.Root
	dir  string
}

// OpenFolder opens an existing folder.
func OpenFolder(dir string) (*Folder, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() { // to open a pipe would wait for its writer
		return nil, fmt.Errorf("opening folder %s: not a folder", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening folder %s: %w", dir, reason(err))
	}
	return &Folder{root: root, dir: dir}, nil
}

// IsFolder reports whether there is a folder at path, or a link to one.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Path is where a file of the folder lies, for messages.
func (f *Folder) Path(name string) string {
	return filepath.Join(f.dir, filepath.FromSlash(name))
}

// FS is the folder as a file system, as closely guarded.
func (f *Folder) FS() fs.FS {
	return f.root.FS()
}

// Has reports whether name is a regular file of the folder, without opening it.
func (f *Folder) Has(name string) bool {
	info, err := f.root.Stat(filepath.FromSlash(name))
	return err == nil && info.Mode().IsRegular()
}

// Read reads a regular file of at most MaxFileSize bytes. name is relative, with slashes.
func (f *Folder) Read(name string) ([]byte, error) {
	data, err := f.read(filepath.FromSlash(name))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Path(name), reason(err))
	}
	return data, nil
}

func (f *Folder) read(name string) ([]byte, error) {
	info, err := f.root.Stat(name) // before opening: to open a pipe would wait for its writer
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > MaxFileSize:
		return nil, fmt.Errorf("%d bytes, and at most %d are read", info.Size(), MaxFileSize)
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data := make([]byte, info.Size())
	_, err = io.ReadFull(file, data)
	return data, err
}

// reason is err without the operation and the path that package os puts before it: the caller names both better.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// maxName is the longest file name that common file systems hold, in bytes.
const maxName = 255

// CheckName refuses an image name or relative path that could leave the data set's folder or that no file can have:
// empty, absolute, ".", with "..", backslashes or control characters, over 255 bytes between slashes, or not UTF-8.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the name is empty")
	case !utf8.ValidString(name):
		return fmt.Errorf("%q is not UTF-8", name)
	case strings.ContainsRune(name, '\\'):
		return fmt.Errorf("%q holds a backslash", short(name))
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("%q holds a control character", short(name))
	case strings.HasPrefix(name, "/"):
		return fmt.Errorf("%q is an absolute path", short(name))
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return fmt.Errorf("%q leads out of the folder", short(name))
		}
		if len(part) > maxName {
			return fmt.Errorf("%q is %d bytes long, and file names have at most %d", short(part), len(part), maxName)
		}
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%q leads out of the folder", short(name))
	}
	if path.Clean(name) == "." {
		return fmt.Errorf("%q is the folder itself", short(name))
	}
	return nil
}

// short cuts text that goes into a message.
func short(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
