// Package jpeg decodes JPEG files to the samples that libjpeg-turbo computes, bit for bit:
//
//	markers ──> Huffman codes ──> coefficients ──> cosine transform ──> samples
//
// [Decode] goes as far as the coefficients, where all that can be wrong with a file has been found. Samples are made from
// them when they are asked for, so what a crop leaves out costs no transform.
//
// It reads baseline, extended and progressive files with 8 bits a sample and Huffman codes, which are nearly all there
// are. Enlarging chroma and the conversion of colours are left to the caller.
package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A Header is what a file says of its picture before the first sample.
type Header struct {
	Width, Height int // in pixels
	Components    int // 1, 3 or 4
}

// An Image is a file whose coefficients are decoded. It is not safe for concurrent use, since its planes keep the rows that
// were last asked for.
type Image struct {
	Header
	Planes []*Plane // one for each component
	YCC    bool     // the first three planes are luma, Cb and Cr, and not colours or inks
}

// ReadHeader reads a file up to the header of its frame.
func ReadHeader(data []byte) (Header, error) {
	d := decoder{data: data, headerOnly: true}
	err := d.run()
	return d.Header, err
}

// Decode reads a whole file. It takes memory for twice as many bytes as the picture has samples: look at [ReadHeader]
// first where files come from strangers. The error for a file that is cut off wraps [io.ErrUnexpectedEOF].
func Decode(data []byte) (*Image, error) {
	d := decoder{data: data}
	if err := d.run(); err != nil {
		return nil, err
	}
	if d.scans == 0 {
		return nil, errors.New("there are no samples")
	}
	for _, c := range d.frame {
		if c.quant == nil {
			return nil, fmt.Errorf("there are no samples of component %d: the file is corrupt", c.id)
		}
	}
	d.YCC = d.isYCC()
	return &d.Image, nil
}

// Markers: the second byte of those that the decoder knows.
const (
	baseline    = 0xc0
	extended    = 0xc1
	progressive = 0xc2
	huffman     = 0xc4
	arithmetic  = 0xcc
	restart     = 0xd0 // to 0xd7
	start       = 0xd8
	end         = 0xd9
	startScan   = 0xda
	quantizers  = 0xdb
	interval    = 0xdd
	application = 0xe0 // to 0xef
	adobe       = 0xee
	comment     = 0xfe
)

// maxScans is more than any program writes. Over a large picture as many would take minutes, whatever the file holds: all
// scans together may go over each block maxPasses times, which is twice what programs do, and over freeBlocks besides.
const (
	maxScans   = 500
	maxPasses  = 16
	freeBlocks = 1 << 22
)

type decoder struct {
	Image
	data       []byte
	at         int
	headerOnly bool

	frame         []component
	mcuWide       int // size of the picture in minimum coded units, of one or more blocks of each component
	mcuHigh       int
	isProgressive bool

	quant    [4]*[64]uint16 // in natural order, as all blocks here
	dc, ac   [4]*table
	interval int // MCUs between restart markers; 0 for none
	scans    int
	budget   int // blocks that scans may still go over
	stream   stream

	jfif, adobe bool
	transform   uint8 // of Adobe's marker
}

// A component is a plane, and how the file holds it.
type component struct {
	*Plane
	id         uint8
	h, v       int // blocks in an MCU, across and down
	quantTable uint8
	last       int32 // DC of the block before
}

// run reads segment after segment.
func (d *decoder) run() error {
	if len(d.data) < 2 || d.data[0] != 0xff || d.data[1] != start {
		return errors.New("no JPEG marker at the start")
	}
	d.at = 2
	for {
		marker, err := d.marker()
		if err != nil {
			return err
		}
		if marker == end || d.headerOnly && marker == startScan {
			return nil
		}
		if restart <= marker && marker < restart+8 { // some programs leave one behind the last scan
			continue
		}
		segment, err := d.segment()
		if err != nil {
			return err
		}
		if err := d.read(marker, segment); err != nil {
			return err
		}
		if d.headerOnly && d.frame != nil {
			return nil
		}
	}
}

// marker finds the next one. Other bytes before it are passed over, as everywhere.
func (d *decoder) marker() (uint8, error) {
	for ; d.at+1 < len(d.data); d.at++ {
		if next := d.data[d.at+1]; d.data[d.at] == 0xff && next != 0 && next != 0xff {
			d.at += 2
			return next, nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}

// segment takes the bytes that belong to a marker.
func (d *decoder) segment() ([]byte, error) {
	rest := d.data[d.at:]
	if len(rest) < 2 {
		return nil, io.ErrUnexpectedEOF
	}
	length := int(binary.BigEndian.Uint16(rest))
	if length < 2 {
		return nil, fmt.Errorf("a segment of length %d", length)
	}
	if length > len(rest) {
		return nil, io.ErrUnexpectedEOF
	}
	d.at += length
	return rest[2:length], nil
}

func (d *decoder) read(marker uint8, segment []byte) error {
	switch marker {
	case baseline, extended, progressive:
		d.isProgressive = marker == progressive
		return d.readFrame(segment)
	case huffman:
		return d.readTables(segment)
	case quantizers:
		return d.readQuantizers(segment)
	case interval:
		return d.readInterval(segment)
	case startScan:
		return d.readScan(segment)
	case arithmetic:
		return errors.New("arithmetic codes can't be read: save the picture with Huffman codes")
	case application:
		d.jfif = d.jfif || len(segment) >= 5 && string(segment[:5]) == "JFIF\x00"
		return nil
	case adobe:
		if len(segment) >= 12 && string(segment[:5]) == "Adobe" {
			d.adobe, d.transform = true, segment[11]
		}
		return nil
	}
	if marker > application && marker < application+16 || marker == comment {
		return nil
	}
	return fmt.Errorf("a segment of kind %#x can't be read: save the picture as baseline or progressive JPEG", marker)
}

func (d *decoder) readInterval(segment []byte) error {
	if len(segment) != 2 {
		return fmt.Errorf("a restart interval of %d bytes", len(segment))
	}
	d.interval = int(binary.BigEndian.Uint16(segment))
	return nil
}

// readQuantizers reads tables of 8 or 16 bits.
func (d *decoder) readQuantizers(segment []byte) error {
	for len(segment) > 0 {
		slot, size := segment[0]&15, 64*int(segment[0]>>4+1)
		if slot > 3 || size > 128 {
			return fmt.Errorf("a quantization table %#x", segment[0])
		}
		if len(segment) < 1+size {
			return errors.New("a quantization table is cut off")
		}
		table := new([64]uint16)
		for i := range table {
			if size == 64 {
				table[natural[i]] = uint16(segment[1+i])
			} else {
				table[natural[i]] = binary.BigEndian.Uint16(segment[1+2*i:])
			}
		}
		d.quant[slot], segment = table, segment[1+size:]
	}
	return nil
}

// isYCC guesses as libjpeg does: the file does not say it.
func (d *decoder) isYCC() bool {
	switch {
	case d.Components == 1:
		return false
	case d.Components == 4:
		return d.adobe && d.transform != 0
	case d.jfif:
		return true
	case d.adobe:
		return d.transform != 0
	}
	return d.frame[0].id != 'R' || d.frame[1].id != 'G' || d.frame[2].id != 'B'
}
