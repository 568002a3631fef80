package torture

import (
	"errors"
	"fmt"
	"runtime"
	"time"
)

// Within runs f and returns an error where it took more than it may: bytes allocated in all, freed ones included, so
// that what it held at a time is less; and time. What other goroutines allocate meanwhile counts too.
func Within(bytes uint64, limit time.Duration, f func()) error {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begun := time.Now()
	f()
	took := time.Since(begun)
	runtime.ReadMemStats(&after)
	var errs []error
	if n := after.TotalAlloc - before.TotalAlloc; n > bytes {
		errs = append(errs, fmt.Errorf("it took %d bytes of memory and may take %d", n, bytes))
	}
	if took > limit {
		errs = append(errs, fmt.Errorf("it took %v and may take %v", took.Round(time.Millisecond), limit))
	}
	return errors.Join(errs...)
}
