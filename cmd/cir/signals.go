package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// A signalled says which signal ended the work.
type signalled struct{ os.Signal }

func (s signalled) Error() string {
	if s.Signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

func exitOf(cause error) int {
	if cause == (signalled{syscall.SIGTERM}) {
		return terminated
	}
	return interrupted
}

// untilSignal is a context that ends with the first interrupt or request to terminate, which is its cause. The second one
// ends the program at once.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(signalled{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(context.Canceled) }
}
