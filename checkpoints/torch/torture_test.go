package torch

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

const (
	readersFault = ".pt/pickle and safetensors, hostile and random"
	readersHold  = "an error or correct values, no code run, memory at most twice the file and 64 MB"
)

// bound is the memory that a reader may take for a file, which is mapped, of size bytes.
func bound(size int) int64 { return int64(2*size + 64<<20) }

// Files made to do harm: each is an error, soon, and takes little memory. Files damaged at random, and random bytes behind
// a good beginning, are errors or whole tensors.
func TestTortureReaders(t *testing.T) {
	tally := torture.Begin(t, readersFault, readersHold)
	marker := filepath.Join(t.TempDir(), "executed")
	try := func(name string, data []byte) { openHostile(t, tally, name, data) }
	pickles(marker, func(name, body string) {
		try(name, checkpoint(body, 0))
		if torture.Times(0, 1) > 0 {
			try(name+", legacy", legacy(body, legacyRest("]")))
		}
	})
	archives(try)
	random := rand.New(rand.NewPCG(3, 4))
	files := seeds(t)
	names := slices.Sorted(maps.Keys(files))
	for i := range torture.Times(300, 20_000) {
		data := mutate(random, files[names[i%len(names)]])
		if i%10 == 0 {
			data = noise(random)
		}
		tally.Tried()
		if root, err := read(t, data); err == nil {
			checkWhole(t, root)
		}
	}
	if _, err := os.Stat(marker); err == nil {
		tally.Lost("a command was executed")
	}
}

// openHostile opens a file as a user would, from the disk.
func openHostile(t *testing.T, tally *torture.Tally, name string, data []byte) {
	path := filepath.Join(t.TempDir(), "hostile.pt")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	size := len(data)
	data = nil // only the file counts
	var err error
	begin := time.Now()
	grown := torture.Growth(func() {
		var f *File
		if f, err = Open(path); err == nil {
			err = f.Close()
		}
	})
	tally.Tried()
	took := time.Since(begin)
	t.Logf("%-32s %4d MB, grew by %4d MB in %4d ms: %.120v", name, size>>20, grown>>20, took.Milliseconds(), err)
	if grown > bound(size) {
		tally.Lost("%s: %d MB of memory for a file of %d MB", name, grown>>20, size>>20)
	}
	if took > 20*time.Second && !torture.Race {
		tally.Lost("%s: took %v", name, took)
	}
	if good := strings.HasPrefix(name, "good"); good != (err == nil) {
		tally.Lost("%s: %v", name, err)
	}
}

// noise is random bytes behind the beginning of a file of each container.
func noise(random *rand.Rand) []byte {
	data := make([]byte, random.IntN(4000))
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	switch random.IntN(3) {
	case 0:
		return append([]byte("PK\x03\x04"), data...)
	case 1:
		return legacyWith(string(data), "N", "")
	}
	return checkpoint(string(data), 0)
}

func times(n int, s string) string { return strings.Repeat(s, n) }

