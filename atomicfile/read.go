package atomicfile

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Open opens a regular file for reading. A folder, a device or a pipe is an error, and a pipe is not opened at all: that
// would wait for its writer.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return nil, fmt.Errorf("%s is a folder, not a file", path)
	case !mode.IsRegular():
		return nil, fmt.Errorf("%s is a device or pipe, not a file", path)
	}
	return os.Open(path)
}

// ReadFile reads a regular file of at most limit bytes. A larger one is an error, before memory is taken for it.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	tooLarge := fmt.Errorf("%s has more than %d bytes, which is the most that is read", path, limit)
	if info.Size() > limit {
		return nil, tooLarge
	}
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := data.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
		return nil, err
	}
	if int64(data.Len()) > limit { // it grew
		return nil, tooLarge
	}
	return data.Bytes(), nil
}
