//go:build linux || darwin

package main

import "golang.org/x/sys/unix"

// freeSpace is what a user may still write on a folder's disk, in bytes.
func freeSpace(folder string) (bytes uint64, ok bool) {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return 0, false
	}
	return stat.Bavail * uint64(stat.Bsize), true
}
