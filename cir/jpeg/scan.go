package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A scan is a pass over some components, and over some of their coefficients.
type scan struct {
	*decoder
	parts      []part
	first, end int   // coefficients, in the order of the file: first up to, but not with, end
	shift      uint  // bits that later scans add below
	refining   bool  // this scan adds one bit to what earlier ones gave
	run        int32 // how many more blocks have no coefficient of this scan
}

// A part is a component of a scan, and the tables of its codes.
type part struct {
	*component
	dc, ac *table
}

// readScan reads the header of a scan and then its data.
func (d *decoder) readScan(segment []byte) error {
	if d.frame == nil {
		return errors.New("a scan before the frame")
	}
	if d.scans++; d.scans > maxScans {
		return fmt.Errorf("more than %d scans", maxScans)
	}
	if d.scans == 1 {
		d.allocate()
	}
	s := scan{decoder: d, end: 64}
	if len(segment) == 0 || len(segment) != 4+2*int(segment[0]) {
		return fmt.Errorf("a scan's header of %d bytes", len(segment))
	}
	n := int(segment[0])
	for i := range n {
		if err := s.add(segment[1+2*i], segment[2+2*i]); err != nil {
			return err
		}
	}
	if n == 0 {
		return errors.New("a scan without components")
	}
	if d.isProgressive {
		if err := s.readBand(segment[1+2*n:]); err != nil {
			return err
		}
	}
	return s.decode()
}

// add finds a component and its tables.
func (s *scan) add(id, tables uint8) error {
	for _, p := range s.parts {
		if p.id == id {
			return fmt.Errorf("component %d twice in a scan", id)
		}
	}
	for i := range s.frame {
		if c := &s.frame[i]; c.id == id {
			if c.quant == nil {
				c.quant = s.quant[c.quantTable]
			}
			if c.quant == nil {
				return fmt.Errorf("component %d has no quantization table", id)
			}
			dc, ac := tables>>4, tables&15
			if dc > 3 || ac > 3 {
				return fmt.Errorf("a scan with Huffman tables %#x: there are 0 to 3", tables)
			}
			s.parts = append(s.parts, part{c, s.dc[dc], s.ac[ac]})
			return nil
		}
	}
	return fmt.Errorf("a scan of component %d, which is not in the frame", id)
}

// readBand reads which coefficients and bits a progressive scan holds.
func (s *scan) readBand(segment []byte) error {
	s.first, s.end = int(segment[0]), int(segment[1])+1
	high := uint(segment[2] >> 4)
	s.shift, s.refining = uint(segment[2]&15), high != 0
	switch {
	case s.first >= s.end || s.end > 64 || s.first == 0 && s.end != 1:
		return fmt.Errorf("a scan of coefficients %d to %d", s.first, s.end-1)
	case s.first > 0 && len(s.parts) > 1:
		return errors.New("a progressive scan of more than one component")
	case s.refining && high != s.shift+1 || s.shift > 13:
		return fmt.Errorf("a scan that goes from bit %d to bit %d", high, s.shift)
	}
	return nil
}

// decode walks over the MCUs, with a new start at each restart marker.
func (s *scan) decode() error {
	for _, p := range s.parts {
		needs := !s.refining || s.first > 0
		if needs && (s.first == 0 && p.dc == nil || s.end > 1 && p.ac == nil) {
			return fmt.Errorf("component %d has no Huffman table", p.id)
		}
	}
	wide, high, visit := s.mcuWide, s.mcuHigh, s.mcu
	if len(s.parts) == 1 { // then blocks that lie beyond the picture are left out
		p := s.parts[0]
		wide, high, visit = ceilDiv(p.Width, 8), ceilDiv(p.Height, 8), s.alone
	}
	if err := s.spend(); err != nil {
		return err
	}
	s.restart()
	for i := range wide * high {
		if s.interval > 0 && i > 0 && i%s.interval == 0 {
			if err := s.nextRestart(); err != nil {
				return err
			}
		}
		if err := visit(i%wide, i/wide); err != nil {
			return err
		}
	}
	return nil
}

// spend counts the blocks that the scan goes over.
func (s *scan) spend() error {
	for _, p := range s.parts {
		s.budget -= len(p.blocks)
	}
	if s.budget < 0 {
		return fmt.Errorf("%d scans of %d×%d pixels are more than any program writes: save the picture anew", s.scans, s.Width, s.Height)
	}
	return nil
}

// restart begins to read bits, and forgets what came before.
func (s *scan) restart() {
	s.at += s.stream.open(s.data[s.at:])
	s.run = 0
	for _, p := range s.parts {
		p.last = 0
	}
}

func (s *scan) nextRestart() error {
	marker, err := s.marker()
	if err != nil {
		return err
	}
	if marker < restart || marker >= restart+8 {
		return fmt.Errorf("marker %#x where a restart marker should be: the file is corrupt", marker)
	}
	s.restart()
	return nil
}

// mcu decodes the blocks of all components.
func (s *scan) mcu(x, y int) error {
	for _, p := range s.parts {
		for down := range p.v {
			for across := range p.h {
				if err := s.block(p, x*p.h+across, y*p.v+down); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *scan) alone(x, y int) error { return s.block(s.parts[0], x, y) }

// block decodes one block, in the way of the scan.
func (s *scan) block(p part, x, y int) error {
	b := &p.blocks[y*p.stride+x]
	var err error
	switch {
	case !s.isProgressive:
		err = s.stream.whole(b, p)
	case s.first == 0:
		err = s.lowest(b, p)
	case s.refining:
		err = s.refine(b, p.ac)
	default:
		err = s.band(b, p.ac)
	}
	if err == nil && s.stream.overrun() {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// whole decodes all coefficients of a block. Nearly all time is spent here, so the stream's state is kept in local variables
// and what its methods do is written out.
func (s *stream) whole(b *block, p part) error {
	size, err := s.symbol(p.dc)
	if err != nil {
		return err
	}
	if size > 16 {
		return errCode
	}
	p.last += s.signed(int(size))
	b[0] = int16(p.last)
	data, at, next, n := s.data, s.at, s.next, s.n
	for k := 1; k < 64; k++ {
		if n < 32 {
			next |= binary.BigEndian.Uint64(data[at:]) >> (n & 63)
			at += (63 - n) >> 3
			n |= 56
		}
		code := p.ac.short[next>>(64-shortBits)]
		if code == 0 {
			if code = p.ac.long(int32(next >> 48)); code == 0 {
				return errCode
			}
		}
		length, size := int(code>>8), int(code&15)
		k += int(code>>4) & 15
		if size == 0 {
			next, n = next<<(length&63), n-length
			if code&0xf0 != 0xf0 {
				break
			}
			continue
		}
		next <<= length & 63
		positive := int32(int64(next) >> 63) // all bits, or none
		v := int32(next>>(-size&63)) + ^positive&(1-1<<(size&31))
		next, n = next<<(size&63), n-length-size
		b[natural[k&63]] = int16(v)
	}
	s.at, s.next, s.n = at, next, n
	return nil
}
