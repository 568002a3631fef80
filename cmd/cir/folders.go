package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gocir/cir/backend"
	"gocir/cir/backend/plugin"
)

// folders is about the folders that commands write to and read from.
func folders() []finding {
	places := [][2]string{
		{"plugins", plugin.UserRoot()}, {"data", "datasets/data"}, {"weights", "models/weights"}, {"runs", "checkpoints/runs"},
	}
	cache, err := cacheFolder("")
	if err == nil {
		places = append(places, [2]string{"cache", cache})
	}
	all := []finding{{What: "folder programs", Value: "none: compiled programs are not kept"}}
	if dir := backend.ProgramsFolder(); dir != "" {
		all[0] = folder("programs", dir)
	}
	for _, place := range places {
		all = append(all, folder(place[0], place[1]))
	}
	if err != nil {
		all = append(all, finding{What: "folder cache", Value: "none", Wrong: err.Error(), Next: "set HOME or XDG_CACHE_HOME, or give commands -cache DIR"})
	}
	return all
}

// folder says whether a folder is there and how much room its disk has. One that is not there is made when it is needed.
func folder(what, path string) finding {
	f := finding{What: "folder " + what, Value: path}
	absolute, err := filepath.Abs(path)
	if err != nil || path == "" {
		f.Wrong, f.Next = "nobody knows where it is", "set HOME"
		return f
	}
	f.Value = absolute
	info, err := os.Stat(absolute)
	switch {
	case err != nil:
		f.Value += ", not there yet"
	case !info.IsDir():
		f.Wrong, f.Next = absolute+" is a file", "move it out of the way"
		return f
	}
	if free, ok := freeSpace(parentThatIs(absolute)); ok {
		f.Value += fmt.Sprintf(", %s free", gigabytes(free))
	}
	return f
}

// parentThatIs is the nearest folder above path, or path itself, that is there.
func parentThatIs(path string) string {
	for {
		if info, err := os.Stat(path); err == nil && info.IsDir() || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// memory is the machine's memory as Linux tells it.
func memory() string {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return "not known on this system"
	}
	values := map[string]uint64{}
	for line := range strings.Lines(string(text)) {
		var name string
		var kilobytes uint64
		if n, _ := fmt.Sscanf(line, "%s %d kB", &name, &kilobytes); n == 2 {
			values[name] = kilobytes << 10
		}
	}
	return fmt.Sprintf("%s, of which %s are free or can be freed", gigabytes(values["MemTotal:"]), gigabytes(values["MemAvailable:"]))
}

func gigabytes(bytes uint64) string { return fmt.Sprintf("%.1f GB", float64(bytes)/1e9) }
