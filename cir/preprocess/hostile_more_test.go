package preprocess_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"strings"

	"gocir/cir/preprocess"
)

// exif asks for a quarter turn.
const exif = "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"

func jpegFile(m image.Image) string {
	return file(func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, &jpeg.Options{Quality: 100}) }, m)
}

// flat is a grey plane of one level: as a colour difference, none is 128.
func flat(level uint8) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, wide, high))
	for i := range m.Pix {
		m.Pix[i] = level
	}
	return m
}

func jpegCases() []hostile {
	good := jpegFile(grays(0))
	colours := planesJPEG(0, grays(0), grays(1), grays(2))
	frame, scan := strings.Index(good, "\xff\xc0"), strings.Index(good, "\xff\xda")
	size := func(width, height uint16) string {
		return overwrite(good, frame+5, string(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, height), width)))
	}
	want := drawn(preprocess.Gray, wide, high, gray)
	inks := func(x, y int) []uint8 {
		p := pixel(x, y)
		return []uint8{255 - p[0], 255 - p[1], 255 - p[2], 255 - p[3]}
	}
	light := func(x, y int) []uint8 { p := pixel(x, y); return []uint8{p[0], p[0], p[0], 255 - p[3]} }
	return []hostile{
		{name: "grey", data: good, want: want, near: 2},
		{name: "colours", data: colours, want: drawn(preprocess.RGB, wide, high, rgb), near: 2},
		{name: "CMYK", data: planesJPEG(0, grays(0), grays(1), grays(2), grays(3)), want: drawn(preprocess.CMYK, wide, high, inks), near: 2},
		{name: "YCCK", data: planesJPEG(2, grays(0), flat(128), flat(128), grays(3)), want: drawn(preprocess.CMYK, wide, high, light), near: 2},
		{name: "1 × 1", data: jpegFile(image.NewGray(image.Rect(0, 0, 1, 1))), want: drawn(preprocess.Gray, 1, 1, func(_, _ int) []uint8 { return []uint8{0} }), near: 2},
		{name: "1 × 10000", data: jpegFile(image.NewGray(image.Rect(0, 0, 1, 10_000))), want: drawn(preprocess.Gray, 1, 10_000, func(_, _ int) []uint8 { return []uint8{0} }), near: 2},
		{name: "EXIF rotation", data: insert(good, 2, segment(0xe1, exif)), want: want, near: 2},
		{name: "EXIF junk", data: insert(good, 2, segment(0xe1, "Exif\x00\x00MM\xff\xff\xff\xff\xff\xff")), want: want, near: 2},
		{name: "ICC junk", data: insert(good, 2, segment(0xe2, "ICC_PROFILE\x00\x01\xffjunk")), want: want, near: 2},
		{name: "comments of 3 MB", data: insert(good, 2, strings.Repeat(segment(0xfe, strings.Repeat("x", 60_000)), 50)), want: want, near: 2},
		{name: "tables without end", data: insert(good, frame, strings.Repeat(segment(0xc4, "\x00\x01"+strings.Repeat("\x00", 15)+"\x05"), 10_000)), want: want, near: 2},
		{name: "no end", data: strings.TrimSuffix(good, "\xff\xd9"), says: "cut off"},
		{name: "garbage behind", data: good + strings.Repeat("garbage", 1000), want: want, near: 2},
		{name: "another picture behind", data: good + colours, want: want, near: 2},
		{name: "60,000²", data: size(60_000, 60_000), says: "60000×60000", early: true},
		{name: "65,535²", data: size(65_535, 65_535), says: "65535×65535", early: true},
		{name: "2,000²", data: size(2000, 2000), says: "can't hold", early: true},
		{name: "no height", data: size(wide, 0), says: "21×0 is no size", early: true},
		{name: "larger than its samples", data: size(200, 200), pixels: 200 * 200, says: "cut off"},
		{name: "12 bits", data: overwrite(good, frame+4, "\x0c"), says: "12 bits", early: true},
		{name: "2 components", data: overwrite(good, frame+9, "\x02"), says: "2 components", early: true},
		{name: "sampling 5×5", data: overwrite(good, frame+11, "\x55"), says: "5×5", early: true},
		{name: "lossless", data: overwrite(good, frame+1, "\xc3"), says: "kind 0xc3", early: true},
		{name: "arithmetic", data: overwrite(good, frame+1, "\xc9"), says: "kind 0xc9", early: true},
		{name: "two frames", data: insert(good, scan, good[frame:frame+13]), says: "two frames"},
		{name: "scan before the frame", data: good[:frame] + good[scan:], says: "decoding JPEG"},
		{name: "segment of length 0", data: overwrite(good, frame+2, "\x00\x00"), says: "length 0", early: true},
		{name: "segment of 64 KB", data: overwrite(good, frame+2, "\xff\xff"), says: "cut off", early: true},
		{name: "no samples", data: good[:scan] + "\xff\xd9", says: "no samples"},
		{name: "no samples of a component", data: colours[:strings.LastIndex(colours, "\xff\xda")] + "\xff\xd9", says: "no samples of component 3"},
		{name: "empty scans, 500 of them", data: manyScans(1600, 500), pixels: 1600 * 1600, says: "scans of 1600×1600 pixels are more than"},
		{name: "scans, 600 of them", data: manyScans(16, 600), says: "more than 500 scans"},
	}
}

