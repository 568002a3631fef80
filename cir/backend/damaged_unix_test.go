//go:build unix

package backend

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"gocir/torture"
)

// Whatever lies where a compiled program was kept, it is not taken for one, which is noted, nothing waits for it, and the
// program that is compiled again is kept.
func TestTorturePrograms(t *testing.T) {
	tally := torture.Begin(t, "XLA plugin missing, truncated, wrong version", "compiled programs that are damaged, exchanged or no files: compiled again, and that is said")
	draw := rand.New(rand.NewPCG(5, 8))
	replaced := func(by func(path string) error) func(string, []byte) error {
		return func(path string, _ []byte) error { return errors.Join(os.Remove(path), by(path)) }
	}
	bytesOf := func(change func(data []byte) []byte) func(string, []byte) error {
		return func(path string, data []byte) error { return os.WriteFile(path, change(data), 0o644) }
	}
	injuries := []func(path string, data []byte) error{
		bytesOf(func(data []byte) []byte { data[draw.IntN(len(data))] ^= 1 << draw.IntN(8); return data }),
		bytesOf(func(data []byte) []byte { return data[:draw.IntN(len(data))] }),
		bytesOf(func(data []byte) []byte { return append(data, byte(draw.IntN(256))) }),
		bytesOf(func([]byte) []byte { return nil }),
		func(path string, _ []byte) error { return os.Rename(filepath.Join(filepath.Dir(path), "other"), path) },
		replaced(func(path string) error { return os.Symlink(path, path) }),
		replaced(func(path string) error { return os.Symlink(os.DevNull, path) }),
		replaced(func(path string) error { return os.Mkdir(path, 0o755) }),
		func(path string, _ []byte) error { return os.Truncate(path, mostKept+1) },
		replaced(func(path string) error { return os.Symlink("/dev/zero", path) }),
		replaced(func(path string) error { return syscall.Mkfifo(path, 0o600) }),
	}
	for i := range torture.Times(2*len(injuries), 200) {
		p := newPrograms(t.TempDir(), "plugin")
		name := p.name([]byte("code"), []byte("options"))
		program := bytes.Repeat([]byte("machine code"), 1+draw.IntN(20))
		p.write(name, program)
		p.write("other", []byte("of another program"))
		path := filepath.Join(p.dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := injuries[i%len(injuries)](path, data); err != nil {
			t.Fatal(err)
		}
		tally.Tried()
		hung := time.AfterFunc(time.Minute, func() { panic(fmt.Sprintf("injury %d: reading %s does not end", i, path)) })
		if got := p.read(name); got != nil || len(p.notes) != 1 {
			tally.Lost("%d: read %q, noted %q", i, got, p.notes)
		}
		hung.Stop()
		p.write(name, program)
		info, err := os.Lstat(path)
		if folder := err == nil && info.IsDir(); !folder && !bytes.Equal(p.read(name), program) {
			tally.Lost("%d: it is not kept again: %q", i, p.notes)
		}
	}
}

// Several processes keep programs in one folder, and remove those that are too many: each reads a whole program or none.
func TestTortureProgramsAtOnce(t *testing.T) {
	tally := torture.Begin(t, "two trainings in one run folder; two builders of one embedding cache",
		"four writers and readers of compiled programs in one folder that is kept small: whole programs or none, nothing left over")
	for range torture.Times(3, 50) {
		dir := t.TempDir()
		var all sync.WaitGroup
		for builder := range 4 {
			all.Go(func() {
				p := newPrograms(dir, "plugin")
				for i := range 12 {
					name := fmt.Sprint("program ", (i+builder)%5)
					want := bytes.Repeat([]byte(name), 100)
					if got := p.read(name); got != nil && !bytes.Equal(got, want) {
						tally.Lost("%s is %.40q", name, got)
					}
					p.write(name, want)
					p.prune(3000)
				}
				for _, note := range p.notes {
					tally.Lost("%s", note)
				}
			})
		}
		all.Wait()
		tally.Tried()
		if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
			tally.Lost("left are %q, %v", left, err)
		}
	}
}
