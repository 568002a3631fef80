package backend

import (
	"debug/elf"
	"fmt"
	"os"
)

// wholeELF checks that the file is as long as its own headers say.
func wholeELF(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("not a shared library: %w", err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; end > uint64(info.Size()) {
			return fmt.Errorf("truncated: %d bytes, its headers ask for %d; install it again", info.Size(), end)
		}
	}
	return nil
}
