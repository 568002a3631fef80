// Package gocir_test holds the rules that the whole module keeps: who may import whom, and how long, documented and
// exemplified code is. CONTRIBUTING.md explains them.
package gocir_test

import (
	"strings"
	"testing"
)

// layers is the import order: a package imports packages of lower layers only. CONTRIBUTING.md has it as a table.
var layers = map[string]int{
	".":                     0,
	"atomicfile":            0,
	"checkpoints/tensor":    0,
	"cir/jpeg":              0,
	"datasets/datasetstest": 0,
	"torture":               0,

	"checkpoints/safetensors": 1,
	"checkpoints/torch":       1,
	"cir/backend/plugin":      1,
	"cir/preprocess":          1,
	"cir/tokenize":            1,
	"datasets":                1,

	"checkpoints":        2,
	"cir":                2,
	"cir/backend":        2,
	"cir/eval":           2,
	"datasets/cirr":      2,
	"datasets/fashioniq": 2,
	"datasets/folder":    2,
	"datasets/wardrobe":  2,

	"cir/cirtest": 3,
	"cir/embed":   3,
	"cir/feed":    3,
	"cir/report":  3,

	"cir/retrieve": 4,
	"cir/train":    4,

	"models": 5,

	"cir/bench":            6,
	"cir/verify":           6,
	"cmd/cir/internal/web": 6,
	"lab":                  6,

	"cmd/cir":                 7,
	"docker/plugin":           7,
	"notebooks/nb":            7,
	"scripts/licences":        7,
	"scripts/peers":           7,
	"scripts/torture":         7,
	"scripts/vulnerabilities": 7,

	"notebooks":       8,
	"notebooks/check": 8,
}

// gomlx are the packages that may import GoMLX. All others work on plain slices, so that they can be used without it.
var gomlx = map[string]bool{
	"cir":          true,
	"cir/backend":  true,
	"cir/bench":    true,
	"cir/cirtest":  true,
	"cir/train":    true,
	"cir/verify":   true,
	"cmd/cir":      true,
	"lab":          true,
	"models":       true,
	"notebooks/nb": true,
}

const (
	modulePath = "gocir/"
	gomlxPath  = "github.com/gomlx/"
	graphPath  = "github.com/gomlx/gomlx/core/graph"
)

// Packages import lower layers only. Tests may import any package: nothing depends on them.
func TestImportOrder(t *testing.T) {
	for _, p := range packages(t) {
		layer, known := layers[p.Path]
		if !known {
			t.Errorf("package %s has no layer: give it one in layers_test.go, above all it imports and below all that import it, and a line in the table of CONTRIBUTING.md", p.Path)
			continue
		}
		for _, file := range p.Files {
			for path := range file.imports() {
				imported, ours := strings.CutPrefix(path, modulePath)
				if below := layers[imported]; ours && !file.Test && below >= layer {
					t.Errorf("%s of layer %d imports %s of layer %d: move what it needs to a lower layer", file.Path, layer, imported, below)
				}
			}
		}
	}
}

// The tests of a package may need GoMLX only where the package may.
func TestGoMLXStaysWhereItBelongs(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.Files {
			for path := range file.imports() {
				if strings.HasPrefix(path, gomlxPath) && !gomlx[p.Path] {
					t.Errorf("%s imports %s: take slices instead, or have the caller pass a function", file.Path, path)
				}
			}
		}
	}
}

// GoMLX's graph package is written without its name, as its documentation does. Nothing else is.
func TestDotImports(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.Files {
			for path, name := range file.imports() {
				if name == "." && path != graphPath {
					t.Errorf("%s imports %s with a dot", file.Path, path)
				}
			}
		}
	}
}
