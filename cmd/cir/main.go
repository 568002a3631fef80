// Command cir trains, evaluates and inspects models for composed image retrieval. `cir help` lists what it does.
//
// Results go to stdout, all else to stderr. It exits with 0 if all went well, 1 after a failure, 2 if it was called
// wrongly, 4 if `cir doctor` finds that the backend that was asked for is not there, 130 if it was interrupted (SIGINT), 143 if
// it was terminated (SIGTERM).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"k8s.io/klog/v2"

	"gocir/cir/backend"
	"gocir/cir/embed"
	"gocir/cir/preprocess"
)

// The exit codes besides 0.
const (
	failed      = 1
	misused     = 2
	noBackend   = 4
	interrupted = 130 // 128 and the signal's number, as shells have it
	terminated  = 143
)

func main() {
	klog.SetSlogLogger(slog.New(slog.DiscardHandler)) // what go-xla logs of a plugin, its errors say too
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// An app is what commands work with.
type app struct {
	context.Context // ends at an interrupt

	stdout, stderr io.Writer
	progress       *progress
	parser         *kong.Kong
	command        string // such as "cir train", for messages
	kept           string // what is left of the work if it is interrupted now
	compiled       compiled
}

// A usageError is a command line that can't be meant.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// A backendError says that the backend that was asked for is not there.
type backendError struct{ error }

func misuse(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// logf writes a line to stderr.
func (a *app) logf(format string, args ...any) { a.progress.Line(format, args...) }

// note is a lab.Note.
func (a *app) note(line string) { a.logf("%s", line) }

func run(args []string, stdout, stderr io.Writer) (exit int) {
	ctx, stop := untilSignal(context.Background())
	defer stop()
	a := &app{Context: ctx, stdout: stdout, stderr: stderr, progress: newProgress(stderr), command: "cir"}
	err := safely(args, func() error { return a.execute(args) })
	a.progress.Clear()
	for _, note := range backend.Notes() {
		a.logf("%s", note)
	}
	if sum := a.compiled.sum(); sum != "" {
		a.logf("%s", sum)
	}
	usage := usageError{}
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
		a.logf("%s: %v. %s", a.command, context.Cause(ctx), a.kept)
		return exitOf(context.Cause(ctx))
	case errors.As(err, &usage):
		a.logf("%s: %v", a.command, err)
		a.logf("`%s` shows what there is.", strings.Replace(a.command, "cir", "cir help", 1))
		return misused
	}
	if missing := (*embed.MissingError)(nil); errors.As(err, &missing) {
		err = fmt.Errorf("%w\nadd them, or -skip-missing to leave out what needs them", err)
	}
	if tooLarge(err) {
		err = fmt.Errorf("%w\n-max-pixels N allows larger pictures, and takes up to 16 bytes of memory a pixel for them", err)
	}
	a.logf("%s: %v", a.command, err)
	if absent := (backendError{}); errors.As(err, &absent) {
		return noBackend
	}
	return failed
}

// tooLarge reports whether a picture was refused for its size.
func tooLarge(err error) bool {
	if missing := (*embed.MissingError)(nil); errors.As(err, &missing) {
		return slices.ContainsFunc(missing.Images, func(image embed.ImageError) bool { return errors.Is(image, preprocess.ErrTooLarge) })
	}
	return errors.Is(err, preprocess.ErrTooLarge)
}

// safely makes an error of a panic: a user can do nothing with a trace.
func safely(args []string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			first, _, _ := strings.Cut(fmt.Sprint(p), "\n")
			err = fmt.Errorf("a mistake in the program: %s (please report it, with this command line: cir %s)", first, strings.Join(args, " "))
		}
	}()
	return f()
}

// execute runs the command that args name.
func (a *app) execute(args []string) (err error) {
	var all commands
	if a.parser, err = kong.New(&all, kong.Name("cir"), kong.NoDefaultHelp(), kong.Exit(func(int) {})); err != nil {
		return err
	}
	if len(args) == 0 {
		return misuse("no command is given")
	}
	parsed, err := a.parser.Parse(rewrite(args))
	a.command = named(err, parsed)
	if err != nil {
		return misuse("%s", singleDash(err.Error()))
	}
	return parsed.Run(a)
}

// named is the command of a command line, as far as it was understood.
func named(err error, parsed *kong.Context) string {
	if failure := (*kong.ParseError)(nil); errors.As(err, &failure) {
		parsed = failure.Context
	}
	name := "cir"
	if parsed == nil {
		return name
	}
	for _, part := range parsed.Path {
		if part.Command != nil {
			name += " " + part.Command.Name
		}
	}
	return name
}
