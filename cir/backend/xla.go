//go:build cgo && !noxla

package backend

import "github.com/gomlx/go-xla/compute/xla" // registers "xla", which needs cgo; -tags noxla leaves it out with cgo too

// LoadsPlugins tells whether this program can load plugins, which needs cgo.
const LoadsPlugins = true

// Plugins are installed by `cir setup`, which checks them; never by go-xla on its own.
func init() { xla.EnableAutoInstall(false) }
