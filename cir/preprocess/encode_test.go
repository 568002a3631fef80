package preprocess_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"slices"
	"strings"
)

// Encoders of a few lines, for what the libraries don't write.

const pngStart = "\x89PNG\r\n\x1a\n"

// chunk is a chunk of a PNG file.
func chunk(name, body string) string {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	return string(head) + name + body + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(name+body))))
}

func ihdr(width, height uint32, depth, colours, interlace byte) string {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return chunk("IHDR", string(append(body, depth, colours, 0, 0, interlace)))
}

func deflate(data string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// pngOf is a PNG file of rows that begin with their filter; chunks come between its header and its pixels.
func pngOf(width, height uint32, depth, colours, interlace byte, rows string, chunks ...string) string {
	head := pngStart + ihdr(width, height, depth, colours, interlace) + strings.Join(chunks, "")
	return head + chunk("IDAT", deflate(rows)) + chunk("IEND", "")
}

// interlaced are the rows of the seven passes of an interlaced picture, each pixel as a text of bytes.
func interlaced(width, height int, pixel func(x, y int) string) string {
	var b strings.Builder
	for _, pass := range [7][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		for y := pass[1]; y < height && pass[0] < width; y += pass[3] {
			b.WriteByte(0)
			for x := pass[0]; x < width; x += pass[2] {
				b.WriteString(pixel(x, y))
			}
		}
	}
	return b.String()
}

// planesJPEG is a JPEG file whose components are grey planes, in a scan each. transform is that of Adobe's marker.
func planesJPEG(transform byte, planes ...*image.Gray) string {
	var head, scans string
	components := ""
	for i, plane := range planes {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, plane, &jpeg.Options{Quality: 100}); err != nil {
			panic(err)
		}
		gray := b.String()
		frame, scan := strings.Index(gray, "\xff\xc0"), strings.Index(gray, "\xff\xda")
		components += string([]byte{byte(i + 1), 0x11, 0})
		scans += "\xff\xda\x00\x08\x01" + string([]byte{byte(i + 1)}) + gray[scan+6:len(gray)-2]
		if i == len(planes)-1 {
			n := byte(len(planes))
			adobe := "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + string([]byte{transform})
			head = gray[:2] + adobe + gray[2:frame] + "\xff\xc0\x00" + string([]byte{8 + 3*n}) + gray[frame+4:frame+9] + string([]byte{n}) + components + gray[frame+13:scan]
		}
	}
	return head + scans + "\xff\xd9"
}

// segment is a segment of a JPEG file.
func segment(marker byte, body string) string {
	return string([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}) + body
}

// manyScans is a progressive JPEG file of a grey picture, with scans that go over all blocks and hold nothing.
func manyScans(side, scans int) string {
	size := string(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, uint16(side)), uint16(side)))
	oneCode := "\x01" + strings.Repeat("\x00", 15) // of one bit
	file := "\xff\xd8" + segment(0xdb, "\x00"+strings.Repeat("\x01", 64)) + segment(0xc2, "\x08"+size+"\x01\x01\x11\x00") +
		segment(0xc4, "\x00"+oneCode+"\x00"+"\x10"+oneCode+"\xe0")
	blocks := (side + 7) / 8 * ((side + 7) / 8)
	file += segment(0xda, "\x01\x01\x00\x00\x00\x01") + strings.Repeat("\x00", blocks/8+1)
	empty := segment(0xda, "\x01\x01\x00\x01\x3f\x10") + strings.Repeat("\x00\x00", blocks/16384+2) // each 15 bits: pass 16,384 blocks
	return file + strings.Repeat(empty, scans-1) + "\xff\xd9"
}

// A bitWriter packs bits, the lowest first.
type bitWriter struct {
	data []byte
	n    int
}

func (w *bitWriter) put(value, bits int) {
	for i := range bits {
		if w.n%8 == 0 {
			w.data = append(w.data, 0)
		}
		w.data[w.n/8] |= byte(value>>i&1) << (w.n % 8)
		w.n++
	}
}

// losslessHeader begins the data of a lossless WebP file without transforms, colour cache and groups.
func losslessHeader(width, height int) *bitWriter {
	w := &bitWriter{}
	w.put(0x2f, 8)
	w.put(width-1, 14)
	w.put(height-1, 14)
	w.put(1, 1) // alpha is used
	w.put(0, 3+3)
	return w
}

// lossless is the data of a lossless WebP file: all codes have eight bits.
func lossless(width, height int, pixel func(x, y int) [4]uint8) string {
	w := losslessHeader(width, height)
	for _, symbols := range []int{256 + 24, 256, 256, 256} {
		w.put(0, 1)
		w.put(12-4, 4)
		for _, length := range []int{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1} { // of the codes for the lengths 0 and 8
			w.put(length, 3)
		}
		w.put(0, 1)
		for i := range symbols {
			w.put(map[bool]int{true: 1}[i < 256], 1)
		}
	}
	w.put(1, 4) // one distance, which has the symbol 0
	for y := range height {
		for x := range width {
			rgba := pixel(x, y)
			for _, place := range []int{1, 0, 2, 3} {
				for bit := 7; bit >= 0; bit-- { // codes begin with their highest bit
					w.put(int(rgba[place])>>bit, 1)
				}
			}
		}
	}
	return string(w.data)
}

// oneColour is a lossless WebP file whose pixels take no bits at all.
func oneColour(width, height int) string {
	w := losslessHeader(width, height)
	for range 4 {
		w.put(0b101, 3)
		w.put(200, 8)
	}
	w.put(1, 4)
	return string(w.data)
}

// riff is a WebP file of chunks, each a name of four letters and a body.
func riff(chunks ...[2]string) string {
	body := "WEBP"
	for _, c := range chunks {
		body += c[0] + string(binary.LittleEndian.AppendUint32(nil, uint32(len(c[1])))) + c[1] + strings.Repeat("\x00", len(c[1])%2)
	}
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

// canvas is the header of an extended WebP file.
func canvas(flags byte, width, height int) [2]string {
	w, h := width-1, height-1
	return [2]string{"VP8X", string([]byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})}
}

// insert puts bytes into a file.
func insert(file string, at int, more string) string {
	return string(slices.Insert([]byte(file), at, []byte(more)...))
}

// overwrite puts bytes over those of a file.
func overwrite(file string, at int, by string) string { return file[:at] + by + file[at+len(by):] }
