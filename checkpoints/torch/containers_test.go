package torch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints/tensor"
)

// six is a tensor of the six bytes of storage "0".
var six = tensorOf(storageRef("ByteStorage", "0", 6), 0, sizes(6), sizes(1))

func isSix(v Value) bool {
	t, ok := v.(*tensor.Tensor)
	return ok && string(t.Data) == counting(6)
}

func TestArchivesThatAreRead(t *testing.T) {
	pkl, storage := part{"a/data.pkl", pickle(six)}, part{"a/data/0", counting(6)}
	for name, data := range map[string][]byte{
		"plain":           zipOf(pkl, storage),
		"little-endian":   zipOf(pkl, part{"a/byteorder", "little"}, storage, part{"a/version", "3\n"}),
		"no folder":       zipOf(part{"data.pkl", pkl.data}, part{"data/0", storage.data}),
		"deep folder":     zipOf(part{"a/b/data.pkl", pkl.data}, part{"a/b/data/0", storage.data}),
		"compressed":      zipWith(zip.Deflate, pkl, storage),
		"other records":   zipOf(part{"readme", "x"}, pkl, storage, part{"a/data/1", "unused"}),
		"archive comment": commented(zipOf(pkl, storage)),
	} {
		if root, err := read(t, data); err != nil || !isSix(root) {
			t.Errorf("%s: %v, %v", name, root, err)
		}
	}
}

func commented(data []byte) []byte {
	binary.LittleEndian.PutUint16(data[len(data)-2:], 5)
	return append(data, "hello"...)
}

func TestArchivesThatAreRefused(t *testing.T) {
	pkl, storage := part{"a/data.pkl", pickle(six)}, part{"a/data/0", counting(6)}
	good := zipOf(pkl, storage)
	central := bytes.Index(good, []byte("PK\x01\x02"))
	var many []part
	for i := range 100_000 {
		many = append(many, part{fmt.Sprint(i), ""})
	}
	for _, c := range []struct {
		why  string
		data []byte
	}{
		{"big", zipOf(pkl, part{"a/byteorder", "big"}, storage)},
		{"without data.pkl", zipOf(storage)},
		{"without data.pkl", zipOf(part{"a/xdata.pkl", ""})},
		{"more than one data.pkl", zipOf(pkl, part{"b/data.pkl", pkl.data}, storage)},
		{"two records", zipOf(pkl, storage, storage)},
		{"TorchScript", zipOf(pkl, storage, part{"a/constants.pkl", ""})},
		{"far more memory", zipWith(zip.Deflate, pkl, part{"a/data/0", strings.Repeat("\x00", 6)}, part{"a/byteorder", strings.Repeat("\x00", 64<<20)})},
		{"without data.pkl", zipOf(many...)},
		{"CRC-32", patched(good, bytes.Index(good, []byte(counting(6))), 1)},
		{"CRC-32", patched(good, bytes.Index(good, []byte("ByteStorage")), 1)},
		{"damaged or truncated", good[:len(good)-1]},
		{"damaged or truncated", append(slices.Clone(good), 0)},
		{"damaged or truncated", good[:central]},
		{"damaged or truncated", []byte("PK\x03\x04")},
		{"encrypted", patched(good, central+8, 1)},
		{"encrypted", patched(good, central+10, 12)},
		{"damaged or truncated", patched(good, central+20, 0xff)},   // compressed size
		{"damaged or truncated", patched(good, central+42, 0xff)},   // offset of the local header
		{"damaged or truncated", patched(good, central+28, 0xff)},   // length of the name
		{"damaged or truncated", patched(good, len(good)-22+10, 3)}, // number of records
		{"damaged or truncated", patched(good, len(good)-22+16, 9)}, // offset of the directory
		{"damaged or truncated", overlapping()},
	} {
		if root, err := read(t, c.data); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q expected: %v, %v", c.why, root, err)
		}
	}
}

