// Command plugin installs an XLA plugin into .local, as `cir setup -local` does, before the rest of the project is there: so
// an image is built anew after a change of code without the download.
//
//	go run ./docker/plugin cpu|cuda
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gocir/cir/backend/plugin"
)

func main() {
	if len(os.Args) == 2 {
		for _, pin := range plugin.Pins {
			if pin.Device == os.Args[1] {
				install(pin)
				return
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: go run ./docker/plugin cpu|cuda")
	os.Exit(2)
}

func install(pin plugin.Pin) {
	say := func(line string) { fmt.Println(line) }
	if _, err := pin.Install(context.Background(), filepath.Join(".local", pin.Folder), plugin.Options{Say: say, Diary: os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
