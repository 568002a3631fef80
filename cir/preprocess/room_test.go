package preprocess

import (
	"testing"
	"time"
)

// A large picture waits until others are done; afterwards all room is free again.
func TestLargePicturesWait(t *testing.T) {
	others := reserve(header{width: DefaultMaxPixels - 100, height: 1})
	small := reserve(header{width: 10, height: 10}) // there is room for it
	done := make(chan bool)
	go func() {
		reserve(header{width: 1 << 30, height: 1 << 20})() // more than there is
		close(done)
	}()
	select {
	case <-done:
		t.Error("a picture took room that another had")
	case <-time.After(50 * time.Millisecond):
	}
	small()
	others()
	<-done
	if !room.TryAcquire(DefaultMaxPixels) {
		t.Fatal("room was not given back")
	}
	room.Release(DefaultMaxPixels)
}
