package report

import (
	"fmt"
	"os"
	"strings"

	"gocir/atomicfile"
)

// Insert puts text, which ends with a line feed, between the lines begin and end of the file at path, in place of what
// stood there. A file without the two lines is an error and stays as it is.
func Insert(path, begin, end, text string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("showing a table: %w", err)
	}
	before, rest, begun := strings.Cut(string(file), begin+"\n")
	_, after, ended := strings.Cut(rest, end+"\n")
	if !begun || !ended {
		return fmt.Errorf("showing a table: %s has no lines %q and %q for it to stand between", path, begin, end)
	}
	return atomicfile.WriteFile(path, []byte(before+begin+"\n"+text+end+"\n"+after))
}
