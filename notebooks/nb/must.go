package nb

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/janpfeifer/must"
)

// must panics unless told otherwise, and a cell then shows the stack of every goroutine, which helps nobody.
func init() { must.M = end }

// end ends the cell at an error.
func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "✗", sentence(err))
		os.Exit(1)
	}
}

// sentence is the error, and what to do where that depends on the notebook.
func sentence(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return err.Error() + ": the disk is full; free some space and run this cell again, what was finished is kept"
	case errors.Is(err, os.ErrPermission):
		return fmt.Sprintf("%v: notebooks write to %s, or to the folder that $GOCIR_WORK names", err, Work())
	}
	return err.Error()
}
