package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gocir/cir/report"
)

// allowed are the licences that a dependency may have: those that let anyone use, change and pass on the whole program under
// its own terms, notices kept.
var allowed = map[string]string{
	"Apache-2.0":   "permissive; its NOTICE files are passed on too",
	"BSD-2-Clause": "permissive",
	"BSD-3-Clause": "permissive",
	"CC-BY-4.0":    "attribution",
	"FTL":          "permissive, with a credit in the documentation",
	"ISC":          "permissive",
	"MIT":          "permissive",
	"MPL-2.0":      "changed files of the module stay under it, nothing else does",
	"OFL-1.1":      "fonts: may be embedded, may not be sold alone",
}

// refuse is an error that names every module under a licence that is not allowed.
func refuse(all []module) error {
	var errs []error
	for _, m := range all {
		for _, licence := range m.Licences {
			if allowed[licence] == "" {
				errs = append(errs, fmt.Errorf("%s %s is under %s, which is not allowed (%s): do without the module",
					m.Path, m.Version, licence, strings.Join(slices.Sorted(maps.Keys(allowed)), ", ")))
			}
		}
	}
	return errors.Join(errs...)
}

const head = "# Licences of the Go modules\n\n" +
	"`make licences` writes this file from `go.mod` and the licence files of the modules themselves. `make lint` fails where it is\n" +
	"out of date, or where a licence is not an allowed one. [THIRD_PARTY.md](../THIRD_PARTY.md) has all else that is not ours:\n" +
	"methods, data, weights, Python packages, XLA's plugins.\n\n" +
	"A module is listed with the first of those who use it. What \"the command\" uses is linked into `bin/cir` (on Linux, macOS or\n" +
	"Windows), beside Go's own library (BSD-3-Clause): whoever passes on a binary passes on the texts of these licences too.\n" +
	"The rest is in nobody's binary: notebooks, tests, and the kernel, which is GoNB, are built where they run. Go checks what it\n" +
	"downloads against the checksums in `go.sum`.\n\n"

// markdown is the document: a table of modules, those of the command first, and one of licences.
func markdown(all []module) (string, error) {
	var b strings.Builder
	b.WriteString(head)
	modules := report.Table{Columns: []string{"module", "version", "licence", "used by"}}
	for _, use := range append(names(), unused) {
		for _, m := range all {
			if m.Use == use {
				modules.Add(report.Text(m.Path), report.Text(m.Version), report.Text(strings.Join(m.Licences, " AND ")), report.Text(m.Use))
			}
		}
	}
	if err := modules.WriteMarkdown(&b); err != nil {
		return "", err
	}
	b.WriteString("\n## Licences that are allowed\n\n")
	licences := report.Table{Columns: []string{"licence", "what it asks for", "modules"}}
	for _, licence := range slices.Sorted(maps.Keys(allowed)) {
		count := 0
		for _, m := range all {
			if slices.Contains(m.Licences, licence) {
				count++
			}
		}
		licences.Add(report.Text(licence), report.Text(allowed[licence]), report.Count(count))
	}
	err := licences.WriteMarkdown(&b)
	return b.String(), err
}

func names() (all []string) {
	for _, use := range uses {
		all = append(all, use.name)
	}
	return all
}
