package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	required = regexp.MustCompile(`(?m)^\s*(?:require\s+)?(\S+) (v\d\S*)(?: // indirect)?$`)
	row      = regexp.MustCompile(`(?m)^\| (\S+) \| (v\d\S*) \| (.*?) \|`)
)

// disagreements says where a go.mod and a docs/licences.md differ, and which licences are not allowed. It needs neither network
// nor the modules.
func disagreements(gomod, document string) (all []string) {
	wanted, listed := map[string]bool{}, map[string]bool{}
	for _, m := range required.FindAllStringSubmatch(gomod, -1) {
		wanted[m[1]+" "+m[2]] = true
	}
	for _, m := range row.FindAllStringSubmatch(document, -1) {
		name := strings.ReplaceAll(m[1], `\`, "") + " " + m[2] // Markdown escapes ~
		listed[name] = true
		if !wanted[name] {
			all = append(all, name+" is not in go.mod")
		}
		for licence := range strings.SplitSeq(m[3], " AND ") {
			if allowed[licence] == "" {
				all = append(all, fmt.Sprintf("%s: licence %q is not allowed", name, licence))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if !listed[name] {
			all = append(all, name+" is not listed")
		}
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every module of go.mod is listed at its version, with a licence that is allowed, and no other module is.
func TestDocumentIsThatOfGoMod(t *testing.T) {
	gomod, document := read(t, "go.mod"), read(t, document)
	for _, fault := range disagreements(gomod, document) {
		t.Errorf("%s: run `make licences`, or do without the module", fault)
	}
	if n := len(required.FindAllString(gomod, -1)); n < 20 {
		t.Errorf("only %d modules were found in go.mod", n)
	}
}

func TestDisagreementsAreFound(t *testing.T) {
	const gomod = "module gocir\n\ngo 1.26.5\n\nrequire (\n\ta.org/x v1.2.3\n\tb.org/y v0.1.0 // indirect\n)\n\nrequire c.org/z v2.0.0\n"
	const document = "| module | version | licence | used by |\n| --- | --- | --- | --- |\n" +
		"| a.org/x | v1.2.3 | MIT AND OFL-1.1 | tests |\n| b.org/y | v0.1.0 | MIT | tests |\n| c.org/z | v2.0.0 | MPL-2.0 | tests |\n"
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""},
		{"v1.2.3", "v1.2.4", "a.org/x v1.2.4 is not in go.mod; a.org/x v1.2.3 is not listed"},
		{"b.org/y", "b.org/yy", "b.org/yy v0.1.0 is not in go.mod; b.org/y v0.1.0 is not listed"},
		{"MPL-2.0", "AGPL-3.0", `c.org/z v2.0.0: licence "AGPL-3.0" is not allowed`},
		{"OFL-1.1", "GPL-2.0", `a.org/x v1.2.3: licence "GPL-2.0" is not allowed`},
		{"| MIT |", "|  |", `b.org/y v0.1.0: licence "" is not allowed`},
	} {
		if got := strings.Join(disagreements(gomod, strings.Replace(document, c.from, c.to, 1)), "; "); got != c.want {
			t.Errorf("%s for %s: got %q, want %q", c.to, c.from, got, c.want)
		}
	}
}

// Licences are told by their text, all files of a module's root count, and what is not known or not there is an error.
func TestLicencesAreReadFromTheirText(t *testing.T) {
	mit, apache := read(t, "LICENSE"), read(t, "cir/tokenize/LICENSE-APACHE")
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"one":         {map[string]string{"LICENSE": mit, "main.go": "package x"}, "MIT"},
		"two":         {map[string]string{"LICENCE.md": mit, "COPYING": apache, "NOTICE": "by us"}, "Apache-2.0 AND MIT"},
		"none":        {map[string]string{"README": mit}, "no licence file"},
		"unknown":     {map[string]string{"LICENSE": "Ask us before you use this, and pay."}, "is the text of a known licence"},
		"conditioned": {map[string]string{"LICENSE": mit[:300] + strings.Repeat("Ask us before you use this, and pay. ", 40)}, "is the text of a known licence"},
	} {
		m := module{Dir: t.TempDir()}
		for file, text := range c.files {
			if err := os.WriteFile(filepath.Join(m.Dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := m.licences()
		if text := strings.Join(got, " AND ") + fmt.Sprint(err); !strings.Contains(text, c.want) || (err == nil) != (allowed[strings.Split(c.want, " ")[0]] != "") {
			t.Errorf("%s: %q, %v; want %s", name, got, err, c.want)
		}
	}
}

func TestModulesUnderOtherLicencesAreRefused(t *testing.T) {
	good, bad := module{Path: "a.org/x", Licences: []string{"MIT"}}, module{Path: "b.org/y", Version: "v1.0.0", Licences: []string{"MIT", "GPL-3.0"}}
	if err := refuse([]module{good}); err != nil {
		t.Error(err)
	}
	if err := refuse([]module{good, bad}); err == nil || !strings.Contains(err.Error(), "b.org/y v1.0.0 is under GPL-3.0") {
		t.Error(err)
	}
}

// A module stands with the first of its users, those of the command first.
func TestMarkdown(t *testing.T) {
	text, err := markdown([]module{
		{Path: "a.org/x", Version: "v1.0.0", Licences: []string{"MIT"}, Use: "notebooks"},
		{Path: "b.org/y", Version: "v2.0.0", Licences: []string{"MIT", "OFL-1.1"}, Use: "the command"},
	})
	want := "| b.org/y | v2.0.0 | MIT AND OFL-1.1 | the command |\n| a.org/x | v1.0.0 | MIT | notebooks |\n"
	if err != nil || !strings.Contains(text, want) {
		t.Errorf("%v: %s", err, text)
	}
}
