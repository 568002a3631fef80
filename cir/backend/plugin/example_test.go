package plugin_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"gocir/cir/backend/plugin"
)

// A folder without the plugin is known at once. Installing refuses every file but the pinned ones, without a network.
func ExamplePin_Install() {
	fmt.Println(errors.Is(plugin.CPU.Check("/nowhere"), fs.ErrNotExist))

	_, err := plugin.CPU.Install(context.Background(), "/proc/nowhere", plugin.Options{})
	fmt.Println(err != nil)
	// Output:
	// true
	// true
}
