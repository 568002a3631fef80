//go:build cgo && !noxla

package backend

import _ "github.com/gomlx/go-xla/compute/xla" // registers "xla", which needs cgo; -tags noxla leaves it out with cgo too
