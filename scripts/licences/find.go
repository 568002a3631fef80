package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// A module is a dependency with what was found of it.
type module struct {
	Path, Version string
	Dir           string // where its files lie
	Error         string // why it could not be downloaded

	Use      string   // who uses it, one of the names of uses
	Licences []string // SPDX identifiers; all of them hold
}

// find are the modules that go.mod names, sorted by path. Since go.mod names all that any package of ours needs, tests and
// tools too, there are no others.
func find() ([]module, error) {
	out, failed := goCommand(nil, "mod", "download", "-json") // where it fails for a module it says so in its Error, too
	var all []module
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var m module
		if err := decoder.Decode(&m); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading what `go mod download` says: %w", err)
		}
		if m.Error != "" {
			return nil, fmt.Errorf("downloading %s %s: %s", m.Path, m.Version, m.Error)
		}
		all = append(all, m)
	}
	if failed != nil {
		return nil, failed
	}
	slices.SortFunc(all, func(a, b module) int { return cmp.Compare(a.Path, b.Path) })
	return all, errors.Join(addUses(all), addLicences(all))
}

// goCommand runs the go command in the root folder, and returns what it prints, also where it fails.
func goCommand(environment []string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	command := exec.Command("go", args...)
	command.Env = append(os.Environ(), environment...)
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, err
}

// uses are those who need modules, in the order in which they are named: a module is said to be used by the first.
var uses = []struct {
	name    string
	systems []string // GOOS
	list    []string // what the go command is asked to list
}{
	{"the command", []string{"linux", "darwin", "windows"}, []string{"./cmd/cir"}},
	{"notebooks", []string{"linux"}, []string{"./notebooks/..."}},
	{"tests and scripts", []string{"linux"}, []string{"-test", "-tags", "notebooks,peers", "./..."}},
	{"the kernel", []string{"linux"}, []string{"tool"}},
}

// unused is what is said of modules that go.mod names for their version only: no package of theirs is built.
const unused = "nothing; go.mod holds its version"

func addUses(all []module) error {
	for _, use := range uses {
		for _, system := range use.systems {
			environment := []string{"GOOS=" + system, "GOARCH=amd64", "CGO_ENABLED=1", "GOEXPERIMENT=simd", "GOFLAGS="}
			out, err := goCommand(environment, append([]string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}"}, use.list...)...)
			if err != nil {
				return err
			}
			needed := strings.Fields(string(out))
			slices.Sort(needed)
			for i := range all {
				if _, found := slices.BinarySearch(needed, all[i].Path); found {
					all[i].Use = cmp.Or(all[i].Use, use.name)
				}
			}
		}
	}
	for i := range all {
		all[i].Use = cmp.Or(all[i].Use, unused)
	}
	return nil
}

func addLicences(all []module) error {
	var errs []error
	for i, m := range all {
		var err error
		if all[i].Licences, err = m.licences(); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", m.Path, m.Version, err))
		}
	}
	return errors.Join(errs...)
}

// named are files that hold a licence; license.go is code.
var named = regexp.MustCompile(`(?i)^((un)?licen[cs]e|copying)([-_.].*)?$`)

// chosen are the files that hold the licence of modules that have others too.
var chosen = map[string]string{
	"github.com/ajstarks/svgo":   "LICENSE",          // LICENSE-link.txt only says where to read it
	"github.com/golang/freetype": "licenses/ftl.txt", // LICENSE leaves the choice between it and GPL-2.0-or-later
}

// enough is the part of a licence file, in percent, that has to be the text of known licences. Names and years are the rest.
const enough = 75

// licences are those of the licence files in the module's root folder.
func (m module) licences() ([]string, error) {
	files, err := m.files()
	if err != nil {
		return nil, err
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(m.Dir, file))
		if err != nil {
			return nil, err
		}
		known := licensecheck.Scan(text)
		if known.Percent < enough {
			return nil, fmt.Errorf("%.0f%% of its file %s is the text of a known licence, want %d%%: read it, and say in scripts/licences which licence it is", known.Percent, file, enough)
		}
		for _, match := range known.Match {
			found = append(found, match.ID)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// files are the names of the module's licence files; there is at least one.
func (m module) files() ([]string, error) {
	if file, ok := chosen[m.Path]; ok {
		return []string{file}, nil
	}
	entries, err := os.ReadDir(m.Dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && named.MatchString(entry.Name()) && filepath.Ext(entry.Name()) != ".go" {
			files = append(files, entry.Name())
		}
	}
	if files == nil {
		return nil, errors.New("it has no licence file: it must not be used")
	}
	return files, nil
}
