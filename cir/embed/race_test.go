package embed

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

// racer is set in the environment of a child process that embeds 60 pictures into the cache that it names, as soon as a line
// comes in, and writes a line of what it has.
const racer = "GOCIR_EMBED_TEST_RACE"

const racing = 60 // pictures

func race(dir string) error {
	fmt.Println("ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		return err
	}
	s, names := shelfOf(racing)
	images := looker(new(eye), dir)
	images.FlushEvery = 4
	got, _, err := images.Embed(context.Background(), s, names)
	if err != nil {
		return err
	}
	fmt.Println(sumOf(got))
	return nil
}

// sumOf stands for all bits of embeddings.
func sumOf(e *Embeddings) string {
	hash := sha256.New()
	fmt.Fprintln(hash, e.Names)
	binary.Write(hash, binary.LittleEndian, e.Data)
	return fmt.Sprintf("%x", hash.Sum(nil))
}

// A contestant is a child process that is ready to embed.
type contestant struct {
	*exec.Cmd
	start  io.WriteCloser
	said   *bufio.Reader
	errors strings.Builder
}

func newContestant(t *testing.T, dir string) *contestant {
	t.Helper()
	c := &contestant{Cmd: exec.CommandContext(t.Context(), os.Args[0])}
	c.Env = append(os.Environ(), racer+"="+dir)
	c.Stderr = &c.errors
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.start, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.said = bufio.NewReader(output)
	if line, err := c.said.ReadString('\n'); line != "ready\n" {
		t.Fatalf("a child said %q, %v", line, err)
	}
	return c
}

// end is what a child computed, and how it ended.
func (c *contestant) end() (sum string, err error) {
	line, _ := io.ReadAll(c.said)
	if err := c.Wait(); err != nil {
		return "", fmt.Errorf("%w %s", err, c.errors.String())
	}
	return strings.TrimSpace(string(line)), nil
}

// Two processes build one cache at the same time, in some races over a damaged shard, in some until one of them is killed.
// Each that ends well has the right embeddings, and the cache that they leave is whole.
func TestTortureTwoBuilders(t *testing.T) {
	tally := torture.Begin(t, "two trainings in one run folder; two builders of one embedding cache",
		"two processes on one cache: both have the same embeddings, bit for bit, as one alone; no file that could not be used is left, also where one is killed")
	s, names := shelfOf(racing)
	alone, _, err := looker(new(eye), "").Embed(t.Context(), s, names)
	if err != nil {
		t.Fatal(err)
	}
	draw := rand.New(rand.NewPCG(7, 1))
	for i := range torture.Times(4, 50) {
		dir := t.TempDir()
		if i%2 == 1 {
			mustEmbed(t, looker(new(eye), dir), s, names[:8])
			if err := os.Truncate(shards(t, dir)[0], draw.Int64N(500)); err != nil {
				t.Fatal(err)
			}
		}
		killed := i%3 == 2
		tally.Tried()
		if err := raceOver(t, dir, sumOf(alone), killed, time.Duration(draw.IntN(8000))*time.Microsecond); err != nil {
			tally.Lost("race %d, one killed %v: %v", i, killed, err)
			continue
		}
		report := mustEmbed(t, looker(new(eye), dir), s, names)
		if len(report.Unusable) > 0 || !killed && report.Cached != racing {
			tally.Lost("race %d left a cache of which is reported: %+v", i, *report)
		}
	}
}

// raceOver runs two children on a cache, and kills the first after a while, if one is to be killed.
func raceOver(t *testing.T, dir, want string, kill bool, after time.Duration) error {
	first, second := newContestant(t, dir), newContestant(t, dir)
	for _, c := range []*contestant{first, second} {
		if _, err := io.WriteString(c.start, "go\n"); err != nil {
			return err
		}
	}
	if kill {
		time.Sleep(after)
		if err := first.Process.Kill(); err != nil {
			return err
		}
		_, _ = first.end() // it was killed
	} else if got, err := first.end(); err != nil || got != want {
		return fmt.Errorf("the first has %s, %v", got, err)
	}
	if got, err := second.end(); err != nil || got != want {
		return fmt.Errorf("the second has %s, %v", got, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", ".*"))
	if err != nil || !kill && len(left) > 0 {
		return fmt.Errorf("left are %q, %v", left, err)
	}
	return nil
}