func webpCases() []hostile {
	whole := lossless(wide, high, pixel)
	colours := [2]string{"VP8L", whole}
	lossy := "\x10\x00\x00\x9d\x01\x2a" // a key frame, without data
	bomb := [2]string{"VP8L", oneColour(16_384, 16_384)}
	same := drawn(preprocess.RGBA, 50, 40, func(_, _ int) []uint8 { return []uint8{200, 200, 200, 200} })
	return []hostile{
		{name: "lossless", data: riff(colours), want: drawn(preprocess.RGBA, wide, high, rgba)},
		{name: "extended", data: riff(canvas(0x10, wide, high), colours), want: drawn(preprocess.RGBA, wide, high, rgba)},
		{name: "extended, without alpha", data: riff(canvas(0, wide, high), colours), want: drawn(preprocess.RGB, wide, high, rgb)},
		{name: "one colour", data: riff([2]string{"VP8L", oneColour(50, 40)}), want: same},
		{name: "garbage behind", data: riff(colours) + "garbage", want: drawn(preprocess.RGBA, wide, high, rgba)},
		{name: "junk chunks", data: riff(canvas(0x10, wide, high), [2]string{"ICCP", "junk"}, [2]string{"EXIF", exif}, colours, [2]string{"XMP ", strings.Repeat("x", 1<<20)}), want: drawn(preprocess.RGBA, wide, high, rgba)},
		{name: "animated", data: riff(canvas(2, wide, high), [2]string{"ANIM", "\x00\x00\x00\x00\x00\x00"}, [2]string{"ANMF", strings.Repeat("\x00", 16) + riff(colours)[12:]}), says: "animated", early: true},
		{name: "bomb of 16,384²", data: riff(bomb), says: "16384×16384", early: true},
		{name: "bomb on a small canvas", data: riff(canvas(0x10, wide, high), bomb), says: "invalid format", early: true},
		{name: "canvas of 60,000²", data: riff(canvas(0x10, 60_000, 60_000), colours), says: "decoding WebP", early: true},
		{name: "canvas of 30,000²", data: riff(canvas(0x10, 30_000, 30_000), colours), says: "30000×30000", early: true},
		{name: "canvas of another size", data: riff(canvas(0x10, wide+1, high), colours), says: "invalid format"},
		{name: "lossy, 16,383²", data: riff([2]string{"VP8 ", lossy + "\xff\x3f\xff\x3f"}), says: "16383×16383", early: true},
		{name: "lossy, 1,000², without data", data: riff([2]string{"VP8 ", lossy + "\xe8\x03\xe8\x03"}), pixels: 1000 * 1000, says: "cut off"},
		{name: "lossy, no size", data: riff([2]string{"VP8 ", lossy + "\x00\x00\x00\x00"}), says: "0×0 is no size", early: true},
		{name: "lossy, no key frame", data: riff([2]string{"VP8 ", "\x11" + lossy[1:] + "\x10\x00\x10\x00"}), says: "decoding WebP", early: true},
		{name: "alpha without end", data: riff(canvas(0x10, wide, high), [2]string{"ALPH", "\x00"}), says: "decoding WebP"},
		{name: "alpha, of a kind there is not", data: riff(canvas(0x10, wide, high), [2]string{"ALPH", "\x03junk"}), says: "decoding WebP"},
		{name: "chunk of 4 GB", data: overwrite(riff(colours), 16, "\xff\xff\xff\xff"), says: "decoding WebP", early: true},
		{name: "no chunk", data: riff(), says: "cut off", early: true},
		{name: "codes that are junk", data: riff([2]string{"VP8L", whole[:5] + strings.Repeat("\xff", 100)}), says: "decoding WebP"},
	}
}

// otherCases are no pictures that are read here.
func otherCases() []hostile {
	begins := func(name, data string) hostile {
		return hostile{name: name, data: data, says: "is no PNG, JPEG, WebP, GIF or BMP", early: true}
	}
	return []hostile{
		{name: "zero bytes", data: "", says: "the file is empty", early: true},
		begins("one byte", "\xff"), begins("zeros", strings.Repeat("\x00", 4096)),
		begins("TIFF", "II*\x00\x08\x00\x00\x00\xff\xff"), begins("big TIFF", "MM\x00\x2b"), begins("icon", "\x00\x00\x01\x00\x01\x00"),
		begins("SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60000\" height=\"60000\"/>"), begins("page", "<!DOCTYPE html><title>404</title>"),
		begins("PDF", "%PDF-1.7\n"), begins("zip", "PK\x03\x04"), begins("HEIC", "\x00\x00\x00\x18ftypheic"), begins("AVIF", "\x00\x00\x00\x1cftypavif"),
		begins("JPEG 2000", "\x00\x00\x00\x0cjP  \r\n\x87\n"), begins("LFS pointer", "version https://git-lfs.github.com/spec/v1\n"), begins("PNM", "P6 60000 60000 255\n"),
		{name: "first bytes of a PNG", data: pngStart, says: "cut off", early: true},
		{name: "first bytes of a JPEG", data: "\xff\xd8\xff", says: "cut off", early: true},
		{name: "first bytes of a GIF", data: "GIF89a", says: "cut off", early: true},
		{name: "first bytes of a BMP", data: "BM", says: "cut off", early: true},
		{name: "first bytes of a WebP", data: "RIFF\x00\x00\x00\x00WEBP", says: "cut off", early: true},
	}
}
