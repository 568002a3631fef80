package preprocess_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gocir/cir/preprocess"
	"gocir/torture"
)

// bombs are files of a few bytes whose headers promise that size.
func bombs(width, height uint32) map[string][]byte {
	big, little := binary.BigEndian, binary.LittleEndian
	ihdr := append(big.AppendUint32(big.AppendUint32([]byte("IHDR"), width), height), 8, 2, 0, 0, 0)
	png := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	png = big.AppendUint32(png, crc32.ChecksumIEEE(ihdr))
	jpeg := []byte("\xff\xd8\xff\xc0\x00\x11\x08")
	jpeg = big.AppendUint16(big.AppendUint16(jpeg, uint16(height)), uint16(width))
	jpeg = append(jpeg, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0, 0xff, 0xda, 0, 8)
	gif := little.AppendUint16(little.AppendUint16([]byte("GIF89a"), uint16(width)), uint16(height))
	gif = append(gif, 0, 0, 0, ',', 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0)
	bmp := append([]byte("BM"), make([]byte, 8)...)
	bmp = little.AppendUint32(little.AppendUint32(bmp, 54), 40)
	bmp = little.AppendUint32(little.AppendUint32(bmp, width), height)
	bmp = append(append(bmp, 1, 0, 24, 0), make([]byte, 24)...)
	webp := []byte("RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00")
	for _, side := range []uint32{width - 1, height - 1} {
		webp = append(webp, byte(side), byte(side>>8), byte(side>>16))
	}
	return map[string][]byte{"png": png, "jpeg": jpeg, "gif": gif, "bmp": bmp, "webp": webp}
}

func TestHugeHeaderIsRefusedWithoutMemory(t *testing.T) {
	for name, data := range bombs(40_000, 40_000) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := preprocess.Decode(data)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, preprocess.ErrTooLarge) || !strings.Contains(err.Error(), "40000×40000") {
			t.Errorf("%s: error %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<17 {
			t.Errorf("%s: refusing took %d bytes", name, n)
		}
	}
}

