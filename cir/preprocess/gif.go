package preprocess

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame is the first picture of a GIF file, found but not unpacked.
type frame struct {
	screenWidth, screenHeight int
	left, top, width, height  int
	interlaced                bool
	palette                   []byte // RGB triples
	fill                      uint8  // index of the screen around the frame: the transparent one, else 0
	codeSize                  int
	packed                    []byte
}

// gifReader walks over the blocks. After the first short read every read gives zeros, and err says so.
type gifReader struct {
	data []byte
	err  error
}

func (g *gifReader) take(n int) []byte {
	if n > len(g.data) {
		g.data, g.err = nil, io.ErrUnexpectedEOF
		return make([]byte, n)
	}
	out := g.data[:n]
	g.data = g.data[n:]
	return out
}

// blocks joins a chain of sub-blocks.
func (g *gifReader) blocks() []byte {
	var out []byte
	for {
		n := g.take(1)[0]
		if n == 0 {
			return out
		}
		out = append(out, g.take(int(n))...)
	}
}

// table reads a colour table where the flags announce one.
func (g *gifReader) table(flags uint8) []byte {
	if flags&0x80 == 0 {
		return nil
	}
	return g.take(3 << (flags&7 + 1))
}

func readFrame(data []byte) (frame, error) {
	g := &gifReader{data: data}
	head := g.take(13)
	f := frame{screenWidth: int(binary.LittleEndian.Uint16(head[6:])), screenHeight: int(binary.LittleEndian.Uint16(head[8:]))}
	f.palette = g.table(head[10])
	for g.err == nil {
		switch kind := g.take(1)[0]; kind {
		case '!':
			label := g.take(1)[0]
			if body := g.blocks(); label == 0xf9 && len(body) >= 4 && body[0]&1 != 0 {
				f.fill = body[3]
			}
		case ',':
			f.read(g)
			return f, g.err
		case ';':
			return f, errors.New("the file holds no frame")
		case 0:
		default:
			return f, fmt.Errorf("the file is corrupt: unknown block 0x%02x", kind)
		}
	}
	return f, g.err
}

// read reads the frame itself. A frame that is larger than the screen enlarges it, as in Pillow.
func (f *frame) read(g *gifReader) {
	d := g.take(9)
	at := func(i int) int { return int(binary.LittleEndian.Uint16(d[i:])) }
	f.left, f.top, f.width, f.height = at(0), at(2), at(4), at(6)
	f.screenWidth, f.screenHeight = max(f.screenWidth, f.left+f.width), max(f.screenHeight, f.top+f.height)
	f.interlaced = d[8]&0x40 != 0
	if local := g.table(d[8]); local != nil {
		f.palette = local
	}
	f.codeSize = int(g.take(1)[0])
	f.packed = g.blocks()
}

func gifHeader(data []byte) (header, error) {
	f, err := readFrame(data)
	// A code of 12 bits stands for 4096 pixels at most.
	return header{f.screenWidth, f.screenHeight, f.width * f.height / 4096}, err
}

func decodeGIF(data []byte, h header) (*raster, error) {
	f, err := readFrame(data)
	if err != nil {
		return nil, err
	}
	if f.codeSize < 2 || f.codeSize > 8 {
		return nil, fmt.Errorf("the file is corrupt: code size %d", f.codeSize)
	}
	pix := bytes.Repeat([]byte{f.fill}, h.width*h.height)
	unpack := lzw.NewReader(bytes.NewReader(f.packed), lzw.LSB, f.codeSize)
	defer unpack.Close()
	for _, y := range f.rows() {
		start := (f.top+y)*h.width + f.left
		if _, err := io.ReadFull(unpack, pix[start:start+f.width]); err != nil {
			return nil, err
		}
	}
	palette := triples(f.palette)
	if isRamp(palette) {
		return inMemory(Gray, h.width, h.height, pix, nil), nil
	}
	return inMemory(Paletted, h.width, h.height, pix, palette), nil
}

// rows is the order in which the rows are stored.
func (f *frame) rows() []int {
	out := make([]int, 0, f.height)
	passes := [][2]int{{0, 1}}
	if f.interlaced {
		passes = [][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}}
	}
	for _, pass := range passes {
		for y := pass[0]; y < f.height; y += pass[1] {
			out = append(out, y)
		}
	}
	return out
}

func triples(rgb []byte) [][3]uint8 {
	out := make([][3]uint8, len(rgb)/3)
	for i := range out {
		out[i] = [3]uint8(rgb[3*i:])
	}
	return out
}

// isRamp reports whether every index is its own grey level: Pillow then opens the picture as grey.
func isRamp(palette [][3]uint8) bool {
	for i, c := range palette {
		if v := uint8(i); c != [3]uint8{v, v, v} {
			return false
		}
	}
	return true
}
