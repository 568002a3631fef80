package wardrobe

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// syncAll waits until what was written below dir is on the disk: one call instead of one for each picture.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}
