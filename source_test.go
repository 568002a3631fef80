package gocir_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A goPackage is a package of this module, tests and files for other machines included.
type goPackage struct {
	Path  string // below the module, "." for the root
	Name  string
	Files []goFile
}

type goFile struct {
	*ast.File
	Path  string
	Lines int
	Test  bool
}

var positions = token.NewFileSet()

// packages are all packages of the module, sorted by path.
func packages(t *testing.T) []goPackage {
	t.Helper()
	all, err := source()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("the module has no package")
	}
	return all
}

var source = sync.OnceValues(func() ([]goPackage, error) {
	ignored, err := ignoredFolders()
	if err != nil {
		return nil, err
	}
	byPath := map[string]*goPackage{}
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return enter(path, ignored)
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		return add(byPath, path)
	})
	var all []goPackage
	for _, path := range slices.Sorted(maps.Keys(byPath)) {
		all = append(all, *byPath[path])
	}
	return all, err
})

// ignoredFolders are those of go.mod's ignore block.
func ignoredFolders() ([]string, error) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		return nil, err
	}
	_, block, found := strings.Cut(string(text), "\nignore (")
	block, _, closed := strings.Cut(block, ")")
	if !found || !closed {
		return nil, fmt.Errorf("go.mod has no ignore block: data sets and weights would be searched for code")
	}
	var folders []string
	for _, folder := range strings.Fields(block) {
		folders = append(folders, filepath.Clean(folder))
	}
	return folders, nil
}

// enter leaves out the folders that the go command leaves out.
func enter(path string, ignored []string) error {
	name := filepath.Base(path)
	hidden := path != "." && (name[0] == '.' || name[0] == '_')
	if hidden || name == "testdata" || slices.Contains(ignored, path) {
		return filepath.SkipDir
	}
	return nil
}

// add parses a file into its package.
func add(byPath map[string]*goPackage, path string) error {
	file, err := parser.ParseFile(positions, path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	folder := filepath.ToSlash(filepath.Dir(path))
	p := byPath[folder]
	if p == nil {
		p = &goPackage{Path: folder}
		byPath[folder] = p
	}
	test := strings.HasSuffix(path, "_test.go")
	if !test || p.Name == "" {
		p.Name = file.Name.Name
	}
	lines := positions.File(file.FileStart).LineCount()
	p.Files = append(p.Files, goFile{File: file, Path: path, Lines: lines, Test: test})
	return nil
}

// imports are the paths that a file imports, each with the name it is given, "" for its own.
func (f goFile) imports() map[string]string {
	out := map[string]string{}
	for _, spec := range f.Imports {
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		}
		out[strings.Trim(spec.Path.Value, `"`)] = name
	}
	return out
}

// place is where a node stands, for messages.
func place(node ast.Node) string {
	p := positions.Position(node.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}
