package preprocess

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// room bounds the pixels that all calls of Recipe.Load decode at a time, so that a folder of huge pictures is decoded one
// by one, and not as many at a time as there are cores, which takes more memory than most machines have. Pictures of a
// usual size never wait.
var room = semaphore.NewWeighted(DefaultMaxPixels)

// reserve waits for room for a picture, and returns what gives it back. A picture that is larger than the whole room
// takes all of it.
func reserve(h header) (release func()) {
	n := min(int64(h.width)*int64(h.height), DefaultMaxPixels)
	if err := room.Acquire(context.Background(), n); err != nil {
		panic(err) // only a context that ends makes an error
	}
	return func() { room.Release(n) }
}
