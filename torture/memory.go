package torture

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// Growth runs do and returns by how many bytes the process's memory grew at most meanwhile, mapped files included. On
// systems that don't tell (all but Linux) it is what Go allocated, given back or not, without mapped files. In a program
// that is built with -race it is 0: most of its memory is the race detector's.
func Growth(do func()) int64 {
	if Race {
		do()
		return 0
	}
	debug.FreeOSMemory()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	reset := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // VmHWM begins again at VmRSS
	resident := status("VmRSS:")
	do()
	if peak := status("VmHWM:"); reset == nil && resident > 0 && peak > 0 {
		return max(0, peak-resident)
	}
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// status is a size that the system tells of this process, in bytes; 0: it does not tell.
func status(field string) int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), field)
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
