package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

// Files made to do harm: each is an error, soon, and takes little memory. Files damaged at random, and random headers, are
// errors or tensors that together are the body.
func TestTortureReaders(t *testing.T) {
	tally := torture.Begin(t, ".pt/pickle and safetensors, hostile and random",
		"an error or correct values, no code run, memory at most twice the file and 64 MB")
	hostile(func(name string, data []byte) { openHostile(t, tally, name, data) })
	path := filepath.Join(t.TempDir(), "a")
	if err := Write(path, sample(), map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	theirs := bytes.ReplaceAll(bytes.ReplaceAll(ours, []byte(ChecksumKey), []byte("other.crc32c")), []byte(SealedKey), []byte("other.sealed"))
	random := rand.New(rand.NewPCG(5, 6))
	for i := range torture.Times(1000, 20_000) {
		tally.Tried()
		switch i % 3 {
		case 0:
			sameOrError(t, damage(random, theirs))
		case 1:
			data := damage(random, ours)
			if _, err := parse(data); err == nil && !bytes.Equal(data, ours) {
				tally.Lost("damage %d was not noticed", i)
			}
		case 2:
			sameOrError(t, file(noise(random), 0, 0, 0, 0))
		}
	}
}

// damage is data cut off, with bits flipped, or with a part left out or put in twice.
func damage(random *rand.Rand, data []byte) []byte {
	whole := data
	data = slices.Clone(data)
	switch random.IntN(3) {
	case 0:
		data = data[:random.IntN(len(data))]
	case 1:
		for range 1 + random.IntN(4) {
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		}
	case 2:
		from, to := random.IntN(len(data)), random.IntN(len(data))
		data = append(data[:from:from], whole[to:]...)
	}
	return data
}

// noise is a header of words that headers are made of.
func noise(random *rand.Rand) string {
	words := strings.Fields(`{ } [ ] : , "a" "dtype" "U8" "F32" "shape" "data_offsets" "__metadata__" 0 1 4 9223372036854775807 "\u0000" "\`)
	var b strings.Builder
	for range random.IntN(40) {
		b.WriteString(words[random.IntN(len(words))])
	}
	return b.String()
}

// openHostile opens a file as a user would, from the disk.
func openHostile(t *testing.T, tally *torture.Tally, name string, data []byte) {
	path := filepath.Join(t.TempDir(), "hostile.safetensors")
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
	if grown > int64(2*size+64<<20) {
		tally.Lost("%s: %d MB of memory for a file of %d MB", name, grown>>20, size>>20)
	}
	if took > 20*time.Second && !torture.Race {
		tally.Lost("%s: took %v", name, took)
	}
	if good := strings.HasPrefix(name, "good"); good != (err == nil) {
		tally.Lost("%s: %v", name, err)
	}
	if err != nil && len(err.Error()) > 1<<14 {
		tally.Lost("%s: an error of %d bytes", name, len(err.Error()))
	}
}

// hostile tries files that ask for memory or time. Those whose names begin with "good" are large, but hold what they say.
func hostile(try func(name string, data []byte)) {
	length := func(n uint64) []byte { return append(binary.LittleEndian.AppendUint64(nil, n), "{}      "...) }
	times := func(n int, s string) string { return strings.Repeat(s, n) }
	most := torture.Times(10_000_000, 99_000_000)
	one := `"dtype":"U8","shape":[1],"data_offsets":[0,1]`
	try("good: 64 MB", file(`{"a":{"dtype":"U8","shape":[67108864],"data_offsets":[0,67108864]}}`, make([]byte, 64<<20)...))
	try("good: spaces", file("{"+times(most, " ")+"}"))
	try("good: a large field", file(`{"__metadata__":{"k":"`+times(most, "v")+`"}}`))
	try("good: 65,536 tensors of rank 32", file(tensors(65_536, times(31, "1,")+"0")))
	try("header of 2^63", length(1<<63))
	try("header of 2^64-1", length(1<<64-1))
	try("header of 100 MB, truncated", length(100_000_000))
	try("200,000 tensors", file(tensors(200_000, "0")))
	try("200,000 fields", file(`{"__metadata__":`+fields(200_000)+`}`))
	try("a large field with an escape", file(`{"__metadata__":{"k":"\n`+times(most, "v")+`"}}`))
	try("a field of escapes", file(`{"__metadata__":{"k":"`+times(most/6, `\u0001`)+`"}}`))
	try("a large name", file(`{"`+times(most, "n")+`":{`+one+`}}`))
	try("a large name, wrong tensor", file(`{"`+times(most, "n")+`":{`+one+`}}`, 0, 0))
	try("a large name, twice", file(`{"`+times(most/2, "n")+`":{`+one+`},"`+times(most/2, "n")+`":{}}`))
	try("a large type", file(`{"a":{"shape":[1],"data_offsets":[0,1],"dtype":"`+times(most, "t")+`"}}`))
	try("a long shape", file(`{"a":{"shape":[`+times(most/2, "1,")+`1]}}`))
	try("a long number", file(`{"a":{"shape":[`+times(most, "1")+`]}}`))
	try("a string that does not end", file(`{"`+times(most, "n")))
	try("braces", file(times(most, "{")))
	try("brackets", file(`{"a":{"shape":`+times(most, "[")))
	try("commas", file("{"+times(most, ",")))
	try("overlapping tensors", file(`{"a":{`+one+`},"b":{`+one+`}}`, 0))
	try("offsets that turn round", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 0))
	try("offsets of 2^63-1", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775807]}}`, 0))
	try("shape that overflows", file(`{"a":{"dtype":"U8","shape":[4294967296,4294967296,16],"data_offsets":[0,0]}}`))
	try("size that overflows", file(`{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}`))
	try("a wrong checksum", file(`{"__metadata__":{"gocir.crc32c":"00000000"}}`))
	try("a long checksum", file(`{"__metadata__":{"gocir.crc32c":"`+times(most, "0")+`"}}`))
	try("a checksum that is escaped", file(`{"__metadata__":{"gocir.crc32c":"\u0030000000"}}`))
}

// tensors is a header of n tensors of a shape without elements.
func tensors(n int, shape string) string {
	var header strings.Builder
	for i := range n {
		fmt.Fprintf(&header, `,"%d":{"dtype":"U8","shape":[%s],"data_offsets":[0,0]}`, i, shape)
	}
	return "{" + header.String()[1:] + "}"
}

// fields is an object of n strings.
func fields(n int) string {
	var object strings.Builder
	for i := range n {
		fmt.Fprintf(&object, `,"%d":""`, i)
	}
	return "{" + object.String()[1:] + "}"
}
