//go:build !cgo || !linux || noxla

package backend

import "gocir/cir/backend/plugin"

// keepPrograms keeps nothing: there is no pinned plugin on such systems.
func keepPrograms(plugin.Found) {}

func keepMemory() {}

// loadable leaves it to go-xla to look at a plugin.
func loadable(plugin.Found) error { return nil }
