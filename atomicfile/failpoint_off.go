//go:build !failpoints

package atomicfile

// failpoint is called before each operation on files. It does nothing unless the program is built with the tag
// failpoints.
func failpoint(string) error { return nil }
