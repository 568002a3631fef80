//go:build !noxla

package backend

import _ "github.com/gomlx/go-xla/compute/xla" // registers "xla"; builds with -tags noxla need no cgo
