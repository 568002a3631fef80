package report

import (
	"fmt"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// faces are the Go fonts, which are part of the program: no font needs to be installed.
type faces struct {
	regular, bold font.Face
	letters       *sfnt.Font // of regular, to ask which characters it has
}

func newFaces() (f faces, err error) {
	if f.regular, f.letters, err = newFace(goregular.TTF, 15); err != nil {
		return f, err
	}
	f.bold, _, err = newFace(gobold.TTF, 15)
	return f, err
}

// newFace is a font at a size in pixels.
func newFace(ttf []byte, pixels float64) (font.Face, *sfnt.Font, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the built-in font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingFull})
	return face, parsed, err
}

// drawable replaces what the font has no letter for (ideographs, emoji) by a box: it would be drawn as nothing.
func (f faces) drawable(text string) string {
	var buffer sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if index, err := f.letters.GlyphIndex(&buffer, r); err != nil || index == 0 {
			return '□'
		}
		return r
	}, printable(text))
}

// wrap breaks a text into lines no wider than width pixels, within words where a word alone is wider. What is beyond
// the last line allowed is an ellipsis.
func (f faces) wrap(text string, width, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(f.drawable(text)) {
		for _, part := range f.split(word, width) {
			joined := strings.TrimSpace(line + " " + part)
			if line != "" && f.width(joined) > width {
				lines = append(lines, line)
				joined = part
			}
			line = joined
			if len(lines) == most {
				lines[most-1] = f.shorten(lines[most-1], width)
				return lines
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// shorten ends a line with an ellipsis.
func (f faces) shorten(line string, width int) string {
	runes := []rune(line)
	for len(runes) > 0 && f.width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// split cuts a word that is wider than a line.
func (f faces) split(word string, width int) []string {
	var parts []string
	part, advance := "", 0
	for _, r := range word {
		a, _ := f.regular.GlyphAdvance(r)
		if part != "" && advance+a.Ceil() > width {
			parts, part, advance = append(parts, part), "", 0
		}
		part, advance = part+string(r), advance+a.Ceil()
	}
	return append(parts, part)
}

func (f faces) width(s string) int { return font.MeasureString(f.regular, s).Ceil() }
