package atomicfile_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"gocir/atomicfile"
)

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "runs", "results.json")
	err = atomicfile.Write(path, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(map[string]float64{"R@10": 43.5})
	})
	if err != nil {
		log.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	fmt.Print(string(data))
	// Output: {"R@10":43.5}
}
