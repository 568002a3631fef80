package preprocess_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"strings"

	"golang.org/x/image/bmp"

	"gocir/cir/preprocess"
)

// A hostile is a picture file, and what must become of it.
type hostile struct {
	name, data string
	want       *preprocess.Picture // nil: an error
	near       int                 // how far from it each number may be
	says       string              // part of the error
	pixels     int                 // of the header; 0: those of most pictures here
	early      bool                // refused before memory is taken
	cut        bool                // want, or an error
	lenient    bool                // any picture, or an error
}

// The size of most pictures here.
const wide, high = 21, 13

// pixel is RGB and alpha of what is drawn.
func pixel(x, y int) [4]uint8 {
	return [4]uint8{uint8(12 * x), uint8(17 * y), uint8(5*x + 3*y), uint8(255 - 9*x)}
}

// drawn is a picture with the chosen numbers of each pixel.
func drawn(mode preprocess.Mode, width, height int, of func(x, y int) []uint8) *preprocess.Picture {
	p := &preprocess.Picture{Mode: mode, Width: width, Height: height}
	for y := range height {
		for x := range width {
			p.Pix = append(p.Pix, of(x, y)...)
		}
	}
	return p
}

func rgb(x, y int) []uint8  { p := pixel(x, y); return p[:3] }
func rgba(x, y int) []uint8 { p := pixel(x, y); return p[:] }
func gray(x, y int) []uint8 { return rgb(x, y)[:1] }

// image draws with the libraries.
func nrgba(width, height int, opaque bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p := pixel(x, y)
			if opaque {
				p[3] = 255
			}
			copy(m.Pix[m.PixOffset(x, y):], p[:])
		}
	}
	return m
}

func grays(plane int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			m.SetGray(x, y, color.Gray{pixel(x, y)[plane]})
		}
	}
	return m
}

func paletted(shift uint8) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, wide, high), color.Palette{
		color.NRGBA{10, 20, 30, 255}, color.NRGBA{200, 100, 50, 128}, color.NRGBA{1, 2, 3, 0}, color.NRGBA{255, 0, 9, 255},
	})
	for i := range m.Pix {
		m.Pix[i] = (uint8(i) + shift) % 4
	}
	return m
}

// palette is what paletted shows.
func palette() *preprocess.Picture {
	return &preprocess.Picture{
		Mode: preprocess.Paletted, Width: wide, Height: high, Pix: paletted(0).Pix,
		Palette: [][3]uint8{{10, 20, 30}, {200, 100, 50}, {1, 2, 3}, {255, 0, 9}},
	}
}

// file is what an encoder of the libraries writes.
func file[T any](encode func(*bytes.Buffer, T) error, m T) string {
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

func pngFile(m image.Image) string {
	return file(func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) }, m)
}

func bmpFile(m image.Image) string {
	return file(func(b *bytes.Buffer, m image.Image) error { return bmp.Encode(b, m) }, m)
}

func gifFile(frames ...*image.Paletted) string {
	return file(func(b *bytes.Buffer, frames []*image.Paletted) error {
		return gif.EncodeAll(b, &gif.GIF{Image: frames, Delay: make([]int, len(frames))})
	}, frames)
}

// sixteen is a picture of 16 bits a channel, which Pillow opens by the high bytes.
func sixteen() *image.NRGBA64 {
	m := image.NewNRGBA64(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			p := pixel(x, y)
			for c, v := range p {
				copy(m.Pix[m.PixOffset(x, y)+2*c:], []uint8{v, uint8(7 * c)})
			}
		}
	}
	return m
}

func gray16() *image.Gray16 {
	m := image.NewGray16(image.Rect(0, 0, wide, high))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	return m
}

// lowHigh are the bytes of gray16 as Pillow has them.
func lowHigh(x, y int) []uint8 {
	i := 2 * (y*wide + x)
	return []uint8{uint8(i + 1), uint8(i)}
}

