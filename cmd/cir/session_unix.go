//go:build unix

package main

import "syscall"

// ownSession keeps signals of the terminal away from a process: they are for the one that started it.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
