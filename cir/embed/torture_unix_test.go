//go:build unix

package embed

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/torture"
)

// A patient is a cache that is injured: three shards of nine pictures, and what is asked of it afterwards.
type patient struct {
	images  Images
	shelf   shelf
	names   []string
	shards  []string // paths of its shards
	aliens  []string // of a cache of other weights
	draw    *rand.Rand
	encodes int    // how many pictures have to be encoded again
	told    string // what has to be told
}

// An injury changes a patient, and notes what is expected of it.
type injury struct {
	name string
	do   func(p *patient) error
}

// shard is one of the shards, and how many pictures it has.
func (p *patient) shard() (path string, pictures int) {
	path = p.shards[p.draw.IntN(len(p.shards))]
	s, err := readShard(path, p.about(), p.images.Width)
	if err != nil {
		panic(err)
	}
	return path, len(s.digests) / len(digest{})
}

func (p *patient) about() map[string]string {
	c, err := openCache(p.images, new(Report))
	if err != nil {
		panic(err)
	}
	return c.about
}

// damage is an injury to the bytes of a shard: it has to be told, and its pictures are encoded again.
func damage(change func(p *patient, data []byte) []byte) func(p *patient) error {
	return func(p *patient) error {
		path, pictures := p.shard()
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		p.encodes, p.told = pictures, path
		return os.WriteFile(path, change(p, slices.Clone(data)), 0o644)
	}
}

// replaced is an injury that puts something else in a shard's place.
func replaced(by func(p *patient, path string) error) func(p *patient) error {
	return func(p *patient) error {
		path, pictures := p.shard()
		p.encodes, p.told = pictures, path
		if err := os.Remove(path); err != nil {
			return err
		}
		return by(p, path)
	}
}

// forged replaces a shard by one that is whole, of our weights, and not what it should be.
func forged(name string, width int, digests, rows int, value float32) func(p *patient) error {
	return replaced(func(p *patient, path string) error {
		data := make([]float32, rows*width)
		for i := range data {
			data[i] = value
		}
		all := map[string]tensor.Tensor{
			"digests": {DType: tensor.U8, Shape: []int{digests, len(digest{})}, Data: make([]byte, digests*len(digest{}))},
			name:      tensor.FromFloat32s(data, rows, width),
		}
		metadata := maps.Clone(p.about())
		metadata[sumKey] = checksum(all["digests"], all["embeddings"])
		return safetensors.Write(path, all, metadata)
	})
}

