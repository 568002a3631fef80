package embed

import (
	"context"
	"iter"
	"runtime"
	"sync"
)

// ordered calls work for 0 to n-1 on all cores and yields the results in order. At most ahead of them, and one per
// core, are there at a time. It ends early when ctx does, or when the loop over it is left; no call of work outlives it.
func ordered[T any](ctx context.Context, n, ahead int, work func(i int) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()

		promises, jobs := make(chan chan T, ahead), make(chan job[T])
		running.Go(func() { dispatch(ctx, n, promises, jobs) })
		for range runtime.GOMAXPROCS(0) {
			running.Go(func() {
				for j := range jobs {
					j.promise <- work(j.i)
				}
			})
		}
		for promise := range promises {
			select {
			case result := <-promise:
				if !yield(result) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// A job is work to do; the promise holds its result as soon as there is one.
type job[T any] struct {
	i       int
	promise chan T
}

// dispatch queues promises in order and hands out the jobs that fill them. A full queue holds it back.
func dispatch[T any](ctx context.Context, n int, promises chan<- chan T, jobs chan<- job[T]) {
	defer close(promises)
	defer close(jobs)
	for i := range n {
		promise := make(chan T, 1)
		select {
		case promises <- promise:
		case <-ctx.Done():
			return
		}
		select {
		case jobs <- job[T]{i, promise}:
		case <-ctx.Done():
			return
		}
	}
}