// patched is data with the bits of mask flipped in one byte.
func patched(data []byte, at int, mask byte) []byte {
	data = slices.Clone(data)
	data[at] ^= mask
	return data
}

// overlapping is an archive whose data.pkl ends in a whole local record of data/0, which the directory names as well.
func overlapping() []byte {
	inner := zipOf(part{"a/data/0", counting(6)})
	cut := bytes.Index(inner, []byte("PK\x01\x02"))
	local, entry := inner[:cut], slices.Clone(inner[cut:len(inner)-sizeEnd])
	outer := zipOf(part{"a/data.pkl", pickle(six) + string(local)})
	directory, end := bytes.LastIndex(outer, []byte("PK\x01\x02")), len(outer)-sizeEnd
	binary.LittleEndian.PutUint32(entry[42:], uint32(bytes.Index(outer, local)))
	tail := slices.Clone(outer[end:])
	tail[8], tail[10] = 2, 2
	binary.LittleEndian.PutUint32(tail[12:], uint32(end-directory+len(entry)))
	return slices.Concat(outer[:end], entry, tail)
}

// legacyRest is what follows the object's pickle: the keys, then each storage's element count and bytes.
func legacyRest(keys string, storages ...string) string {
	rest := pickle(keys)
	for _, s := range storages {
		rest += string(binary.LittleEndian.AppendUint64(nil, uint64(len(s)))) + s
	}
	return rest
}

func TestLegacyContainersThatAreRead(t *testing.T) {
	part := storageRef("ByteStorage", "0", 6, tuple(text("1"), integer(2), integer(3)))
	ranged := tensorOf(part, 1, sizes(2), sizes(1))
	whole := tensorOf(storageRef("ByteStorage", "0", 6, "N"), 0, sizes(6), sizes(1))
	root, err := read(t, legacy(list(whole, ranged), legacyRest(list(text("0")), counting(6))))
	if err != nil {
		t.Fatal(err)
	}
	items := root.(*List).Items
	if got := items[1].(*tensor.Tensor).Data; !isSix(items[0]) || !slices.Equal(got, []byte{3, 4}) {
		t.Errorf("whole %v, part %v", items[0], got)
	}
	if root, err := read(t, legacy(dict(text("epoch"), integer(1)), legacyRest("]"))); err != nil {
		t.Errorf("without tensors: %v, %v", root, err)
	}
}

func TestLegacyContainersThatAreRefused(t *testing.T) {
	rest := legacyRest(list(text("0")), counting(6))
	big := dict(text("little_endian"), "\x89")
	beyond := tensorOf(storageRef("ByteStorage", "0", 6, tuple(text("1"), integer(4), integer(3))), 0, sizes(1), sizes(1))
	for _, c := range []struct {
		why  string
		data []byte
	}{
		{"magic number", []byte(pickle(integer(1)))},
		{"magic number", []byte("\x80\x02")},
		{"unknown version", []byte(pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19") + pickle(integer(1002)))},
		{"damaged legacy", legacyWith("N", six, rest)},
		{"big-endian", legacyWith(big, six, rest)},
		{"big-endian", legacyWith("}", six, rest)},
		{"list of storages", legacy(six, "")},
		{"does not name", legacy(six, legacyRest("N"))},
		{"does not name", legacy(six, legacyRest("]"))},
		{"does not name", legacy(six, legacyRest(list(text("0"), text("1")), counting(6), ""))},
		{"which no tensor needs", legacy(six, legacyRest(list(text("1")), counting(6)))},
		{"the tensors expect", legacy(six, legacyRest(list(text("0")), counting(5)))},
		{"bytes announced", legacy(six, rest[:len(rest)-1])},
		{"follow the last", legacy(six, rest+"x")},
		{"beyond the end of storage", legacy(beyond, rest)},
		{"nothing was run", legacy(call("os", "system", text("true")), legacyRest("]"))},
	} {
		if root, err := read(t, c.data); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q expected: %v, %v", c.why, root, err)
		}
	}
}
