package torch

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// A record is one file of a zip archive.
type record struct {
	data     []byte // as stored, a view
	size     int    // after inflating
	crc      uint32
	deflated bool

	begin, end int // in the file, local header included
}

// Sizes of the zip format's structures without their variable parts.
const (
	sizeLocal     = 30
	sizeCentral   = 46
	sizeEnd       = 22
	sizeEnd64     = 56
	sizeLocator64 = 20
)

var errZip = errors.New("zip archive is damaged or truncated: fetch the file again")

// listRecords reads a zip archive's directory: every record lies within the file and none overlaps another. Unlike
// archive/zip it takes views of the mapped file and no more memory than the budget has.
func listRecords(data []byte, b *budget) (map[string]record, error) {
	begin, size, count, err := findDirectory(data)
	if err != nil {
		return nil, err
	}
	records := map[string]record{}
	for rest := data[begin : begin+size]; len(rest) > 0; {
		raw, r, next, err := readCentral(rest, data[:begin])
		if err != nil {
			return nil, err
		}
		if !b.take(2*costObject + len(raw)) {
			return nil, fmt.Errorf("zip archive with %d records: %w", count, errTooLarge)
		}
		name := string(raw)
		if _, ok := records[name]; ok {
			return nil, fmt.Errorf("zip archive with two records %.80q", name)
		}
		records[name], rest = r, next
	}
	if len(records) != count {
		return nil, errZip
	}
	return records, checkOverlap(records)
}

// findDirectory reads the end of the archive, in its 64-bit form where there is one.
func findDirectory(data []byte) (begin, size, count int, err error) {
	end := bytes.LastIndex(data[max(0, len(data)-sizeEnd-math.MaxUint16):], []byte("PK\x05\x06"))
	end += max(0, len(data)-sizeEnd-math.MaxUint16)
	if end < 0 || len(data)-end < sizeEnd {
		return 0, 0, 0, errZip
	}
	e := data[end:]
	if len(e) != sizeEnd+int(le16(e[20:])) {
		return 0, 0, 0, errZip
	}
	wide := [3]uint64{uint64(le16(e[10:])), uint64(le32(e[12:])), uint64(le32(e[16:]))}
	if at := end - sizeLocator64; at >= 0 && string(data[at:at+4]) == "PK\x06\x07" {
		at64 := le64(data[at+8:])
		if at64 > uint64(at) || uint64(at)-at64 < sizeEnd64 || string(data[at64:at64+4]) != "PK\x06\x06" {
			return 0, 0, 0, errZip
		}
		e, end = data[at64:], int(at64)
		wide = [3]uint64{le64(e[32:]), le64(e[40:]), le64(e[48:])}
	}
	if wide[2] > uint64(end) || wide[1] > uint64(end)-wide[2] || wide[0] > wide[1]/sizeCentral {
		return 0, 0, 0, errZip
	}
	return int(wide[2]), int(wide[1]), int(wide[0]), nil
}

// readCentral reads the directory's first entry; body is the file up to the directory. The name is a view.
func readCentral(dir, body []byte) (name []byte, r record, rest []byte, err error) {
	if len(dir) < sizeCentral || string(dir[:4]) != "PK\x01\x02" {
		return nil, r, nil, errZip
	}
	nameEnd := sizeCentral + int(le16(dir[28:]))
	extraEnd := nameEnd + int(le16(dir[30:]))
	end := extraEnd + int(le16(dir[32:]))
	if end > len(dir) {
		return nil, r, nil, errZip
	}
	raw, method := dir[sizeCentral:nameEnd], le16(dir[10:])
	if le16(dir[8:])&1 != 0 || method != 0 && method != 8 {
		return nil, r, nil, fmt.Errorf("zip record %.80q is encrypted or compressed in a way that is not read", raw)
	}
	sizes, err := wideSizes(dir[:sizeCentral], dir[nameEnd:extraEnd])
	if err != nil {
		return nil, r, nil, err
	}
	r = record{size: int(sizes[0]), crc: le32(dir[16:]), deflated: method == 8, begin: int(sizes[2])}
	r.data, r.end, err = localData(body, raw, sizes)
	if err == nil && !r.deflated && r.size != len(r.data) {
		err = errZip
	}
	return raw, r, dir[end:], err
}

// wideSizes are a directory entry's size, compressed size and offset, from its 64-bit extra field where they don't fit.
func wideSizes(entry, extra []byte) ([3]uint64, error) {
	sizes := [3]uint64{uint64(le32(entry[24:])), uint64(le32(entry[20:])), uint64(le32(entry[42:]))}
	for len(extra) >= 4 && len(extra)-4 >= int(le16(extra[2:])) {
		field := extra[4 : 4+int(le16(extra[2:]))]
		if le16(extra) == 1 {
			for i := range sizes {
				if sizes[i] == math.MaxUint32 && len(field) >= 8 {
					sizes[i], field = le64(field), field[8:]
				}
			}
		}
		extra = extra[4+int(le16(extra[2:])):]
	}
	for _, s := range sizes {
		if s > math.MaxInt/2 {
			return sizes, errZip
		}
	}
	return sizes, nil
}

// localData finds a record's bytes behind its local header, which must have the directory's name for it, and their end.
func localData(body, name []byte, sizes [3]uint64) (data []byte, end int, err error) {
	if sizes[2] > uint64(len(body)) || len(body)-int(sizes[2]) < sizeLocal {
		return nil, 0, errZip
	}
	local := body[sizes[2]:]
	nameEnd := sizeLocal + int(le16(local[26:]))
	begin := nameEnd + int(le16(local[28:]))
	if string(local[:4]) != "PK\x03\x04" || begin > len(local) || uint64(len(local)-begin) < sizes[1] {
		return nil, 0, errZip
	}
	if !bytes.Equal(local[sizeLocal:nameEnd], name) {
		return nil, 0, errZip
	}
	end = begin + int(sizes[1])
	return local[begin:end:end], int(sizes[2]) + end, nil
}

// checkOverlap refuses archives in which records share bytes.
func checkOverlap(records map[string]record) error {
	sorted := make([]record, 0, len(records))
	for _, r := range records {
		sorted = append(sorted, r)
	}
	slices.SortFunc(sorted, func(a, b record) int { return cmp.Compare(a.begin, b.begin) })
	end := 0
	for _, r := range sorted {
		if r.begin < end {
			return errZip
		}
		end = r.end
	}
	return nil
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
