package embed

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// shards are the paths of a cache's files.
func shards(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*"+suffix))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no shards in %s (%v)", dir, err)
	}
	return paths
}

// A shard that was moved here from another cache is whole, but not ours.
func TestAlienShardsAreRefused(t *testing.T) {
	s, names := shelfOf(5)
	ours, theirs := t.TempDir(), t.TempDir()
	mustEmbed(t, looker(new(eye), ours), s, names)
	other := looker(new(eye), theirs)
	other.WeightsDigest = "weights-b"
	mustEmbed(t, other, s, names)
	mine := shards(t, ours)[0]
	if err := os.Rename(shards(t, theirs)[0], mine); err != nil {
		t.Fatal(err)
	}
	report := mustEmbed(t, looker(new(eye), ours), s, names)
	if report.Encoded != 5 || len(report.Unusable) != 1 || !strings.Contains(report.Unusable[0], `"weights-b", not "weights-a"`) {
		t.Errorf("report %+v", *report)
	}
}

func TestShardWithNaNIsRefused(t *testing.T) {
	s, names := shelfOf(1)
	dir := t.TempDir()
	mustEmbed(t, looker(new(eye), dir), s, names)
	path := shards(t, dir)[0]
	c, err := openCache(looker(new(eye), dir), new(Report))
	if err != nil {
		t.Fatal(err)
	}
	for d := range c.rows {
		bad := shard{d[:], []float32{0, float32(math.NaN()), 0}}
		if err := bad.write(filepath.Dir(path), c.about, 3); err != nil {
			t.Fatal(err)
		}
	}
	if report := mustEmbed(t, looker(new(eye), dir), s, names); len(report.Unusable) != 1 || report.Cached != 1 {
		t.Errorf("report %+v, want one unusable shard", *report)
	}
}

func TestConcurrentBuildersShareOneCache(t *testing.T) {
	s, names := shelfOf(40)
	for race := range 10 {
		dir := t.TempDir()
		var builders sync.WaitGroup
		for b := range 4 {
			builders.Go(func() {
				images := looker(new(eye), dir)
				images.FlushEvery = 4 + b
				got, report, err := images.Embed(t.Context(), s, names[5*b:])
				if err != nil || len(report.Unusable) > 0 {
					t.Errorf("race %d: %v, %+v", race, err, *report)
					return
				}
				checkRows(t, images.Recipe, got, s, names[5*b:])
			})
		}
		builders.Wait()
		if report := mustEmbed(t, looker(new(eye), dir), s, names); report.Cached != 40 || len(report.Unusable) > 0 {
			t.Fatalf("race %d: %+v, want 40 cached", race, *report)
		}
	}
}

func TestUnwritableCacheIsToldBeforeTheFirstBatch(t *testing.T) {
	s, names := shelfOf(4)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var e eye
	_, _, err := looker(&e, filepath.Join(file, "cache")).Embed(t.Context(), s, names)
	if err == nil || !strings.Contains(err.Error(), "embedding cache") || e.calls.Load() > 0 {
		t.Errorf("error %v after %d calls", err, e.calls.Load())
	}
}

// The disk fills up, the folder goes away: the run stops at that batch, and nothing half-written is left.
func TestCacheThatFailsLaterStopsTheRun(t *testing.T) {
	s, names := shelfOf(40)
	images := looker(new(eye), filepath.Join(t.TempDir(), "cache"))
	images.FlushEvery = 4
	encode := images.Encode
	images.Encode = func(pixels []float32, n int) ([]float32, error) {
		if os.RemoveAll(images.CacheDir) != nil || os.WriteFile(images.CacheDir, nil, 0o644) != nil {
			return nil, errors.New("could not take the folder away")
		}
		return encode(pixels, n)
	}
	_, report, err := images.Embed(t.Context(), s, names)
	if err == nil || !strings.Contains(err.Error(), "embedding cache: writing "+images.CacheDir) || report.Encoded > 4 {
		t.Errorf("error %v, report %+v", err, *report)
	}
}

// Temporary files of a killed writer go after a day; a live writer's stay.
func TestLeftoversAreRemoved(t *testing.T) {
	s, names := shelfOf(4)
	dir := t.TempDir()
	mustEmbed(t, looker(new(eye), dir), s, names)
	folder := filepath.Dir(shards(t, dir)[0])
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "new": 0, "future": -48 * time.Hour} {
		path := filepath.Join(folder, "."+name+suffix+".tmp-1")
		when := time.Now().Add(-age)
		if err := os.WriteFile(path, nil, 0o644); err != nil || os.Chtimes(path, when, when) != nil {
			t.Fatal(err)
		}
	}
	mustEmbed(t, looker(new(eye), dir), s, names)
	left, err := filepath.Glob(filepath.Join(folder, ".*"))
	if err != nil || len(left) != 2 || strings.Contains(fmt.Sprint(left), ".old") {
		t.Errorf("left: %v (%v), want the new and the future one", left, err)
	}
}
