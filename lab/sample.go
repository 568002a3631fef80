package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gocir/atomicfile"
)

// Sample fills a folder with n drawn scenes that no training has seen, each under a name that says what it shows, such as
// beach/2-black-dogs-017.png: somebody's own pictures, for trying out a search in a folder. It returns the folder, and
// leaves alone what is there already.
func (w *Workbench) Sample(n int) (string, error) {
	dir := filepath.Join(w.Dir, fmt.Sprintf("sample-%d", n))
	scenes := w.unseenScenes()
	if n > len(scenes) {
		return "", fmt.Errorf("sampling %d scenes: there are %d", n, len(scenes))
	}
	for i, name := range scenes[:n] {
		path := filepath.Join(dir, w.sampleName(name, i))
		if _, err := os.Stat(path); err == nil {
			continue
		}
		data, err := w.sets["cirr"].Image(name)
		if err != nil {
			return "", fmt.Errorf("sampling scenes: %w", err)
		}
		if err := atomicfile.WriteFile(path, data); err != nil {
			return "", fmt.Errorf("sampling scenes: %w", err)
		}
	}
	return dir, nil
}

// unseenScenes are the image names of CIRR's val and test splits.
func (w *Workbench) unseenScenes() []string {
	var names []string
	for _, split := range []string{"val", "test1"} {
		for _, d := range w.Drawn.Descriptions(split) {
			if d.Dataset == "cirr" {
				names = append(names, d.Image)
			}
		}
	}
	return slices.Compact(names) // each has several descriptions
}

func (w *Workbench) sampleName(name string, number int) string {
	shows, _ := w.Drawn.Attributes(name)
	what := "no-animals"
	if shows["count"] != "0" {
		what = fmt.Sprintf("%s-%s-%s", shows["count"], shows["colour"], shows["animal"])
		if shows["count"] != "1" {
			what += "s"
		}
	}
	return filepath.Join(shows["place"], fmt.Sprintf("%s-%03d.png", strings.ReplaceAll(what, " ", "-"), number))
}
