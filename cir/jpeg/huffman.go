package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// shortBits is the longest Huffman code that takes one look. It covers all but very rare ones.
const shortBits = 10

// A table says what Huffman codes mean.
type table struct {
	short  [1 << shortBits]uint16 // by the next bits: 256 times the length of the code, plus its symbol; 0 for longer ones
	beyond [17]int32              // by length: the first code, left-aligned in 16 bits, that is longer
	offset [17]int32              // by length: what takes a code to the place of its symbol
	symbol [256]uint8
}

// readTables reads Huffman tables into their slots.
func (d *decoder) readTables(segment []byte) error {
	for len(segment) > 0 {
		class, slot := segment[0]>>4, segment[0]&15
		if class > 1 || slot > 3 {
			return fmt.Errorf("a Huffman table %#x", segment[0])
		}
		tables := &d.dc
		if class == 1 {
			tables = &d.ac
		}
		if tables[slot] == nil {
			tables[slot] = new(table) // no scan needs the one before, so its memory serves again
		}
		rest, err := tables[slot].read(segment[1:])
		if err != nil {
			return err
		}
		segment = rest
	}
	return nil
}

// read reads how many codes there are of each length, 1 to 16, and the symbols in the order of their codes.
func (t *table) read(segment []byte) (rest []byte, err error) {
	if len(segment) < 16 {
		return nil, errors.New("a Huffman table is cut off")
	}
	counts, symbols := segment[:16], segment[16:]
	*t = table{}
	code, place := int32(0), int32(0)
	for i, count := range counts {
		length := i + 1
		n := int32(count)
		if code+n > 1<<length || int(place+n) > min(len(symbols), len(t.symbol)) {
			return nil, errors.New("a Huffman table with more codes than fit")
		}
		t.offset[length] = place - code
		for k := range n {
			t.symbol[place+k] = symbols[place+k]
			t.fill(code+k, length, symbols[place+k])
		}
		code, place = code+n, place+n
		t.beyond[length] = code << (16 - length)
		code <<= 1
	}
	return symbols[place:], nil
}

// fill enters a short code wherever the next bits begin with it.
func (t *table) fill(code int32, length int, symbol uint8) {
	if length > shortBits {
		return
	}
	first := code << (shortBits - length)
	for i := range int32(1) << (shortBits - length) {
		t.short[first+i] = uint16(length)<<8 | uint16(symbol)
	}
}

// long finds a code that is not in short, by the next 16 bits. 0 means that there is none.
func (t *table) long(next int32) uint16 {
	for length := shortBits + 1; length <= 16; length++ {
		if next < t.beyond[length] {
			place := next>>(16-length) + t.offset[length]
			return uint16(length)<<8 | uint16(t.symbol[place&255])
		}
	}
	return 0
}

// A stream gives the bits between two markers.
type stream struct {
	data []byte // without the zeros that follow each 0xff, and with spare zeros behind the end
	size int    // bytes that the file has
	at   int    // the next byte
	next uint64 // bits to come, the first one highest
	n    int    // how many there are
}

// spare is more than a block can take: 64 coefficients of at most 32 bits, and what is read ahead. So that a block is
// decoded without a look at the end, and the look comes after it.
const spare = 64*4 + 32

// open takes the bytes up to the next marker, and says where that is.
func (s *stream) open(data []byte) (length int) {
	s.data, s.at, s.next, s.n = s.data[:0], 0, 0, 0
	for {
		i := bytes.IndexByte(data[length:], 0xff)
		if i < 0 || length+i+1 >= len(data) {
			s.data = append(s.data, data[length:]...)
			length = len(data)
			break
		}
		stuffed := data[length+i+1] == 0
		if !stuffed {
			s.data = append(s.data, data[length:length+i]...)
			length += i
			break
		}
		s.data = append(s.data, data[length:length+i+1]...)
		length += i + 2
	}
	s.size = len(s.data)
	s.data = append(s.data, make([]byte, spare)...)
	return length
}

// overrun reports whether more bits were taken than there are.
func (s *stream) overrun() bool { return 8*s.at-s.n > 8*s.size }

// refill makes sure of 56 bits.
func (s *stream) refill() {
	s.next |= binary.BigEndian.Uint64(s.data[s.at:]) >> (s.n & 63)
	s.at += (63 - s.n) >> 3
	s.n |= 56
}

func (s *stream) skip(n int) {
	s.next <<= n & 63
	s.n -= n
}

// take is the next n bits, at most 16.
func (s *stream) take(n int) int32 {
	if s.n < n {
		s.refill()
	}
	v := int32(s.next >> 1 >> ((63 - n) & 63))
	s.skip(n)
	return v
}

// symbol decodes a code, and makes sure of 16 more bits.
func (s *stream) symbol(t *table) (uint8, error) {
	if s.n < 32 {
		s.refill()
	}
	code := t.short[s.next>>(64-shortBits)]
	if code == 0 {
		if code = t.long(int32(s.next >> 48)); code == 0 {
			return 0, errCode
		}
	}
	s.skip(int(code >> 8))
	return uint8(code), nil
}

// signed is the next number of size bits, at most 16. Those that begin with 0 are negative.
func (s *stream) signed(size int) int32 {
	v := s.take(size)
	if size > 0 && v < 1<<(size-1) {
		v -= 1<<size - 1
	}
	return v
}

var errCode = errors.New("a Huffman code without a meaning: the file is corrupt")
