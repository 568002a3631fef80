//go:build deps

package gocir

import (
	_ "git.sr.ht/~sbinet/gg"
	_ "github.com/alecthomas/kong"
	_ "github.com/charmbracelet/lipgloss/table"
	_ "github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	_ "github.com/gomlx/go-xla/compute/xla"
	_ "github.com/gomlx/gomlx/core/graph"
	_ "github.com/gomlx/gomlx/ml/model"
	_ "github.com/gomlx/gomlx/ml/nn"
	_ "github.com/schollz/progressbar/v3"
	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/term"
	_ "golang.org/x/text/unicode/norm"
	_ "gonum.org/v1/gonum/floats"
	_ "gonum.org/v1/plot"
)
