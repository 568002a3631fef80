package jpeg_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocir/cir/jpeg"
	"gocir/torture"
)

// files are JPEG pictures of all kinds. gocir/cir/preprocess compares their pixels with Pillow's.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../preprocess/testdata/*.jpg")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d pictures, error %v", len(names), err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = data
	}
	return out
}

// scene is a picture of waves, as a file.
func scene(width, height int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			light := 128 + 90*math.Sin(float64(x)/9)*math.Cos(float64(y)/7)
			m.Set(x, y, color.RGBA{uint8(light), uint8(255 - light), uint8(x + y), 255})
		}
	}
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// The standard library rounds otherwise, but is never far.
func TestSamplesAreNearTheLibrarys(t *testing.T) {
	for width := 1; width < 40; width += 7 {
		data := scene(width, 50-width)
		m, err := jpeg.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := stdjpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		want := decoded.(*image.YCbCr)
		if m.Width != width || m.Height != 50-width || !m.YCC || len(m.Planes) != 3 {
			t.Fatalf("%+v", m.Header)
		}
		near(t, m.Planes[0], want.Y, want.YStride)
		near(t, m.Planes[1], want.Cb, want.CStride)
		near(t, m.Planes[2], want.Cr, want.CStride)
	}
}

func near(t *testing.T, p *jpeg.Plane, want []uint8, stride int) {
	t.Helper()
	for y := range p.Height {
		for x, v := range p.Row(y, 0, p.Width)[:p.Width] {
			if d := int(v) - int(want[y*stride+x]); d < -2 || d > 2 {
				t.Fatalf("sample %d of row %d is %d, the library says %d", x, y, v, want[y*stride+x])
			}
		}
	}
}

// Any part of any row, in any order, is the same as in the whole.
func TestPartsOfRows(t *testing.T) {
	for name, data := range files(t) {
		whole, err := jpeg.Decode(data)
		if err != nil {
			t.Fatal(name, err)
		}
		parts, err := jpeg.Decode(data)
		if err != nil {
			t.Fatal(name, err)
		}
		for i, p := range whole.Planes {
			for step := range 3 * p.Height {
				y, from := step*7%p.Height, step*5%p.Width
				to := min(from+1+step%9, p.Width)
				want, got := p.Row(y, 0, p.Width), parts.Planes[i].Row(y, from, to)
				if !bytes.Equal(got[from:to], want[from:to]) {
					t.Fatalf("%s: plane %d, row %d, samples %d to %d: %v, want %v", name, i, y, from, to, got[from:to], want[from:to])
				}
			}
		}
	}
}

func TestHeader(t *testing.T) {
	h, err := jpeg.ReadHeader(scene(31, 17)[:400]) // without the samples
	if want := (jpeg.Header{Width: 31, Height: 17, Components: 3}); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || h != want {
		t.Errorf("got %+v, %v", h, err)
	}
}

// A file that is cut off anywhere says so.
func TestCutFiles(t *testing.T) {
	for name, data := range files(t) {
		for n := 2; n < len(data); n++ {
			if _, err := jpeg.Decode(data[:n]); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s cut to %d of %d bytes: error %v", name, n, len(data), err)
			}
		}
	}
}

// Errors name what is wrong. Each fault is made by writing over a sound file, behind a marker.
func TestFaults(t *testing.T) {
	sound := scene(40, 20)
	for _, fault := range []struct {
		marker, bytes string
		skip          int // bytes behind the marker that stay
		want          string
	}{
		{"\xff\xd8", "\xff\xd9", 0, "no samples"},
		{"\xff\xc0", "\x0c", 2, "12 bits"},
		{"\xff\xc0", "\x00\x00", 3, "no size"},
		{"\xff\xc0", "\x02", 7, "2 components"},
		{"\xff\xc0", "\x53", 9, "5×3"},
		{"\xff\xc0", "\x31", 12, "another subsampling"},
		{"\xff\xc0", "\x01", 11, "two components"},
		{"\xff\xc0", "\x04", 10, "quantization table 4"},
		{"\xff\xc0", "\x03", 10, "no quantization table"},
		{"\xff\xdb", "\x24", 2, "quantization table 0x24"},
		{"\xff\xdb", "\x00\x01", 0, "length 1"},
		{"\xff\xc4", "\xff", 3, "more codes"},
		{"\xff\xc4", "\x25", 2, "Huffman table 0x25"},
		{"\xff\xda", "\x07", 3, "component 7"},
		{"\xff\xda", "\x02", 2, "header of 10 bytes"},
		{"\xff\xda", "\x33", 4, "no Huffman table"},
		{"\xff\xda", "\x44", 4, "tables 0x44"},
		{"\xff\xda", "\xff\xff\xff\xff", 10, "unexpected EOF"},
		{"\xff\xc0", "\xff\xc9", -2, "kind 0xc9"},
	} {
		data := bytes.Clone(sound)
		at := bytes.Index(data, []byte(fault.marker))
		copy(data[at+2+fault.skip:], fault.bytes)
		if _, err := jpeg.Decode(data); err == nil || !strings.Contains(err.Error(), fault.want) {
			t.Errorf("%q behind %q: error %v, want %q", fault.bytes, fault.marker, err, fault.want)
		}
	}
}

