// Package plugin installs and finds XLA plugins: the shared libraries that compute for the backend "xla". It works on files
// only and loads none of them.
//
// What is installed is pinned: each wheel by name, version and SHA-256, the library in it by size and SHA-256. It appears
// under its name only whole, since the loader ends any process that opens a truncated library.
package plugin

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A Pin is a plugin in one version, and how its folder is made of wheels.
type Pin struct {
	Device  string // cpu or cuda
	Version string // of the wheel that has the library
	Folder  string // where it is installed, below a root: pjrt or cuda
	Library string // the plugin's path in its folder, with slashes
	Size    int64  // of the library, in bytes
	SHA256  string // of the library
	CRC32C  uint32 // of the library
	Note    string // said before the download: what it takes, and under which terms

	Wheels   []Wheel
	Member   string   // the library's path in its wheel
	Keep     string   // what else the folder takes of the wheels, by the start of its path; empty: nothing
	Licences string   // where the wheels' licences go, in a folder for each wheel; empty: beside the library
	Needs    []string // files besides the library without which the folder is not whole
	Links    []Link
}

// A Wheel is a file of a package index, of which nothing but this very file is taken.
type Wheel struct {
	Name    string
	Version string
	SHA256  string
}

// A Link is a symbolic link of a plugin's folder.
type Link struct{ Name, To string }

// CPU is XLA's CPU plugin for Linux on x86-64: a third party's build of OpenXLA under the Apache-2.0 licence.
var CPU = Pin{
	Device:  "cpu",
	Version: "0.11.2",
	Folder:  "pjrt",
	Library: "pjrt_c_api_cpu_plugin.so",
	Size:    201_600_336,
	SHA256:  "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2",
	CRC32C:  0x1fa716b9,
	Note:    "60 MB, 200 MB on the disk; lammps-jax-pjrt-cpu, built from OpenXLA, Apache-2.0",
	Wheels:  []Wheel{{"lammps-jax-pjrt-cpu", "0.11.2", "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1"}},
	Member:  "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
	Needs:   []string{"LICENSE", "THIRD_PARTY_NOTICES"},
}

//go:embed cuda.txt
var cudaWheels string

// CUDA is XLA's plugin for NVIDIA's GPUs as JAX ships it, with the NVIDIA libraries that it loads, for Linux on x86-64. The
// library lies in the folder nvidia, since it looks for the others in ../nvidia (its RPATH).
var CUDA = Pin{
	Device:   "cuda",
	Version:  "0.11.2",
	Folder:   "cuda",
	Library:  "nvidia/pjrt_c_api_cuda_plugin.so",
	Size:     411_465_856,
	SHA256:   "43d3efd6fd43d8a5d9aa67176e830d81e4ad5fc19fda4ad09cdcc4aebd9f3920",
	CRC32C:   0xc4900856,
	Note:     "2.3 GB, and more on the disk; JAX's CUDA 13 plugin, and NVIDIA's libraries under NVIDIA's own terms, which come with them in nvidia/licences",
	Wheels:   parseWheels(cudaWheels),
	Member:   "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
	Keep:     "nvidia/",
	Licences: "nvidia/licences",
	Needs:    []string{"nvidia/cu13"},
	Links:    []Link{{"nvidia/bin", "cu13/bin"}, {"nvidia/nvvm", "cu13/nvvm"}}, // XLA's ptxas and libdevice, below the folder that go-xla tells it
}

// Pins are all plugins that can be installed.
var Pins = []Pin{CPU, CUDA}

// parseWheels reads lines as pip does: name==version --hash=sha256:digest. The text is part of the program, so a line
// that is none is a mistake in it.
func parseWheels(text string) []Wheel {
	var wheels []Wheel
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		requirement, digest, ok := strings.Cut(line, " --hash=sha256:")
		name, version, ok2 := strings.Cut(requirement, "==")
		if !ok || !ok2 {
			panic(fmt.Sprintf("this line pins no wheel: %q", line))
		}
		wheels = append(wheels, Wheel{name, version, digest})
	}
	return wheels
}

// requirements are the wheels as pip reads them.
func (p Pin) requirements() string {
	var text strings.Builder
	for _, w := range p.Wheels {
		text.WriteString(w.requirement())
	}
	return text.String()
}

func (w Wheel) requirement() string {
	return fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.Name, w.Version, w.SHA256)
}

// stamp is a file beside the library that holds the digest of all pins. It says that the folder was made of these wheels,
// not of an earlier version's. A plugin of one wheel needs none: the library's digest says as much.
func (p Pin) stamp() (file, text string) {
	if len(p.Wheels) == 1 {
		return "", ""
	}
	sum := sha256.Sum256([]byte(p.requirements()))
	return path.Join(path.Dir(p.Library), "pins.sha256"), hex.EncodeToString(sum[:])
}

// Path is the library's path where folder is the plugin's own folder.
func (p Pin) Path(folder string) string { return filepath.Join(folder, filepath.FromSlash(p.Library)) }

// Check tells in a moment whether the plugin in folder can be loaded: the library is there, has the pinned size, and is
// whole. Nothing there is an fs.ErrNotExist. Verify reads all of it.
func (p Pin) Check(folder string) error {
	library := p.Path(folder)
	info, err := os.Stat(library)
	if err != nil {
		return err
	}
	if info.Size() != p.Size {
		return fmt.Errorf("%s has %d bytes, version %s has %d: it is damaged or another version", library, info.Size(), p.Version, p.Size)
	}
	return Whole(library)
}

// Verify tells whether the plugin in folder is what was pinned: Check, the library's SHA-256, and all that goes with it.
func (p Pin) Verify(folder string) error {
	if err := p.Check(folder); err != nil {
		return err
	}
	if err := hasDigest(p.Path(folder), p.SHA256); err != nil {
		return err
	}
	if stamp, want := p.stamp(); stamp != "" {
		file := filepath.Join(folder, filepath.FromSlash(stamp))
		got, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if string(got) != want {
			return fmt.Errorf("%s says that the folder was made of other wheels than version %s", file, p.Version)
		}
	}
	for _, name := range p.Needs {
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// Intact reads the library just before it is loaded: damage inside would end the process at some time. A CRC-32C finds it, at the
// speed of memory; against files that somebody made on purpose there is Verify.
func (p Pin) Intact(folder string) error {
	file := p.Path(folder)
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{f}, make([]byte, 1<<18)); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	if sum.Sum32() != p.CRC32C {
		return fmt.Errorf("%s is damaged, or not version %s: its checksum is %08x, pinned is %08x; `cir setup` installs it again", file, p.Version, sum.Sum32(), p.CRC32C)
	}
	return nil
}

// hasDigest compares a file's SHA-256.
func hasDigest(file, want string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		return fmt.Errorf("%s has SHA-256 %s, pinned is %s", file, got, want)
	}
	return nil
}

// missing reports whether an error says that there is no such file.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
