//go:build cgo && linux && !noxla

package backend

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "programs.h"
import "C"

import (
	"sync"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"

	"gocir/cir/backend/plugin"
)

// pjrtMajor and pjrtMinor are the version of PJRT's C API that programs.h describes, the pinned CPU plugin's.
const (
	pjrtMajor = 0
	pjrtMinor = 115
)

var interpose sync.Once

// keepPrograms has the pinned CPU plugin keep what it compiles: go-xla is given the plugin's table of functions with another
// compile function, which looks into the cache first. go-xla loads all other plugins itself, and they keep nothing.
func keepPrograms(f plugin.Found) {
	if f.Pin == nil || f.Pin.Device != "cpu" {
		return
	}
	interpose.Do(func() {
		if kept = newPrograms(ProgramsFolder(), f.Pin.SHA256); kept == nil {
			return
		}
		path := C.CString(f.Path)
		defer C.free(unsafe.Pointer(path))
		if api := C.gocir_interposed(path, pjrtMajor, pjrtMinor); api != nil {
			pjrt.RegisterPreloadedPlugin(f.Path, uintptr(unsafe.Pointer(api))) // if it fails, go-xla loads it, and says why that fails
		}
	})
}

// gocir_cached fills in the program to be compiled from the cache, and reports whether it could.
//
//export gocir_cached
func gocir_cached(c *C.struct_compile) C.int {
	name := nameOf(c)
	data := kept.read(name)
	if data == nil {
		return 0
	}
	if C.gocir_load(c, (*C.char)(unsafe.Pointer(unsafe.SliceData(data))), C.size_t(len(data))) == 0 {
		kept.note(name, "the plugin does not take it")
		return 0
	}
	return 1
}

// gocir_cache keeps the program that was compiled.
//
//export gocir_cache
func gocir_cache(c *C.struct_compile) {
	var s C.struct_serialize
	if C.gocir_serialize(c, &s) == 0 {
		kept.note(nameOf(c), "the plugin can't write its program down")
		return
	}
	defer C.gocir_release(&s)
	kept.write(nameOf(c), C.GoBytes(unsafe.Pointer(s.bytes), C.int(s.bytes_size)))
}

// nameOf is the cache's name for a program: a digest of its code and of the options that it is compiled with.
func nameOf(c *C.struct_compile) string {
	view := func(p *C.char, n C.size_t) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), n) }
	return kept.name(view(c.program.code, c.program.code_size), view(c.options, c.options_size))
}
