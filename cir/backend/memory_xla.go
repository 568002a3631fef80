//go:build cgo && linux && !noxla

package backend

// #include <malloc.h>
// static void keep_memory(void) {
// #ifdef __GLIBC__
// 	mallopt(M_MMAP_MAX, 0);
// 	mallopt(M_TRIM_THRESHOLD, -1);
// #endif
// }
import "C"

// keepMemory has the C library keep what XLA frees instead of giving it back to the system. A program takes a gigabyte for
// its inner results at each call: to get it as new pages each time takes a twelfth of the image encoder's time.
func keepMemory() { C.keep_memory() }
