package backend

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"gocir/atomicfile"
)

// mostKept is how many bytes of compiled programs are kept; of more, those that were not used for longest are removed.
const mostKept = 1 << 30

// programsVersion is part of every name, and counts up when files are written in another way.
const programsVersion = "2"

// programs is a folder of compiled programs. A file holds the SHA-256 of its name and of what follows, the program as the plugin
// wrote it: a whole program under another's name would compute something else.
type programs struct {
	dir  string
	salt string // what programs depend on besides their code

	mu    sync.Mutex
	notes []string
}

// kept are the programs of this process; nil where none are kept.
var kept *programs

// ProgramsFolder is where compiled programs are kept for the next process: $GOCIR_PROGRAMS, or gocir/programs in the user's
// cache folder. It is empty where none are: GOCIR_PROGRAMS is none, or the user has no folder. Only XLA's pinned CPU plugin
// keeps programs.
func ProgramsFolder() string {
	asked := os.Getenv("GOCIR_PROGRAMS")
	if asked == "none" {
		return ""
	}
	if asked != "" {
		return asked
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "gocir", "programs")
}

// newPrograms is nil without a folder. Programs are for one plugin, its flags, and the processor that they were compiled on.
func newPrograms(dir, pluginDigest string) *programs {
	if dir == "" {
		return nil
	}
	name, instructions := Processor()
	return &programs{dir: dir, salt: strings.Join([]string{programsVersion, pluginDigest, os.Getenv("XLA_FLAGS"), fmt.Sprint(runtime.NumCPU()), name, instructions}, "\n")}
}

func (p *programs) name(code, options []byte) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n%d %d\n", p.salt, len(code), len(options))
	hash.Write(code)
	hash.Write(options)
	return hex.EncodeToString(hash.Sum(nil))
}

// read is the program of that name; nil where none is kept, or one that can't be read or is damaged, which is noted.
func (p *programs) read(name string) []byte {
	path := filepath.Join(p.dir, name)
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		p.note(name, err.Error())
		return nil
	}
	if len(data) < sha256.Size || sum(name, data[sha256.Size:]) != [sha256.Size]byte(data[:sha256.Size]) {
		p.note(name, "it is damaged")
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // used now; where that can't be noted it is removed earlier
	return data[sha256.Size:]
}

// sum begins the file of that name.
func sum(name string, program []byte) [sha256.Size]byte {
	hash := sha256.New()
	io.WriteString(hash, name)
	hash.Write(program)
	return [sha256.Size]byte(hash.Sum(nil))
}

// readFile reads a file of at most mostKept bytes. What is no file is not opened: a pipe would never answer.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostKept {
		return nil, errors.New("it is no file that this program wrote")
	}
	return os.ReadFile(path)
}

// write keeps a program. That it can't is noted, and no reason to stop: it is compiled already.
func (p *programs) write(name string, program []byte) {
	sum := sum(name, program)
	if err := atomicfile.WriteFile(filepath.Join(p.dir, name), append(sum[:], program...)); err != nil {
		p.note(name, err.Error())
		return
	}
	p.prune(mostKept)
}

// prune removes what was not used for longest until no more than most bytes are left. Files that are being written don't
// count, and stay; those of a day ago are a killed writer's.
func (p *programs) prune(most int64) {
	entries, _ := os.ReadDir(p.dir)
	var files []fs.FileInfo
	total := int64(0)
	for _, entry := range entries {
		info, err := entry.Info()
		switch {
		case err != nil || info.IsDir():
		case !strings.HasPrefix(info.Name(), "."):
			files, total = append(files, info), total+info.Size()
		case time.Since(info.ModTime()) > 24*time.Hour:
			_ = os.Remove(filepath.Join(p.dir, info.Name()))
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, file := range files {
		if total <= most {
			return
		}
		if os.Remove(filepath.Join(p.dir, file.Name())) == nil {
			total -= file.Size()
		}
	}
}

func (p *programs) note(name, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes = append(p.notes, fmt.Sprintf("compiled program %s: %s; it was compiled again", filepath.Join(p.dir, name), what))
}

// Notes are what went wrong with keeping compiled programs since the last call, without harm: they were compiled again.
func Notes() []string {
	if kept == nil {
		return nil
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	notes := kept.notes
	kept.notes = nil
	return notes
}
