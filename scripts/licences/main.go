// Command licences writes docs/licences.md: the licence of every module that go.mod names, as the module's own licence files
// have it, and what uses it. A module without a licence, or with one that is not allowed, ends it with an error.
//
//	go run ./scripts/licences          write the file
//	go run ./scripts/licences -check   write nothing; fail unless the file says what is found
//
// It runs in the root folder. Modules that are not on the machine yet are downloaded; nothing else is fetched.
package main

import (
	"flag"
	"fmt"
	"os"

	"gocir/atomicfile"
)

const document = "docs/licences.md" // from the root folder

func main() {
	check := flag.Bool("check", false, "write nothing; fail unless "+document+" says what is found")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	modules, err := find()
	if err != nil {
		return err
	}
	if err := refuse(modules); err != nil {
		return err
	}
	text, err := markdown(modules)
	if err != nil {
		return err
	}
	if !check {
		return atomicfile.WriteFile(document, []byte(text))
	}
	if old, err := os.ReadFile(document); err != nil || string(old) != text {
		return fmt.Errorf("%s is not what go.mod and the modules' licence files say: run `make licences` and commit it", document)
	}
	return nil
}
