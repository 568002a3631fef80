package torch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
)

// The pickles of these tests are written opcode by opcode.

func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func integer(i int) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(i)))
}

func tuple(parts ...string) string { return "(" + strings.Join(parts, "") + "t" }

func list(parts ...string) string { return "](" + strings.Join(parts, "") + "e" }

func dict(parts ...string) string { return "}(" + strings.Join(parts, "") + "u" }

func global(module, name string) string { return "c" + module + "\n" + name + "\n" }

func call(module, name string, args ...string) string {
	return global(module, name) + tuple(args...) + "R"
}

func sizes(values ...int) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, integer(v))
	}
	return tuple(parts...)
}

// storageRef is the id of a storage; more holds what the legacy container adds.
func storageRef(kind, key string, numel int, more ...string) string {
	fixed := text("storage") + global("torch", kind) + text(key) + text("cpu") + integer(numel)
	return tuple(append([]string{fixed}, more...)...) + "Q"
}

// tensorOf is a call of _rebuild_tensor_v2.
func tensorOf(storage string, offset int, shape, stride string) string {
	hooks := call("collections", "OrderedDict")
	return call("torch._utils", "_rebuild_tensor_v2", storage, integer(offset), shape, stride, "\x89", hooks)
}

func pickle(body string) string { return "\x80\x02" + body + "." }

// A file of a test archive.
type part struct {
	name, data string
}

// zipOf is a zip archive whose records are stored.
func zipOf(parts ...part) []byte { return zipWith(zip.Store, parts...) }

func zipWith(method uint16, parts ...part) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		if err == nil {
			_, err = f.Write([]byte(p.data))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// checkpoint is a zip checkpoint of a pickle's body and one storage "0" of bytes 0, 1, 2, ….
func checkpoint(body string, storageBytes int) []byte {
	return zipOf(part{"a/data.pkl", pickle(body)}, part{"a/data/0", counting(storageBytes)})
}

func counting(n int) string {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i)
	}
	return string(data)
}

// legacy is a legacy container of a pickle's body and what follows it.
func legacy(body, rest string) []byte {
	facts := dict(text("protocol_version"), integer(1001), text("little_endian"), "\x88")
	return legacyWith(facts, body, rest)
}

func legacyWith(facts, body, rest string) []byte {
	magic := "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
	return []byte(pickle(magic) + pickle(integer(1001)) + pickle(facts) + pickle(body) + rest)
}

// read parses data and fails the test where that takes more memory than twice its size and 64 MB.
func read(t *testing.T, data []byte) (Value, error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, root, err := parse(data)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > uint64(2*len(data)+64<<20) {
		t.Errorf("%d bytes allocated for a file of %d (%v)", grown, len(data), err)
	}
	return root, err
}
