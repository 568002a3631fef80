//go:build unix

package main

import "syscall"

// ownSession keeps signals of the terminal away from a process: they are for the one that started it.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// roomFor is an error where this process may not take so many bytes of addresses more.
func roomFor(bytes int) error {
	room, err := syscall.Mmap(-1, 0, bytes, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return err
	}
	return syscall.Munmap(room)
}
