package gocir_test

import (
	"go/ast"
	"go/doc"
	"go/token"
	"strings"
	"testing"
)

const (
	maxFileLines     = 320
	maxFunctionLines = 60
)

// Files and functions are short enough to be read at one go, tests too.
func TestLengths(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.Files {
			if file.Lines > maxFileLines {
				t.Errorf("%s has %d lines, allowed are %d: split it by what its parts do", file.Path, file.Lines, maxFileLines)
			}
			for _, declaration := range file.Decls {
				f, ok := declaration.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if lines := positions.Position(f.End()).Line - positions.Position(f.Pos()).Line + 1; lines > maxFunctionLines {
					t.Errorf("%s: %s has %d lines, allowed are %d: name its steps and make them functions", file.Path, f.Name.Name, lines, maxFunctionLines)
				}
			}
		}
	}
}

// Every package says what it is for, and every exported name what it means.
func TestDocComments(t *testing.T) {
	for _, p := range packages(t) {
		documented := false
		for _, file := range p.Files {
			documented = documented || file.Doc != nil
			if file.Test {
				continue
			}
			for _, declaration := range file.Decls {
				for _, name := range undocumented(declaration) {
					t.Errorf("%s: %s has no doc comment", place(name), name.Name)
				}
			}
		}
		if !documented {
			t.Errorf("package %s has no package comment", p.Path)
		}
	}
}

// undocumented are the exported names of a declaration that no comment explains. The comment of a group counts for all
// its constants and variables.
func undocumented(declaration ast.Decl) []*ast.Ident {
	var names []*ast.Ident
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && receiverIsExported(d) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Doc == nil && (d.Doc == nil || d.Lparen != token.NoPos) {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				if s.Doc == nil && s.Comment == nil && d.Doc == nil {
					names = append(names, s.Names...)
				}
			}
		}
	}
	return exported(names)
}

// receiverIsExported tells whether a function is one, or a method that users of the package see.
func receiverIsExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	of := f.Recv.List[0].Type
	for {
		switch e := of.(type) {
		case *ast.StarExpr:
			of = e.X
		case *ast.IndexExpr:
			of = e.X
		case *ast.IndexListExpr:
			of = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return false
		}
	}
}

func exported(names []*ast.Ident) []*ast.Ident {
	var out []*ast.Ident
	for _, name := range names {
		if name.IsExported() {
			out = append(out, name)
		}
	}
	return out
}

// Every public package shows its use in an example that is run.
func TestExamples(t *testing.T) {
	for _, p := range packages(t) {
		if p.Path == "." || p.Name == "main" || isInternal(p.Path) || onlyTests(p) {
			continue
		}
		if !hasExample(p) {
			t.Errorf("package %s has no runnable example: add a function Example… with an // Output: comment to its tests", p.Path)
		}
	}
}

func isInternal(path string) bool { return strings.Contains("/"+path+"/", "/internal/") }

func onlyTests(p goPackage) bool {
	for _, file := range p.Files {
		if !file.Test {
			return false
		}
	}
	return true
}

func hasExample(p goPackage) bool {
	for _, file := range p.Files {
		if file.Test {
			for _, example := range doc.Examples(file.File) {
				if example.Output != "" || example.EmptyOutput {
					return true
				}
			}
		}
	}
	return false
}

// Only commands print, and what speaks for a notebook's cells: another package returns what it has to say, or writes it
// where the caller wants it.
func TestOnlyCommandsPrint(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.Files {
			if file.Test || p.Name == "main" || p.Path == "notebooks/nb" {
				continue
			}
			ast.Inspect(file.File, func(node ast.Node) bool {
				if of, ok := node.(*ast.SelectorExpr); ok && prints(of) {
					t.Errorf("%s uses %s.%s: return the text, or take an io.Writer", place(of), of.X, of.Sel.Name)
				}
				return true
			})
		}
	}
}

func prints(of *ast.SelectorExpr) bool {
	from, ok := of.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch from.Name + "." + of.Sel.Name {
	case "fmt.Print", "fmt.Printf", "fmt.Println", "os.Stdout", "os.Stderr":
		return true
	}
	return from.Name == "log"
}

// Where the code follows the original against the obvious it says UPSTREAM: and how. `go test -v -run Upstream .` lists
// these places.
func TestUpstreamMarks(t *testing.T) {
	for _, p := range packages(t) {
		for _, file := range p.Files {
			for _, group := range file.Comments {
				for _, oddity := range strings.Split(group.Text(), "UPSTREAM:")[1:] {
					oddity, _, _ = strings.Cut(oddity, "\n\n")
					oddity = strings.Join(strings.Fields(oddity), " ")
					t.Logf("%s: %s", place(group), oddity)
					if len(oddity) < 20 {
						t.Errorf("%s: UPSTREAM: is followed by %q: say what the original does and why it stays", place(group), oddity)
					}
				}
			}
		}
	}
}