func pngCases(many bool) []hostile {
	rows := func(n int) string { return strings.Repeat("\x00"+strings.Repeat("\x07", n), high) }
	seven := drawn(preprocess.Gray, wide, high, func(_, _ int) []uint8 { return []uint8{7} })
	bomb := deflate(strings.Repeat("\x00", map[bool]int{false: 4 << 20, true: 64 << 20}[many]))
	control := chunk("acTL", "\x00\x00\x00\x02\x00\x00\x00\x00")
	frame := chunk("fcTL", string(binary.BigEndian.AppendUint32(nil, 0))+ihdr(wide, high, 0, 0, 0)[8:16]+strings.Repeat("\x00", 14))
	good := pngOf(wide, high, 8, 0, 0, rows(wide))
	return []hostile{
		{name: "rgb", data: pngFile(nrgba(wide, high, true)), want: drawn(preprocess.RGB, wide, high, rgb)},
		{name: "alpha", data: pngFile(nrgba(wide, high, false)), want: drawn(preprocess.RGBA, wide, high, rgba)},
		{name: "grey", data: pngFile(grays(0)), want: drawn(preprocess.Gray, wide, high, gray)},
		{name: "16 bits", data: pngFile(sixteen()), want: drawn(preprocess.RGBA, wide, high, rgba)},
		{name: "16 bits grey", data: pngFile(gray16()), want: drawn(preprocess.Gray16, wide, high, lowHigh)},
		{name: "palette with alpha", data: pngFile(paletted(0)), want: palette()},
		{name: "1 × 1", data: pngFile(nrgba(1, 1, true)), want: drawn(preprocess.RGB, 1, 1, rgb)},
		{name: "1 × 10000", data: pngFile(nrgba(1, 10_000, true)), want: drawn(preprocess.RGB, 1, 10_000, rgb)},
		{name: "10000 × 1", data: pngFile(nrgba(10_000, 1, true)), want: drawn(preprocess.RGB, 10_000, 1, rgb)},
		{name: "interlaced", data: pngOf(wide, high, 8, 2, 1, interlaced(wide, high, func(x, y int) string { return string(rgb(x, y)) })), want: drawn(preprocess.RGB, wide, high, rgb)},
		{name: "interlaced, 16 bits", data: pngOf(wide, high, 16, 0, 1, interlaced(wide, high, func(x, y int) string { p := lowHigh(x, y); return string([]byte{p[1], p[0]}) })), want: drawn(preprocess.Gray16, wide, high, lowHigh)},
		{name: "interlaced, 1 × 1", data: pngOf(1, 1, 8, 2, 1, interlaced(1, 1, func(x, y int) string { return string(rgb(x, y)) })), want: drawn(preprocess.RGB, 1, 1, rgb)},
		{name: "animated", data: pngOf(wide, high, 8, 0, 0, rows(wide), control, frame) + chunk("fdAT", "\x00\x00\x00\x01"+deflate(rows(wide))), want: seven},
		{name: "ICC junk", data: pngOf(wide, high, 8, 0, 0, rows(wide), chunk("iCCP", "x\x00\x00junk")), want: seven},
		{name: "ICC bomb", data: pngOf(wide, high, 8, 0, 0, rows(wide), chunk("iCCP", "x\x00\x00"+bomb)), want: seven},
		{name: "zTXt bomb", data: pngOf(wide, high, 8, 0, 0, rows(wide), chunk("zTXt", "x\x00\x00"+bomb)), want: seven},
		{name: "iTXt bomb", data: pngOf(wide, high, 8, 0, 0, rows(wide), chunk("iTXt", "x\x00\x01\x00\x00\x00"+bomb)), want: seven},
		{name: "text without end", data: pngOf(wide, high, 8, 0, 0, rows(wide), strings.Repeat(chunk("tEXt", strings.Repeat("x", 5000)), 200)), want: seven},
		{name: "EXIF rotation", data: pngOf(wide, high, 8, 0, 0, rows(wide), chunk("eXIf", exif[6:])), want: seven},
		{name: "garbage behind", data: good + strings.Repeat("garbage", 1000), want: seven},
		{name: "another picture behind", data: good + good, want: seven},
		{name: "pixels without end", data: pngStart + ihdr(wide, high, 8, 0, 0) + chunk("IDAT", bomb) + chunk("IEND", ""), says: "too much pixel data"},
		{name: "bomb of 30,000²", data: pngStart + ihdr(30_000, 30_000, 1, 0, 0) + chunk("IDAT", bomb) + chunk("IEND", ""), says: "30000×30000", early: true},
		{name: "bomb of 4,000²", data: pngStart + ihdr(4000, 4000, 1, 0, 0) + chunk("IDAT", bomb) + chunk("IEND", ""), says: "4000×4000", early: true},
		{name: "2³¹-1", data: overwrite(good, 8, ihdr(1<<31-1, 1<<31-1, 8, 0, 0)), says: "2147483647×2147483647", early: true},
		{name: "2³²-1", data: overwrite(good, 8, ihdr(1<<32-1, 1, 8, 0, 0)), says: "4294967295×1", early: true},
		{name: "0 × 13", data: overwrite(good, 8, ihdr(0, high, 8, 0, 0)), says: "0×13 is no size", early: true},
		{name: "3 bits", data: overwrite(good, 8, ihdr(wide, high, 3, 0, 0)), says: "bit depth 3"},
		{name: "colour type 5", data: overwrite(good, 8, ihdr(wide, high, 8, 5, 0)), says: "color type 5"},
		{name: "interlace 2", data: overwrite(good, 8, ihdr(wide, high, 8, 0, 2)), says: "interlace"},
		{name: "wrong CRC", data: overwrite(good, 29, "CRC!"), says: "checksum"},
		{name: "no palette", data: pngOf(wide, high, 8, 3, 0, rows(wide)), says: "out of order"},
		{name: "header twice", data: insert(good, 33, ihdr(wide, high, 8, 0, 0)), says: "chunk out of order"},
		{name: "no pixels", data: good[:33] + chunk("IEND", ""), says: "out of order"},
		{name: "chunk of 4 GB", data: good[:33] + "\xff\xff\xff\xff" + good[37:], says: "decoding PNG"},
		{name: "zlib junk", data: good[:33] + chunk("IDAT", "no zlib at all") + chunk("IEND", ""), says: "zlib"},
		{name: "filter 9", data: pngOf(wide, high, 8, 0, 0, "\x09"+rows(wide)[1:]), says: "filter"},
		{name: "rows missing", data: pngOf(wide, high, 8, 0, 0, rows(wide)[:100]), says: "not enough pixel data"},
		{name: "Apple's chunk", data: insert(good, 8, chunk("CgBI", "\x50\x00\x20\x06")), says: "not IHDR"},
	}
}

