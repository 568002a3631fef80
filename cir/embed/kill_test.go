package embed

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

// victim is set in the environment of a child process that embeds into the cache it names, slowly, until it is killed.
const victim = "GOCIR_EMBED_TEST_CACHE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(racer); dir != "" {
		if err := race(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(victim); dir != "" {
		s, names := shelfOf(400)
		images := looker(new(eye), dir)
		images.FlushEvery = 4
		images.Progress = func(done, _ int) { fmt.Println(done) }
		encode := images.Encode
		images.Encode = func(pixels []float32, n int) ([]float32, error) {
			time.Sleep(2 * time.Millisecond)
			return encode(pixels, n)
		}
		_, _, err := images.Embed(context.Background(), s, names)
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// A builder killed at any moment leaves a cache that the next one goes on with; the result is the same bits.
func TestKilledBuildersLoseLittle(t *testing.T) {
	s, names := shelfOf(400)
	dir := t.TempDir()
	for kill := range 10 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), victim+"="+dir)
		output, err := child.StdoutPipe()
		if err != nil || child.Start() != nil {
			t.Fatal(err)
		}
		if _, err := output.Read(make([]byte, 1)); err != nil { // it is at work
			t.Fatal(err)
		}
		time.Sleep(time.Duration(3*kill) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
	}
	report := mustEmbed(t, looker(new(eye), dir), s, names)
	if len(report.Unusable) > 0 || report.Cached == 0 || report.Cached+report.Encoded != 400 {
		t.Errorf("after 10 kills: %+v", *report)
	}
	t.Logf("after 10 kills %d of 400 were cached", report.Cached)
}