// injuries are all that is done.
var injuries = []injury{
	{"a bit flipped", damage(func(p *patient, data []byte) []byte {
		data[p.draw.IntN(len(data))] ^= 1 << p.draw.IntN(8)
		return data
	})},
	{"cut short", damage(func(p *patient, data []byte) []byte { return data[:p.draw.IntN(len(data))] })},
	{"emptied", damage(func(*patient, []byte) []byte { return nil })},
	{"a byte inserted", damage(func(p *patient, data []byte) []byte { return slices.Insert(data, p.draw.IntN(len(data)), 0) })},
	{"a byte appended", damage(func(_ *patient, data []byte) []byte { return append(data, 0) })},
	{"sixteen bytes of random", damage(func(p *patient, data []byte) []byte {
		at := p.draw.IntN(len(data) - 16)
		for i := range 16 {
			data[at+i] = byte(p.draw.IntN(256))
		}
		return data
	})},
	{"all of it zeros", damage(func(_ *patient, data []byte) []byte { clear(data); return data })},
	{"a text in its place", damage(func(*patient, []byte) []byte { return []byte("no such thing") })},
	{"a shard of other weights in its place", replaced(func(p *patient, path string) error {
		return os.Rename(p.aliens[p.draw.IntN(len(p.aliens))], path)
	})},
	{"a folder in its place", replaced(func(_ *patient, path string) error { return os.MkdirAll(filepath.Join(path, "full"), 0o755) })},
	{"a folder in its place, for the second time", replaced(func(_ *patient, path string) error {
		return errors.Join(os.MkdirAll(filepath.Join(path, "full"), 0o755), os.MkdirAll(filepath.Join(path+".unusable", "full"), 0o755))
	})},
	{"a pipe in its place", replaced(func(_ *patient, path string) error { return syscall.Mkfifo(path, 0o600) })},
	{"a link to nothing in its place", replaced(func(_ *patient, path string) error { return os.Symlink("nothing", path) })},
	{"a link to itself in its place", replaced(func(_ *patient, path string) error { return os.Symlink(path, path) })},
	{"a link to memory in its place", replaced(func(_ *patient, path string) error { return os.Symlink("/dev/zero", path) })},
	{"a file that can't be read in its place", replaced(func(_ *patient, path string) error {
		return os.Symlink("/proc/self/mem", path) // where root would get past permissions
	})},
	{"not a number", forged("embeddings", 3, 2, 2, float32(math.NaN()))},
	{"infinite", forged("embeddings", 3, 2, 2, float32(math.Inf(-1)))},
	{"of another width", forged("embeddings", 4, 2, 2, 1)},
	{"fewer rows than pictures", forged("embeddings", 3, 2, 1, 1)},
	{"without embeddings", forged("other", 3, 2, 2, 1)},
	{"gone", func(p *patient) error {
		path, pictures := p.shard()
		p.encodes, p.told = pictures, "did not hold them"
		return os.Remove(path)
	}},
	{"two shards with each other's names", func(p *patient) error {
		spare := p.shards[0] + ".spare"
		return errors.Join(os.Rename(p.shards[0], spare), os.Rename(p.shards[1], p.shards[0]), os.Rename(spare, p.shards[1]))
	}},
	{"other weights", func(p *patient) error {
		p.images.WeightsDigest, p.encodes, p.told = "weights-c", 9, "held nothing for these weights"
		return nil
	}},
	{"other preprocessing", func(p *patient) error {
		change := []func(){
			func() { p.images.Recipe.Transform = "squarepad" },
			func() { p.images.Recipe.Size = 9 },
			func() { p.images.Recipe.TargetRatio = 1.5 },
		}
		change[p.draw.IntN(len(change))]()
		p.encodes, p.told = 9, "this preprocessing"
		return nil
	}},
	{"a picture changed", func(p *patient) error {
		p.shelf = maps.Clone(p.shelf)
		p.shelf[p.names[p.draw.IntN(9)]] = picture(1000 + p.draw.IntN(1000))
		p.encodes, p.told = 1, "1 of 9 pictures"
		return nil
	}},
}

// Whatever is done to a cache, the embeddings are those that are computed without one, bit for bit; what was computed again
// is told, and only that; the run after it finds all, and has nothing to tell.
func TestTortureCache(t *testing.T) {
	tally := torture.Begin(t, "embedding cache damaged or stale (weights, preprocessing or a picture changed)",
		"the same embeddings, bit for bit, as without a cache; only what was lost is computed again, and that is said")
	draw := rand.New(rand.NewPCG(3, 5))
	for i := range torture.Times(len(injuries), 8*len(injuries)) {
		injury := injuries[i%len(injuries)]
		p := newPatient(t, draw)
		if err := injury.do(p); err != nil {
			t.Fatalf("%s: %v", injury.name, err)
		}
		tally.Tried()
		if err := p.examine(t); err != nil {
			tally.Lost("%d, %s: %v", i, injury.name, err)
		}
	}
}

func newPatient(t *testing.T, draw *rand.Rand) *patient {
	t.Helper()
	p := &patient{draw: draw}
	p.shelf, p.names = shelfOf(9)
	p.images = looker(new(eye), t.TempDir())
	p.images.FlushEvery = 3
	other := looker(new(eye), t.TempDir())
	other.WeightsDigest = "weights-b"
	mustEmbed(t, p.images, p.shelf, p.names)
	mustEmbed(t, other, p.shelf, p.names)
	p.shards, p.aliens = shards(t, p.images.CacheDir), shards(t, other.CacheDir)
	return p
}

// examine embeds twice.
func (p *patient) examine(t *testing.T) error {
	fresh := p.images
	fresh.CacheDir = ""
	want, _, err := fresh.Embed(t.Context(), p.shelf, p.names)
	if err != nil {
		return err
	}
	for run, encodes := range []int{p.encodes, 0} {
		got, report, err := p.images.Embed(t.Context(), p.shelf, p.names)
		if err != nil {
			return err
		}
		if !slices.EqualFunc(got.Data, want.Data, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
			return fmt.Errorf("run %d: the embeddings are others", run)
		}
		told := strings.Join(report.Notes(), "\n")
		if report.Encoded != encodes || (told != "") != (encodes > 0) || run == 0 && !strings.Contains(told, p.told) {
			return fmt.Errorf("run %d: %d pictures encoded, want %d; told %q, want something of %q", run, report.Encoded, encodes, told, p.told)
		}
	}
	return nil
}
