package embed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gocir/torture"
)

const clockFault = "clock jumps, file times in the future, folder renamed during a run"

// Times say nothing of an embedding: shards and leftovers of any time leave all as it is, and a writer that may be alive
// keeps its file.
func TestTortureClock(t *testing.T) {
	tally := torture.Begin(t, clockFault, "shards and leftovers of 1970, 2100 and any time between: every embedding is found, none is encoded again")
	draw := rand.New(rand.NewPCG(11, 2))
	epoch, far := time.Unix(0, 0), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range torture.Times(10, 100) {
		s, names := shelfOf(9)
		images := looker(new(eye), t.TempDir())
		images.FlushEvery = 3
		mustEmbed(t, images, s, names)
		folder := filepath.Dir(shards(t, images.CacheDir)[0])
		for j := range 4 {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf(".%d%s.tmp-1", j, suffix)), []byte("half"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for j, entry := range entries {
			when := epoch.Add(time.Duration(draw.Int64N(int64(far.Sub(epoch)))))
			if extremes := []time.Time{epoch, far}; (i+j)%3 < 2 {
				when = extremes[(i+j)%3]
			}
			if err := os.Chtimes(filepath.Join(folder, entry.Name()), when, when); err != nil {
				t.Fatal(err)
			}
		}
		tally.Tried()
		if report := mustEmbed(t, images, s, names); report.Cached != 9 || len(report.Notes()) > 0 {
			tally.Lost("%d: %+v", i, *report)
		}
	}
}

// The cache is renamed, moved away for good, or exchanged for another while a builder is at work: it ends with the right
// embeddings or says that the cache is what failed, and the next one has the right embeddings in any case. Where the folder
// is renamed only once, the work goes on without an error.
func TestTortureMovedCache(t *testing.T) {
	tally := torture.Begin(t, clockFault, "the cache's folder renamed while it is built: the right embeddings; renamed again and again: those or an error that names the cache")
	failed, last := 0, error(nil)
	for i := range torture.Times(6, 60) {
		s, names := shelfOf(60)
		images := looker(new(eye), filepath.Join(t.TempDir(), "cache"))
		images.FlushEvery = 4
		tally.Tried()
		ctx, stop := context.WithCancel(t.Context())
		var mover sync.WaitGroup
		mover.Go(func() { move(ctx, images.CacheDir, i) })
		got, _, err := images.Embed(t.Context(), s, names)
		stop()
		mover.Wait()
		switch {
		case err == nil:
			checkRows(t, images.Recipe, got, s, names)
		case once(i), !strings.Contains(err.Error(), "embedding cache"), !strings.Contains(err.Error(), images.CacheDir):
			tally.Lost("%d: %v", i, err)
		default:
			failed, last = failed+1, err
		}
		if report := mustEmbed(t, images, s, names); len(report.Unusable) > 0 {
			tally.Lost("%d: %+v", i, *report)
		}
	}
	t.Logf("%d runs ended with an error, the last with: %v", failed, last)
}

// once tells whether the folder is moved once only.
func once(i int) bool { return i%2 == 1 }

// move renames the cache or the folder in it, away and in some rounds back, until ctx ends.
func move(ctx context.Context, dir string, i int) {
	for n := 0; ctx.Err() == nil; n++ {
		time.Sleep(time.Duration(1+i%7) * time.Millisecond)
		what := dir
		if folders, _ := filepath.Glob(filepath.Join(dir, "*")); i%4 < 2 && len(folders) > 0 {
			what = folders[0]
		}
		away := fmt.Sprintf("%s.%d", dir, n)
		moved := os.Rename(what, away) == nil
		if moved && once(i) {
			return
		}
		if moved && i%3 == 0 {
			_ = os.Rename(away, what) // something new may be there
		}
	}
}
