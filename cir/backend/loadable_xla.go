//go:build cgo && linux && !noxla

package backend

// #include <stdlib.h>
// #include "loadable.h"
import "C"

import (
	"fmt"
	"strings"
	"unsafe"

	"gocir/cir/backend/plugin"
)

// loadable tells whether a plugin is what go-xla expects, which would end the process at one that is not: the pinned file as
// it was pinned, a library with a table of functions of our version.
func loadable(f plugin.Found) error {
	if f.Pin != nil {
		if err := f.Pin.Intact(f.Folder); err != nil {
			return err
		}
	}
	path, text := C.CString(f.Path), (*C.char)(C.malloc(1024))
	defer C.free(unsafe.Pointer(path))
	defer C.free(unsafe.Pointer(text))
	if fault := C.gocir_fault(path, text, 1024); fault != nil {
		return fmt.Errorf("%s: %s", f.Path, strings.TrimPrefix(C.GoString(fault), f.Path+": "))
	}
	return nil
}