// A header within the limit that the file is too short for takes no memory either.
func TestShortFileIsRefusedWithoutMemory(t *testing.T) {
	for name, data := range bombs(12_000, 12_000) {
		if name == "gif" || name == "webp" { // the screen may be large and the frame small; libraries read WebP's header only
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := preprocess.Decode(data)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("%s: error %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<17 {
			t.Errorf("%s: refusing took %d bytes", name, n)
		}
	}
}

func TestLimitIsSettable(t *testing.T) {
	data := encodePNG(scene(40, 30))
	if _, err := preprocess.DecodeLimit(data, 40*30); err != nil {
		t.Error(err)
	}
	if _, err := preprocess.DecodeLimit(data, 40*30-1); !errors.Is(err, preprocess.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	r := preprocess.Recipe{Transform: preprocess.SquarePad, Size: 8, MaxPixels: 1000}
	if err := r.Load(make([]float32, 3*8*8), data); !errors.Is(err, preprocess.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	if _, err := preprocess.Decode(bombs(preprocess.MaxSide+1, 1)["png"]); !errors.Is(err, preprocess.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}

// files are all pictures of testdata.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, pattern := range []string{"*.jpg", "*.png", "*.webp", "*.gif", "*.bmp"} {
		names, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("no pictures %s: %v", pattern, err)
		}
		for _, name := range names {
			out[name] = read(t, name)
		}
	}
	return out
}

// Wherever a file is cut, but for bytes behind the pixels, it is refused and the error names the format.
func TestTruncatedFilesAreRefused(t *testing.T) {
	for name, data := range files(t) {
		if strings.Contains(name, "animated") { // cut between frames, the first is whole
			continue
		}
		for n := 0; n < len(data)-16; n += 1 + len(data)/40 {
			_, err := preprocess.Decode(data[:n])
			if err == nil || !strings.HasPrefix(err.Error(), "decoding ") {
				t.Errorf("%s cut to %d of %d bytes: error %v", name, n, len(data), err)
			}
		}
	}
}

func TestWrongInputIsRefused(t *testing.T) {
	for want, data := range map[string]string{
		"file is empty":      "",
		"<!DOCTYPE ht":       "<!DOCTYPE html><title>404</title>",
		"animated WebP":      "RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"0×0 is no size":     string(bombs(0, 0)["bmp"]),
		"no frame":           "GIF89a\x01\x00\x01\x00\x00\x00\x00;",
		"unknown block":      "GIF89a\x01\x00\x01\x00\x00\x00\x00x",
		"code size 99":       "GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x63\x01\x00\x00",
		"not IHDR":           "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIDAT" + strings.Repeat("\x00", 20),
		"begins with \"MM\"": "MM",
	} {
		if _, err := preprocess.Decode([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", data, err, want)
		}
	}
}

func TestLoadLeavesTheResultOnError(t *testing.T) {
	r := preprocess.Recipe{Transform: preprocess.SquarePad, Size: 4}
	dst := make([]float32, 3*4*4)
	data := encodePNG(scene(40, 30))
	if err := r.Load(dst, data[:len(data)/2]); err == nil {
		t.Error("half a file passed")
	}
	if err := r.Load(dst[:5], data); err == nil || !strings.Contains(err.Error(), "48 are needed") {
		t.Errorf("error %v", err)
	}
	if err := (preprocess.Recipe{}).Load(dst, data); err == nil {
		t.Error("an empty recipe passed")
	}
	for _, v := range dst {
		if v != 0 {
			t.Fatal("Load wrote to dst")
		}
	}
}

func TestApplyRefusesABrokenPicture(t *testing.T) {
	for want, p := range map[string]*preprocess.Picture{
		"no picture":       nil,
		`mode "HSV"`:       {Mode: "HSV", Width: 1, Height: 1, Pix: []uint8{0, 0, 0}},
		"0×3":              {Mode: preprocess.RGB, Height: 3},
		"2 bytes instead":  {Mode: preprocess.RGB, Width: 1, Height: 1, Pix: []uint8{0, 0}},
		"a side may be":    {Mode: preprocess.Gray, Width: preprocess.MaxSide + 1, Height: 1},
		"bytes instead of": {Mode: preprocess.Gray, Width: preprocess.MaxSide, Height: preprocess.MaxSide},
	} {
		if _, err := recipe384.Apply(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// Whatever the bytes are, there is a picture that can be used, or an error.
func FuzzDecode(f *testing.F) {
	for _, data := range files(f) {
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	for _, data := range bombs(500, 500) {
		f.Add(data)
	}
	recipe := preprocess.Recipe{Transform: preprocess.TargetPad, Size: 8, MaxPixels: 1 << 20}
	dst := make([]float32, 3*8*8)
	for _, cases := range [][]hostile{pngCases(false), jpegCases(), gifCases(), bmpCases(), webpCases(), otherCases()} {
		for _, c := range cases {
			if len(c.data) < 10_000 {
				f.Add([]byte(c.data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		given := bytes.Clone(data)
		var picture *preprocess.Picture
		var err, loadErr error
		if over := torture.Within(2*takes(recipe.MaxPixels, len(data)), 20*time.Second, func() {
			picture, err = preprocess.DecodeLimit(data, recipe.MaxPixels)
			loadErr = recipe.Load(dst, data)
		}); over != nil {
			t.Error(over)
		}
		if (err == nil) != (loadErr == nil) {
			t.Errorf("Decode says %v, Load %v", err, loadErr)
		}
		if !bytes.Equal(given, data) {
			t.Error("the file's bytes were changed")
		}
		if err != nil {
			return
		}
		if _, err := recipe.Apply(picture); err != nil {
			t.Error(err)
		}
	})
}
