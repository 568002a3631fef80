package backend

import (
	"maps"
	"os"
	"slices"
	"strings"
)

// Processor is the machine's processor by its own name, and the instructions that it has, as Linux says them. Both are empty
// where the system does not tell.
func Processor() (name, instructions string) {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return processor(string(text))
}

// processor is Processor of the text of /proc/cpuinfo, which describes every core: what they have in common is said once.
func processor(text string) (name, instructions string) {
	names, flags := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(text) {
		switch field, value, _ := strings.Cut(line, ":"); strings.TrimSpace(field) {
		case "model name":
			names[strings.TrimSpace(value)] = true
		case "flags":
			flags[strings.TrimSpace(value)] = true
		}
	}
	joined := func(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), "; ") }
	return joined(names), joined(flags)
}