func gifCases() []hostile {
	good := gifFile(paletted(0))
	frame := strings.Index(good, ",\x00\x00\x00\x00")
	codes := frame + 10 + 4*3 // behind the palette
	big := func(at int, width, height uint16) string {
		return overwrite(good, at, string(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, width), height)))
	}
	want := palette()
	want.Palette = [][3]uint8{{10, 20, 30}, {100, 50, 25}, {0, 0, 0}, {255, 0, 9}} // the encoder multiplies by alpha
	return []hostile{
		{name: "gif", data: good, want: want},
		{name: "animated", data: gifFile(paletted(0), paletted(1), paletted(2)), want: want},
		{name: "comment of 1 MB", data: insert(good, frame, "!\xfe"+strings.Repeat("\xff"+strings.Repeat("x", 255), 4096)+"\x00"), want: want},
		{name: "no end", data: strings.TrimSuffix(good, ";"), want: want},
		{name: "garbage behind", data: good + "garbage", want: want},
		{name: "1 × 1", data: "GIF89a\x01\x00\x01\x00\x80\x00\x00\x05\x06\x07\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;", want: &preprocess.Picture{Mode: preprocess.Paletted, Width: 1, Height: 1, Pix: []uint8{0}, Palette: [][3]uint8{{5, 6, 7}, {}}}},
		{name: "screen of 60,000²", data: big(6, 60_000, 60_000), says: "60000×60000", early: true},
		{name: "frame of 60,000²", data: big(frame+5, 60_000, 60_000), says: "60000×60000", early: true},
		{name: "frame far out", data: big(frame+1, 60_000, 60_000), says: "60021×60013", early: true},
		{name: "frame longer than its codes", data: big(frame+5, wide, 1000), pixels: wide * 1000, says: "cut off"},
		{name: "frame of 4 million pixels", data: big(frame+5, 2000, 2000), says: "can't hold"},
		{name: "codes of 12 bits", data: overwrite(good, codes, "\x0c"), says: "code size 12"},
		{name: "codes of 1 bit", data: overwrite(good, codes, "\x01"), says: "code size 1"},
		{name: "codes that are junk", data: good[:codes+2] + strings.Repeat("\xa5", len(good)-codes-3) + "\x00", says: "decoding GIF"},
		{name: "unknown block", data: overwrite(good, frame, "?"), says: "unknown block 0x3f"},
		{name: "no frame", data: good[:frame] + ";", says: "no frame"},
	}
}

func bmpCases() []hostile {
	good := bmpFile(nrgba(wide, high, true))
	grey := bmpFile(grays(0))
	size := func(file string, width, height int32) string {
		return overwrite(file, 18, string(binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(width)), uint32(height))))
	}
	upside := func(x, y int) []uint8 { return rgb(x, high-1-y) }
	return []hostile{
		{name: "bmp", data: good, want: drawn(preprocess.RGB, wide, high, rgb)},
		{name: "grey", data: grey, want: drawn(preprocess.Gray, wide, high, gray)},
		{name: "from the top", data: size(good, wide, -high), want: drawn(preprocess.RGB, wide, high, upside)},
		{name: "garbage behind", data: good + "garbage", want: drawn(preprocess.RGB, wide, high, rgb)},
		{name: "60,000²", data: size(good, 60_000, 60_000), says: "60000×60000", early: true},
		{name: "1,900²", data: size(good, 1900, 1900), says: "can't hold", early: true},
		{name: "the least height", data: size(good, wide, -1<<31), says: "decoding BMP", early: true},
		{name: "negative width", data: size(good, -1, high), says: "unsupported", early: true},
		{name: "0 × 0", data: size(good, 0, 0), says: "0×0 is no size", early: true},
		{name: "run lengths", data: overwrite(good, 30, "\x01"), says: "unsupported", early: true},
		{name: "16 bits", data: overwrite(good, 28, "\x10"), says: "unsupported", early: true},
		{name: "OS/2", data: overwrite(good, 14, "\x0c"), says: "unsupported", early: true},
		{name: "pixels elsewhere", data: overwrite(good, 10, "\xff\xff\xff\xff"), says: "unsupported", early: true},
		{name: "2³²-1 colours", data: overwrite(grey, 46, "\xff\xff\xff\xff"), says: "unsupported", early: true},
	}
}
