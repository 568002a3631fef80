package plugin_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/cir/backend/plugin"
)

// library is the smallest shared library there is: a header that promises no more bytes than there are, and some.
func library() []byte {
	header := []byte{0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0, 1, 0, 0, 0}
	header = append(header, make([]byte, 64-len(header))...)
	binary.LittleEndian.PutUint64(header[32:], 64) // one segment, described right behind the header
	binary.LittleEndian.PutUint16(header[52:], 64)
	binary.LittleEndian.PutUint16(header[54:], 56)
	binary.LittleEndian.PutUint16(header[56:], 1)
	segment := make([]byte, 56)
	segment[0] = 1
	segment[4] = 5                                   // may be read and run
	binary.LittleEndian.PutUint64(segment[32:], 200) // bytes of the file
	binary.LittleEndian.PutUint64(segment[40:], 200) // bytes of memory
	return append(append(header, segment...), make([]byte, 80)...)
}

func sum(data []byte) string {
	digest := sha256.Sum256(data)
	return hex.EncodeToString(digest[:])
}

// wheel makes a wheel of members.
func wheel(t *testing.T, members map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		header := &zip.FileHeader{Name: name}
		header.SetMode(0o644)
		if strings.Contains(name, "/bin/") {
			header.SetMode(0o744) // as in some of NVIDIA's
		}
		w, err := archive.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// fake is a plugin of one wheel, and the wheel's file.
func fake(t *testing.T) (plugin.Pin, string) {
	t.Helper()
	data := wheel(t, map[string]string{
		"fake/plugin.so": string(library()), "fake/__init__.py": "", "fake-1.0.dist-info/licenses/LICENSE": "free",
	})
	file := filepath.Join(t.TempDir(), "fake-1.0-py3-none-any.whl")
	write(t, file, data)
	return plugin.Pin{
		Device: "cpu", Version: "1.0", Folder: "pjrt", Library: "pjrt_c_api_cpu_plugin.so",
		Size: int64(len(library())), SHA256: sum(library()),
		Wheels: []plugin.Wheel{{Name: "fake", Version: "1.0", SHA256: sum(data)}}, Member: "fake/plugin.so", Needs: []string{"LICENSE"},
	}, file
}

// fakeTwo is a plugin of two wheels laid out as CUDA's, and the wheels' folder.
func fakeTwo(t *testing.T) (plugin.Pin, string) {
	t.Helper()
	dir := t.TempDir()
	p := plugin.CUDA
	p.Size, p.SHA256, p.Wheels = int64(len(library())), sum(library()), nil
	for name, members := range map[string]map[string]string{
		"jax-fake":    {p.Member: string(library()), "jax_fake-1.0.dist-info/licenses/LICENSE": "free"},
		"nvidia-fake": {"nvidia/cu13/bin/ptxas": "program", "nvidia/cu13/nvvm/x.bc": "code", "nvidia_fake-1.0.dist-info/licenses/License.txt": "terms"},
	} {
		data := wheel(t, members)
		write(t, filepath.Join(dir, strings.ReplaceAll(name, "-", "_")+"-1.0-any.whl"), data)
		p.Wheels = append(p.Wheels, plugin.Wheel{Name: name, Version: "1.0", SHA256: sum(data)})
	}
	return p, dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree are the paths of all files and links below dir, without the lock.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && entry.Name() != ".lock" {
			relative, _ := filepath.Rel(dir, path)
			all = append(all, filepath.ToSlash(relative))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
