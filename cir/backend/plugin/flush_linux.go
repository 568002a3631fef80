package plugin

import "syscall"

// flush waits until all that was written has reached the disk. A plugin can be thousands of files: one call for each would
// take minutes.
func flush() { syscall.Sync() }
