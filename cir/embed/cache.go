package embed

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocir/atomicfile"
	"gocir/cir/preprocess"
)

// A cache is one folder of shards: the embeddings of one (weights, recipe, width). Shards are only ever added, whole
// and under names made from their content, so builders at work at the same time need no lock.
type cache struct {
	dir        string // "": nothing is read or written
	about      map[string]string
	width      int
	flushEvery int

	rows map[digest][]float32 // what earlier runs left; not changed after opening, workers read it

	digests  []byte    // [n, 32], to be written
	data     []float32 // [n, width], to be written
	since    time.Time // when the first of them was added
	prepared bool
}

// flushAfter bounds the work that a killed run loses.
const flushAfter = time.Minute

// openCache reads all shards; those that are unusable are reported and set aside.
func openCache(e Images, report *Report) (*cache, error) {
	c := &cache{width: e.Width, flushEvery: cmp.Or(e.FlushEvery, 1024), rows: make(map[digest][]float32)}
	if e.CacheDir == "" {
		return c, nil
	}
	c.about = map[string]string{
		kindKey: kind, weightsKey: e.WeightsDigest, recipeKey: e.Recipe.String() + " pixels " + preprocess.Version, widthKey: fmt.Sprint(e.Width),
	}
	c.dir = filepath.Join(e.CacheDir, folderName(c.about))
	report.Folder = c.dir
	_ = atomicfile.Clean(c.dir, atomicfile.LeftoverAge) // what can't be removed does no harm, and a folder that can't be written to is read
	entries, err := os.ReadDir(c.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("embedding cache: %w (choose another folder, or none)", err)
	}
	for _, entry := range entries {
		switch path := filepath.Join(c.dir, entry.Name()); {
		case strings.HasPrefix(entry.Name(), "."): // being written by another builder
		case strings.HasSuffix(path, suffix):
			if err := c.read(path); err != nil {
				if told := refuse(path, err); told != "" {
					report.Unusable = append(report.Unusable, told)
				}
			}
		}
	}
	report.Held = len(c.rows)
	return c, nil
}

// folderName addresses a cache by all that decides about an embedding besides the picture.
func folderName(about map[string]string) string {
	h := sha256.New()
	for _, key := range []string{kindKey, weightsKey, recipeKey, widthKey} {
		fmt.Fprintf(h, "%q=%q\n", key, about[key])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// read adds a shard's embeddings to c.
func (c *cache) read(path string) error {
	s, err := readShard(path, c.about, c.width)
	if err != nil {
		return err
	}
	for i := range len(s.digests) / sha256.Size {
		c.rows[digest(s.digests[i*sha256.Size:])] = s.data[i*c.width : (i+1)*c.width]
	}
	return nil
}

// refuse takes an unusable shard out of the way, so that it is told once, and says what was found and where it is now. A file
// that could not be opened may be whole, and stays; so does what lies in a folder that can't be written to. It says nothing of
// a shard that is gone: another builder found it, and tells.
func refuse(path string, why error) string {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	told := fmt.Sprintf("%s: %v", path, why)
	var unopened *fs.PathError
	if err != nil || info.Mode().IsRegular() && errors.As(why, &unopened) {
		return told
	}
	if aside, err := atomicfile.SetAside(path); err == nil {
		told += "; it is now " + filepath.Base(aside)
	}
	return told
}

// prepare finds out whether the cache can be written before the encoder works for it.
func (c *cache) prepare() error {
	if c.dir == "" || c.prepared {
		return nil
	}
	err := anew(func() error {
		f, err := atomicfile.Create(filepath.Join(c.dir, "probe"+suffix))
		if err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		return fmt.Errorf("embedding cache is not writable (choose another folder, or none): %w", err)
	}
	c.prepared = true
	return nil
}

// add takes an embedding to be written with the next shard.
func (c *cache) add(d digest, row []float32) error {
	if c.dir == "" {
		return nil
	}
	if len(c.data) == 0 {
		c.since = time.Now()
	}
	c.digests = append(c.digests, d[:]...)
	c.data = append(c.data, row...)
	if len(c.data) >= c.flushEvery*c.width || time.Since(c.since) > flushAfter {
		return c.flush()
	}
	return nil
}

// flush writes what was added as one shard.
func (c *cache) flush() error {
	if len(c.data) == 0 {
		return nil
	}
	s := shard{c.digests, c.data}
	c.digests, c.data = nil, nil
	if err := anew(func() error { return s.write(c.dir, c.about, c.width) }); err != nil {
		return fmt.Errorf("embedding cache: %w", err)
	}
	return nil
}

// anew writes again if the folder was moved away meanwhile. Then there is a new one.
func anew(write func() error) error {
	err := write()
	if errors.Is(err, fs.ErrNotExist) {
		err = write()
	}
	return err
}
