//go:build !linux

package plugin

// flush has nothing to do: no plugin is installed where these are (see supported).
func flush() {}
