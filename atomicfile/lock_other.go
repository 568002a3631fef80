//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package atomicfile

import (
	"errors"
	"os"
)

// lockFile has no lock to take that would end with the process, and does not pretend to.
func lockFile(string) (*os.File, error) { return nil, errors.ErrUnsupported }