// Bytes that no decoder needs make no difference.
func TestHarmlessBytes(t *testing.T) {
	sound := scene(40, 20)
	want, err := jpeg.Decode(sound)
	if err != nil {
		t.Fatal(err)
	}
	frame := bytes.Index(sound, []byte("\xff\xc0"))
	for _, extra := range []string{"\xff", "\xff\xff", "\xff\xfe\x00\x04hi", "\xff\xd0", "\x00\x12"} {
		for _, at := range []int{2, frame, len(sound) - 2} {
			data := append(append(bytes.Clone(sound[:at]), extra...), sound[at:]...)
			got, err := jpeg.Decode(data)
			if err != nil {
				t.Errorf("%q at %d: %v", extra, at, err)
				continue
			}
			for y := range 20 {
				if !bytes.Equal(got.Planes[0].Row(y, 0, 40), want.Planes[0].Row(y, 0, 40)) {
					t.Errorf("%q at %d: row %d differs", extra, at, y)
				}
			}
		}
	}
}

// Whatever the bytes are, there are samples or an error.
func FuzzDecode(f *testing.F) {
	for _, data := range files(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := jpeg.ReadHeader(data)
		if err != nil || h.Width*h.Height > 1<<18 {
			return
		}
		given := bytes.Clone(data)
		var m *jpeg.Image
		// Two bytes a sample, and each component may be filled up to 32 × 32 samples.
		most := 4 * 2 * (h.Width + 31) * (h.Height + 31)
		if over := torture.Within(uint64(1<<20+most+16*len(data)), 20*time.Second, func() { m, err = jpeg.Decode(data) }); over != nil {
			t.Error(over)
		}
		if !bytes.Equal(given, data) {
			t.Error("the file's bytes were changed")
		}
		if err != nil {
			return
		}
		if m.Header != h {
			t.Errorf("the header says %+v, the picture %+v", h, m.Header)
		}
		for _, p := range m.Planes {
			for y := range p.Height {
				_ = p.Row(y, 0, p.Width)[:p.Width]
			}
		}
	})
}

// Empty scans cost next to nothing in a file, and a walk over the picture in memory: there may not be as many as one likes.
func TestEmptyScans(t *testing.T) {
	oneCode := "\x01" + strings.Repeat("\x00", 15)
	segment := func(marker byte, body string) string {
		return string([]byte{0xff, marker, 0, byte(len(body) + 2)}) + body
	}
	head := "\xff\xd8" + segment(0xdb, "\x00"+strings.Repeat("\x01", 64)) + segment(0xc2, "\x08\x07\xd0\x07\xd0\x01\x01\x11\x00") + // 2000²
		segment(0xc4, "\x00"+oneCode+"\x00\x10"+oneCode+"\xe0") + segment(0xda, "\x01\x01\x00\x00\x00\x01") + strings.Repeat("\x00", 250*250/8+1)
	empty := segment(0xda, "\x01\x01\x00\x01\x3f\x10") + strings.Repeat("\x00", 2*5)
	if _, err := jpeg.Decode([]byte(head + strings.Repeat(empty, 20) + "\xff\xd9")); err != nil {
		t.Error(err)
	}
	var err error
	if over := torture.Within(16<<20, 20*time.Second, func() { _, err = jpeg.Decode([]byte(head + strings.Repeat(empty, 400) + "\xff\xd9")) }); over != nil {
		t.Error(over)
	}
	if err == nil || !strings.Contains(err.Error(), "scans of 2000×2000 pixels") {
		t.Errorf("err = %v", err)
	}
}
