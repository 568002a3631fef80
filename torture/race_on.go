//go:build race

package torture

// Race is whether the program is built with the race detector, which takes many times the time and memory.
const Race = true
