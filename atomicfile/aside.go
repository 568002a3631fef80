package atomicfile

import (
	"fmt"
	"os"
)

// SetAside gives what can't be used, a file or anything else that has its name, another one beside it, so that its place
// is free and a person can look at it. It returns the new path: path.unusable, or path.unusable-2 and so on where a folder
// has that name. An older file that was set aside is replaced.
func SetAside(path string) (string, error) {
	var err error
	for n := 1; n <= 100; n++ {
		aside := path + ".unusable"
		if n > 1 {
			aside = fmt.Sprintf("%s-%d", aside, n)
		}
		if err = os.Rename(path, aside); err == nil {
			return aside, nil
		}
		if _, err := os.Lstat(aside); err != nil {
			break // no other name would do
		}
	}
	return "", fmt.Errorf("setting %s aside: %w", path, err)
}
