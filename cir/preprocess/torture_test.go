package preprocess_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/cir/preprocess"
	"gocir/torture"
)

// pixelLimit is the limit of the files here, and takes is the memory that one may take: of its pixels, and of what the
// libraries keep for a file of that length.
const pixelLimit = 1 << 22

func takes(pixels, bytes int) uint64 { return uint64(1<<20 + 32*pixels + 16*bytes) }

// Files made to do harm, and files cut, flipped and lengthened: each is refused with an error that names the format and
// the fault, or is the picture that was drawn, and takes no more memory than its pixels do.
func TestTortureImages(t *testing.T) {
	tally := torture.Begin(t, "images: header says 60,000², zip-bomb PNG, truncated, CMYK, 16-bit, animated, zero bytes, 1-px",
		"an error that names the format and the fault, or the pixels that were drawn; a size over the limit is refused in the header, before memory is taken")
	many := torture.Times(0, 1) == 1
	made := map[string][]hostile{"PNG": pngCases(many), "JPEG": jpegCases(), "GIF": gifCases(), "BMP": bmpCases(), "WebP": webpCases(), "other": otherCases()}
	for _, format := range slices.Sorted(maps.Keys(made)) {
		for _, c := range made[format] {
			c.name = format + ", " + c.name
			tally.Tried()
			if problem := c.problem(); problem != "" {
				tally.Lost("%s: %s", c.name, problem)
			}
		}
	}
	injured := injuredFiles(t)
	step := torture.Times(len(injured)/60, 1)
	for i := 0; i < len(injured); i += step {
		tally.Tried()
		if problem := injured[i].problem(); problem != "" {
			tally.Lost("%s: %s", injured[i].name, problem)
		}
	}
}

// problem is what is wrong with how the file is read; empty for nothing.
func (c hostile) problem() string {
	data := []byte(c.data)
	var got *preprocess.Picture
	var err error
	allowed := takes(cmp.Or(c.pixels, wide*high), len(data))
	switch {
	case c.early:
		allowed = takes(0, 0) / 4
	case c.lenient:
		allowed = takes(pixelLimit, len(data))
	case c.want != nil:
		allowed = takes(c.want.Width*c.want.Height, len(data))
	}
	if over := torture.Within(allowed, 30*time.Second, func() { got, err = preprocess.DecodeLimit(data, pixelLimit) }); over != nil {
		return over.Error()
	}
	recipe := preprocess.Recipe{Transform: preprocess.TargetPad, Size: 16, MaxPixels: pixelLimit}
	if loaded := recipe.Load(make([]float32, 3*16*16), data); fmt.Sprint(loaded) != fmt.Sprint(err) {
		return fmt.Sprintf("decoding says %v, loading %v", err, loaded)
	}
	switch {
	case c.lenient && err == nil:
		_, err = recipe.Apply(got)
		return text(err)
	case c.cut && err == nil, !c.cut && c.want != nil:
		return c.compare(got, err)
	case err == nil:
		return "it was read"
	}
	if !strings.HasPrefix(err.Error(), "decoding ") || !strings.Contains(err.Error(), c.says) {
		return fmt.Sprintf("the error %q does not say %q", err, c.says)
	}
	return ""
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// compare is what is wrong with a picture that should be as it was drawn.
func (c hostile) compare(got *preprocess.Picture, err error) string {
	want := c.want
	switch {
	case err != nil:
		return err.Error()
	case got.Mode != want.Mode || got.Width != want.Width || got.Height != want.Height || len(got.Pix) != len(want.Pix):
		return fmt.Sprintf("%s of %d×%d in %d bytes, want %s of %d×%d in %d", got.Mode, got.Width, got.Height, len(got.Pix), want.Mode, want.Width, want.Height, len(want.Pix))
	case !slices.Equal(got.Palette, want.Palette):
		return fmt.Sprintf("the palette is %v, want %v", got.Palette, want.Palette)
	}
	for i, v := range got.Pix {
		if d := int(v) - int(want.Pix[i]); d < -c.near || d > c.near {
			return fmt.Sprintf("number %d of the pixels is %d, want %d", i, v, want.Pix[i])
		}
	}
	return ""
}

// injuredFiles are sound files of all formats cut at every tenth byte, with a byte changed, and with bytes behind them. A
// cut file may be whole but for what no pixel needs. A changed byte that no checksum covers makes another picture.
func injuredFiles(t *testing.T) []hostile {
	var out []hostile
	random := rand.New(rand.NewPCG(1, 2))
	sound := files(t)
	for _, name := range slices.Sorted(maps.Keys(sound)) {
		data := sound[name]
		want, err := preprocess.Decode(data)
		if err != nil {
			t.Fatal(name, err)
		}
		for n := 0; n < len(data); n += 10 {
			out = append(out, hostile{name: fmt.Sprintf("%s cut to %d bytes", name, n), data: string(data[:n]), want: want, cut: true})
		}
		for range 10 {
			changed, at := bytes.Clone(data), random.IntN(len(data))
			changed[at] ^= byte(1 + random.IntN(255))
			out = append(out, hostile{name: fmt.Sprintf("%s with byte %d changed", name, at), data: string(changed), lenient: true})
		}
		out = append(out, hostile{name: name + " and more", data: string(data) + strings.Repeat("\xff\xd8\x00,;", 100), want: want})
	}
	return out
}
