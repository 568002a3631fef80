package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

// file is a safetensors file with this header and body.
func file(header string, body ...byte) []byte {
	data := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(data, header...), body...)
}

// Each broken file is refused, and the error says why.
func TestBrokenFilesAreRefused(t *testing.T) {
	one := `"dtype":"U8","shape":[1],"data_offsets":[0,1]`
	cases := []struct {
		why  string
		data []byte
	}{
		{"too few", nil},
		{"too few", []byte{2, 0, 0, 0, 0, 0, 0}},
		{"'{' expected", file("")},
		{"truncated", binary.LittleEndian.AppendUint64(nil, 1)},
		{"more than the 100000000", append(binary.LittleEndian.AppendUint64(nil, 100_000_001), '{', '}')},
		{"more than the 100000000", append(bytes.Repeat([]byte{255}, 8), '{', '}')},
		{"not UTF-8", file("{\"\xff\":{" + one + "}}")},
		{"not valid Unicode", file(`{"\ud800":{`+one+`}}`, 0)},
		{"comes twice", file(`{"a":{`+one+`},"a":{`+one+`}}`, 0)},
		{"comes twice", file(`{"a":{`+one+`},"\u0061":{`+one+`}}`, 0)},
		{"comes twice", file(`{"a":{`+one+`,"dtype":"I8"}}`, 0)},
		{"comes twice", file(`{"__metadata__":{"k":"1","k":"2"}}`)},
		{"comes twice", file(`{"__metadata__":{},"__metadata__":{}}`)},
		{"expected at", file(`{"__metadata__":{"k":1}}`)},
		{"1 bytes follow", file(`{}`, 0)},
		{"2 bytes follow", file(`{"a":{`+one+`}}`, 0, 0)},
		{"truncated", file(`{"a":{` + one + `}}`)},
		{"next free byte", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 0, 0)},
		{"next free byte", file(`{"a":{`+one+`},"b":{`+one+`}}`, 0)},
		{"next free byte", file(`{"a":{`+one+`},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}`, 0, 0, 0)},
		{"next free byte", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 0)},
		{"unknown element type", file(`{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}`, 0)},
		{"1 bytes of data for 2", file(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}`, 0)},
		{"more elements", file(`{"a":{"dtype":"U8","shape":[4294967296,4294967296,16],"data_offsets":[0,0]}}`)},
		{"no whole number", file(`{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}`, 0)},
		{"no whole number", file(`{"a":{"dtype":"U8","shape":[null],"data_offsets":[0,1]}}`, 0)},
		{"no whole number", file(`{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}`, 0)},
		{"',' expected", file(`{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}`, 0)},
		{"no whole number", file(`{"a":{"dtype":"U8","shape":[99999999999999999999999],"data_offsets":[0,1]}}`, 0)},
		{"more than 32", file(`{"a":{"dtype":"U8","shape":[1` + strings.Repeat(",1", 40) + `],"data_offsets":[0,1]}}`)},
		{"more than 2", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}`, 0)},
		{"needs dtype", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}`, 0)},
		{"needs dtype", file(`{"a":{"dtype":"U8","data_offsets":[0,1]}}`, 0)},
		{"unknown field", file(`{"a":{`+one+`,"extra":1}}`, 0)},
		{"after the closing brace", file(`{} {}`)},
		{"expected at", file(`[]`)},
		{"does not end", file(`{"a`)},
		{"does not end", file(`{"a\`)},
		{"string", file(`{"\x":{` + one + `}}`)},
		{"string", file("{\"\n\":{" + one + "}}")},
		{"unknown field", file(`{` + strings.Repeat(`"a":{`, 100000))},
	}
	for _, c := range cases {
		_, err := parse(c.data)
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%.60q: error %v, want one with %q", c.data, err, c.why)
		}
	}
}

func TestOddButValidFilesAreRead(t *testing.T) {
	for _, data := range [][]byte{
		file(`{}`),
		file(`{}      `),
		file(`{"__metadata__":{}}`),
		file("{ \"a\" :\t{\"shape\" : [ 1 , 1 ],\n\"data_offsets\":[0,1],\"dtype\":\"U8\"} }", 9),
		file(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"b":{"dtype":"F64","shape":[2,0],"data_offsets":[0,0]}}`),
		file(`{"b":{"dtype":"F32","shape":[],"data_offsets":[1,5]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, 2, 3, 4, 5),
	} {
		if _, err := parse(data); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestManyTensorsAreBounded(t *testing.T) {
	var header strings.Builder
	header.WriteString(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)
	for i := range 200_000 {
		fmt.Fprintf(&header, `,"%d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`, i)
	}
	data := file(header.String() + "}")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := parse(data)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "keys") {
		t.Errorf("200,000 tensors: %v", err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > uint64(2*len(data)+64<<20) {
		t.Errorf("%d bytes allocated for a file of %d", grown, len(data))
	}
}

// sameOrError fails where a damaged file gives tensors that do not hold what its own bytes say, or takes more memory than
// twice its size and 64 MB.
func sameOrError(t *testing.T, data []byte) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := parse(data)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > uint64(2*len(data)+64<<20) {
		t.Errorf("%d bytes allocated for a file of %d (%v)", grown, len(data), err)
	}
	if err != nil {
		return
	}
	total := 0
	for name, have := range f.tensors {
		if err := have.Check(); err != nil {
			t.Errorf("%q: accepted, but %v", name, err)
		}
		total += len(have.Data)
	}
	if size := int(binary.LittleEndian.Uint64(data)); total != len(data)-8-size {
		t.Errorf("tensors of %d bytes in a body of %d", total, len(data)-8-size)
	}
}

// 2,000 damaged files give an error, or tensors that together are the body.
func TestDamagedFilesNeverPanic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	if err := Write(path, sample(), map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		data := slices.Clone(whole)
		switch random.IntN(3) {
		case 0:
			data = data[:random.IntN(len(data))]
		case 1:
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		case 2:
			from, to := random.IntN(len(data)), random.IntN(len(data))
			data = append(data[:from:from], whole[to:]...)
		}
		sameOrError(t, data)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(file(`{}`))
	f.Add(file(`{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"__metadata__":{"k":"v"}}`, make([]byte, 8)...))
	f.Fuzz(sameOrError)
}

func TestAcceptedNamesAreTheHeaders(t *testing.T) {
	f, err := parse(file(`{"a.b":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"\u0063":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}`, 5, 6))
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(f.tensors)); !slices.Equal(got, []string{"a.b", "c"}) {
		t.Errorf("names %q", got)
	}
	if c := f.tensors["c"]; c.DType != tensor.I8 || c.Data[0] != 6 {
		t.Errorf("c = %v", c)
	}
}
