package plugin

import (
	"debug/elf"
	"fmt"
	"os"
)

// Whole checks that a shared library is as long as its own headers say, and that they agree with each other. The loader
// would end the process on a truncated one (SIGBUS) or on one with damaged headers (SIGSEGV), which nothing can recover
// from.
func Whole(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file", path) // to open a pipe would wait for its writer
	}
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%s is not a shared library: %w", path, err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; end > uint64(info.Size()) || end < p.Off {
			return fmt.Errorf("%s is truncated: %d bytes, its headers ask for %d", path, info.Size(), end)
		}
	}
	if err := agree(f); err != nil {
		return fmt.Errorf("%s is damaged: %w", path, err)
	}
	return nil
}
