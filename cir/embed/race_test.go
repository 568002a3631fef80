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
	images.FlushEvery = 1
	got, report, err := images.Embed(context.Background(), s, names)
	if err != nil {
		return err
	}
	fmt.Println(sumOf(got), len(report.Unusable))
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

// end waits for a child, which has to end well, with these embeddings, and with no more files that could not be used.
func (c *contestant) end(want string, unusable int) error {
	line, _ := io.ReadAll(c.said)
	if err := c.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, c.errors.String())
	}
	var sum string
	var found int
	if _, err := fmt.Sscan(string(line), &sum, &found); err != nil || sum != want || found > unusable {
		return fmt.Errorf("it has the embeddings %s, want %s, and found %d files that could not be used, want at most %d", sum, want, found, unusable)
	}
	return nil
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
		r := contest{dir: t.TempDir(), want: sumOf(alone), kill: i%4 >= 2, after: time.Duration(draw.IntN(40_000)*(i%2)) * time.Microsecond}
		if i%8 == 0 {
			r.unusable = 1
			mustEmbed(t, looker(new(eye), r.dir), s, names[:8])
			if err := os.Truncate(shards(t, r.dir)[0], draw.Int64N(500)); err != nil {
				t.Fatal(err)
			}
		}
		tally.Tried()
		if err := r.run(t); err != nil {
			tally.Lost("race %d, %+v: %v", i, r, err)
			continue
		}
		report := mustEmbed(t, looker(new(eye), r.dir), s, names)
		if len(report.Unusable) > 0 || !r.kill && report.Cached != racing {
			tally.Lost("race %d, %+v left a cache of which is reported: %+v", i, r, *report)
		}
	}
}

// A contest is two children on one cache. The second starts after a while, at which the first is killed if one is to be.
type contest struct {
	dir, want string
	kill      bool
	after     time.Duration
	unusable  int // files that can't be used to begin with
}

func (r contest) run(t *testing.T) error {
	first, second := newContestant(t, r.dir), newContestant(t, r.dir)
	if _, err := io.WriteString(first.start, "go\n"); err != nil {
		return err
	}
	time.Sleep(r.after)
	if r.kill {
		if err := first.Process.Kill(); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(second.start, "go\n"); err != nil {
		return err
	}
	if err := first.end(r.want, r.unusable); !r.kill && err != nil {
		return fmt.Errorf("the first: %w", err)
	}
	if err := second.end(r.want, r.unusable); err != nil {
		return fmt.Errorf("the second: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(r.dir, "*", ".*"))
	if err != nil || !r.kill && len(left) > 0 {
		return fmt.Errorf("left are %q, %v", left, err)
	}
	return nil
}