// pickles tries bodies of pickles that ask for code, memory or time.
func pickles(marker string, try func(name, body string)) {
	mb := torture.Times(2, 32) << 20
	long := text(times(mb, "x"))
	wide := "]q\x00(" + times(50_000, "K\x01") + "e"
	pairs := "]q\x00("
	for i := range 4000 {
		pairs += tuple(integer(i), "N")
	}
	pairs += "e0"
	doubled, nested := "]q\x00", "N"
	for range 60 {
		doubled += "0h\x00h\x00\x86q\x00"
	}
	nested += times(300_000, "\x85")
	try("os.system", call("os", "system", text("touch "+marker)))
	try("posix.system, stack global", "\x8c\x05posix\x8c\x06system\x93"+tuple(text("touch "+marker))+"R")
	try("eval", call("builtins", "eval", text("open('"+marker+"','w')")))
	try("subprocess as an object", global("subprocess", "Popen")+tuple(text("touch "+marker))+"\x81")
	try("build of a foreign object", global("os", "_wrap_close")+")\x81}"+text("stream")+"Nsb")
	try("lists that double", doubled)
	try("dup", times(3<<20, "2"))
	try("dup of a list", wide+times(1<<20, "2"))
	try("append of itself", wide+times(20_000, "h\x00h\x00e"))
	try("lists in lists", times(300_000, "]")+times(299_999, "a"))
	try("tuples in tuples", nested)
	try("marks", times(3<<20, "("))
	try("memo of 32 bits", "N"+times(400_000, "r\xff\xff\xff\x7f"))
	try("text of 2^63 bytes", "\x8d\xff\xff\xff\xff\xff\xff\xff\x7f")
	try("bytes of 2^64 bytes", "\x8e\xff\xff\xff\xff\xff\xff\xff\xff")
	try("bytearray of 2^40 bytes", "\x96\x00\x00\x00\x00\x00\x01\x00\x00")
	try("integer of 2^31 bytes", "\x8b\xff\xff\xff\x7f")
	try("many large integers", times(torture.Times(20_000, 100_000), "\x8a\xff"+times(254, "\x80")+"\x80")+"i")
	try("many integers of 1024 bytes", times(torture.Times(8000, 40_000), "\x8b\x00\x04\x00\x00"+times(1024, "\x7f"))+"i")
	try("good: large bytes, twice", strings.Repeat("B"+string(binary.LittleEndian.AppendUint32(nil, uint32(mb)))+times(mb, "b"), 2)+"\x86N")
	try("bytes as text, over and over", long+"q\x00"+times(2000, global("_codecs", "encode")+"h\x00"+text("latin1")+"\x86R0"))
	try("large name", "c"+times(mb, "m")+"\nn\n")
	try("large name on the stack", long+long+"\x93")
	try("large key", "}"+long+"Ns")
	try("large storage key", tensorOf(tuple(text("storage"), global("torch", "FloatStorage"), long, text("cpu"), integer(1))+"Q", 0, sizes(1), sizes(1)))
	try("dictionaries of a list", pairs+times(2000, global("collections", "OrderedDict")+"h\x00\x85R"))
	try("sizes of a list", wide+times(100_000, global("torch", "Size")+"h\x00\x85R0"))
	try("storage of 2^62 elements", tensorOf(storageRef("FloatStorage", "0", 1<<62), 0, sizes(1), sizes(1)))
	try("storage of -1 elements", tensorOf(storageRef("FloatStorage", "0", -1), 0, sizes(1), sizes(1)))
	try("shape that overflows", tensorOf(storageRef("FloatStorage", "0", 1), 0, sizes(1<<32, 1<<32, 16), sizes(0, 0, 0)))
	try("expanded to 2^40 elements", tensorOf(storageRef("ByteStorage", "0", 0), 0, sizes(1<<40), sizes(0)))
	try("stride that overflows", tensorOf(storageRef("ByteStorage", "0", 0), 0, sizes(3, 3), sizes(1<<62, 1<<62)))
	try("offset of 2^63-1", tensorOf(storageRef("ByteStorage", "0", 0), 1<<63-1, sizes(1), sizes(1)))
	try("rank of 60,000", tensorOf(storageRef("ByteStorage", "0", 0), 0, tuple(times(60_000, "K\x01")), tuple(times(60_000, "K\x01"))))
	try("many tensors", storageRef("ByteStorage", "0", 0)+"q\x000("+times(40_000, tensorOf("h\x00", 0, sizes(0), sizes(1)))+"t")
	try("a million names of the list", times(1<<20, global("torch", "Size")))
	try("reference to a whole module", tuple(text("module"), text("a"), text("b"), text("c"))+"Q")
	try("a pickle that does not end", times(1<<20, "N0"))
	try("pickle protocol 0", "(dp0\nS'a'\nI1\ns")
	try("frames", times(1<<20, "\x95\xff\xff\xff\xff\xff\xff\xff\xff"))
	try("opcodes of the other machines", "\x97\x98")
}

