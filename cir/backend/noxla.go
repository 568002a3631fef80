//go:build !cgo || noxla

package backend

// LoadsPlugins tells whether this program can load plugins, which needs cgo.
const LoadsPlugins = false
