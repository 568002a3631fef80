package preprocess

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// DefaultMaxPixels is the largest picture, width times height, that is decoded unless another limit is given. It is
// Pillow's: a file of a few kilobytes may claim to be larger than any memory.
const DefaultMaxPixels = 178_956_970

// MaxSide is the longest side of a picture. It bounds the memory of the resize, which grows with the side.
const MaxSide = 1 << 20

// ErrTooLarge is wrapped by the error for a picture with more pixels than allowed, or a longer side than [MaxSide].
var ErrTooLarge = errors.New("the picture is too large")

// A header is what the first bytes of a file promise.
type header struct {
	width, height int
	least         int // no shorter file can hold that many pixels
}

// A codec reads one file format.
type codec struct {
	name   string
	magic  string // first bytes; a dot stands for any byte
	header func(data []byte) (header, error)
	decode func(data []byte, h header) (*raster, error)
}

var codecs = []codec{
	{"JPEG", "\xff\xd8\xff", jpegHeader, decodeJPEG},
	{"PNG", "\x89PNG\r\n\x1a\n", pngHeader, decodePNG},
	{"WebP", "RIFF....WEBP", webpHeader, decodeWebP},
	{"GIF", "GIF8.a", gifHeader, decodeGIF},
	{"BMP", "BM", bmpHeader, decodeBMP},
}

// Decode reads a PNG, JPEG, WebP, GIF (its first frame) or BMP picture of at most [DefaultMaxPixels] pixels. The format
// is told from the content, never from a name.
func Decode(data []byte) (*Picture, error) { return DecodeLimit(data, DefaultMaxPixels) }

// DecodeLimit is [Decode] with another limit of width times height; 0 means the default. The limit is checked from the
// header, before memory for the pixels is taken, and the error then wraps [ErrTooLarge].
func DecodeLimit(data []byte, maxPixels int) (*Picture, error) {
	r, err := open(data, maxPixels)
	if err != nil {
		return nil, err
	}
	return r.picture(), nil
}

// open checks the header and decodes the rest, but for the last steps that are done row by row.
func open(data []byte, maxPixels int) (*raster, error) {
	c, h, err := inspect(data, maxPixels)
	if err != nil {
		return nil, err
	}
	return c.open(data, h)
}

// inspect finds the codec of a file and reads and checks its header. It takes no memory to speak of.
func inspect(data []byte, maxPixels int) (codec, header, error) {
	c, err := sniff(data)
	if err != nil {
		return c, header{}, err
	}
	h, err := c.header(data)
	if err == nil {
		err = checkSize(h.width, h.height, maxPixels)
	}
	if err == nil && len(data) < h.least {
		err = fmt.Errorf("%d bytes can't hold %d×%d pixels: %w", len(data), h.width, h.height, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return c, h, c.error(err)
	}
	return c, h, nil
}

// open decodes what inspect found to be sound.
func (c codec) open(data []byte, h header) (*raster, error) {
	r, err := c.run(data, h)
	if err == nil && (r.width != h.width || r.height != h.height) {
		err = fmt.Errorf("the header says %d×%d, the pixels are %d×%d", h.width, h.height, r.width, r.height)
	}
	if err != nil {
		return nil, c.error(err)
	}
	return r, nil
}

// run decodes. The decoders of the libraries are made for hostile files but not proven, so a panic in one counts as a
// corrupt file and does not end the program.
func (c codec) run(data []byte, h header) (r *raster, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("the file is corrupt: %v", p)
		}
	}()
	return c.decode(data, h)
}

// error names the format and, where the cause is known, the way out.
func (c codec) error(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("decoding %s picture: %w (the file is cut off: fetch or copy it again)", c.name, err)
	}
	return fmt.Errorf("decoding %s picture: %w", c.name, err)
}

// sniff finds the codec by the first bytes.
func sniff(data []byte) (codec, error) {
	if len(data) == 0 {
		return codec{}, errors.New("decoding picture: the file is empty")
	}
	for _, c := range codecs {
		if matches(data, c.magic) {
			return c, nil
		}
	}
	start := data[:min(len(data), 12)]
	return codec{}, fmt.Errorf("decoding picture: a file that begins with %q is no PNG, JPEG, WebP, GIF or BMP", start)
}

func matches(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '.' && data[i] != magic[i] {
			return false
		}
	}
	return true
}

// checkSize refuses empty pictures and those above the limits.
func checkSize(width, height, maxPixels int) error {
	if maxPixels <= 0 {
		maxPixels = DefaultMaxPixels
	}
	if width <= 0 || height <= 0 {
		return fmt.Errorf("%d×%d is no size of a picture", width, height)
	}
	if width > math.MaxInt/height || width*height > maxPixels {
		return fmt.Errorf("%w: %d×%d pixels, and %d are allowed (MaxPixels allows more)", ErrTooLarge, width, height, maxPixels)
	}
	if max(width, height) > MaxSide {
		return fmt.Errorf("%w: %d×%d pixels, and a side may be %d long: scale it down", ErrTooLarge, width, height, MaxSide)
	}
	return nil
}

// inMemory is the raster of pixels that a decoder has put in memory.
func inMemory(mode Mode, width, height int, pix []uint8, palette [][3]uint8) *raster {
	p := &Picture{mode, width, height, pix, palette}
	return p.raster()
}

// pack keeps, of every step bytes, those at the given places, and moves them together where they lie.
func pack(pix []uint8, step int, places ...int) []uint8 {
	out := pix[:0]
	for i := 0; i+step <= len(pix); i += step {
		for _, place := range places {
			out = append(out, pix[i+place])
		}
	}
	return out
}