// archives tries files that are hostile as zip archives. Those whose names begin with "good" are large, but hold what they
// say.
func archives(try func(name string, data []byte)) {
	pkl, storage := part{"a/data.pkl", pickle(six)}, part{"a/data/0", counting(6)}
	good := zipOf(pkl, storage)
	central := bytes.Index(good, []byte("PK\x01\x02"))
	second := central + bytes.Index(good[central+4:], []byte("PK\x01\x02")) + 4
	set32 := func(at int, v uint32) []byte {
		data := slices.Clone(good)
		binary.LittleEndian.PutUint32(data[at:], v)
		return data
	}
	end := len(good) - sizeEnd
	mb := torture.Times(8, 48) << 20
	big := tensorOf(storageRef("ByteStorage", "0", mb), 0, sizes(mb), sizes(1))
	turned := tensorOf(storageRef("ByteStorage", "0", mb), 0, sizes(1<<12, mb>>12), sizes(1, 1<<12))
	blob := "B" + string(binary.LittleEndian.AppendUint32(nil, uint32(mb))) + times(mb, "b")
	try("good: stored", zipOf(part{"a/data.pkl", pickle(big)}, part{"a/data/0", times(mb, "x")}))
	try("good: transposed", zipOf(part{"a/data.pkl", pickle(turned)}, part{"a/data/0", times(mb, "x")}))
	try("good: bytes", zipOf(part{"a/data.pkl", pickle(blob)}))
	try("good: deflated", zipWith(zip.Deflate, part{"a/data.pkl", pickle(big)}, part{"a/data/0", times(mb, "x")}))
	try("bomb: large pickle, deflated", bomb("a/data.pkl", torture.Times(32, 1024)<<20))
	try("bomb: 20 records of 8 MB", manyDeflated(20, 8<<20))
	try("bomb: that nobody asks for", bomb("a/readme", torture.Times(32, 1024)<<20))
	try("overlapping records", overlapping())
	try("size of 4 GB", set32(central+24, 1<<32-2))
	try("both sizes of 4 GB", patchedSizes(good, second, 1<<32-2))
	try("offset of 4 GB", set32(central+42, 1<<32-2))
	try("directory of 4 GB", set32(end+12, 1<<32-2))
	try("directory at 4 GB", set32(end+16, 1<<32-2))
	try("65,535 records", set32(end+8, 1<<32-1))
	try("64-bit sizes without the field", patchedSizes(good, second, 1<<32-1))
	try("200,000 records", manyRecords(200_000, 1))
	try("good: records with names of 60 kB", manyRecords(torture.Times(100, 1000), 60_000))
}

// bomb is an archive with one record of n zeros, deflated, whose sizes and checksum are right.
func bomb(name string, n int) []byte {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	sum := crc32.NewIEEE()
	block := make([]byte, 1<<20)
	for range n / len(block) {
		sum.Write(block)
		if _, err := w.Write(block); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	f, err := archive.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(n),
	})
	if err == nil {
		_, err = f.Write(packed.Bytes())
	}
	if err != nil || archive.Close() != nil {
		panic(err)
	}
	return b.Bytes()
}

// manyDeflated has n storages that inflate to size bytes each, and tensors of them.
func manyDeflated(n, size int) []byte {
	parts, body := []part{{}}, "("
	for i := range n {
		key := string(rune('a' + i))
		parts = append(parts, part{"a/data/" + key, times(size, key)})
		body += tensorOf(storageRef("ByteStorage", key, size), 0, sizes(size), sizes(1))
	}
	parts[0] = part{"a/data.pkl", pickle(body + "t")}
	return zipWith(zip.Deflate, parts...)
}

// manyRecords has n empty records whose names are width bytes long or a little longer.
func manyRecords(n, width int) []byte {
	parts := []part{{"a/data.pkl", pickle("N")}}
	for i := range n {
		parts = append(parts, part{strings.Repeat("n", width) + itoa(int64(i)), ""})
	}
	return zipOf(parts...)
}

// patchedSizes is data with both sizes of the directory's entry at set.
func patchedSizes(data []byte, at int, size uint32) []byte {
	data = slices.Clone(data)
	binary.LittleEndian.PutUint32(data[at+20:], size)
	binary.LittleEndian.PutUint32(data[at+24:], size)
	return data
}
