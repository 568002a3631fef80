package report

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// A Cell is a text, a number, or a mean with its standard deviation. The zero Cell is empty.
type Cell struct {
	kind             cellKind
	text             string
	value, deviation float64
	decimals         int
}

type cellKind int

const (
	empty cellKind = iota
	textual
	numeric
	spread
)

// Text is a cell of words.
func Text(s string) Cell { return Cell{kind: textual, text: s} }

// Count is a cell with a whole number.
func Count(n int) Cell { return Number(float64(n), 0) }

// Number is a cell with a number, shown with so many decimals; JSON and CSV keep all of it. NaN is an empty cell.
func Number(value float64, decimals int) Cell {
	if math.IsNaN(value) {
		return Cell{}
	}
	return Cell{kind: numeric, value: value, decimals: decimals}
}

// Spread is a cell with a mean and a standard deviation, shown as "43.49 ± 0.21".
func Spread(mean, deviation float64, decimals int) Cell {
	if math.IsNaN(mean) || math.IsNaN(deviation) {
		return Number(mean, decimals)
	}
	return Cell{kind: spread, value: mean, deviation: deviation, decimals: decimals}
}

// String is the cell as shown to people; "–" where it is empty.
func (c Cell) String() string {
	switch c.kind {
	case textual:
		return printable(c.text)
	case numeric:
		return strconv.FormatFloat(c.value, 'f', c.decimals, 64)
	case spread:
		return strconv.FormatFloat(c.value, 'f', c.decimals, 64) + " ± " + strconv.FormatFloat(c.deviation, 'f', c.decimals, 64)
	}
	return "–"
}

// MarshalJSON gives a string, a number, {"mean": …, "deviation": …}, or null. Infinity, which JSON lacks, is a string.
func (c Cell) MarshalJSON() ([]byte, error) {
	switch {
	case c.kind == textual:
		return json.Marshal(c.text)
	case c.kind == empty:
		return []byte("null"), nil
	case math.IsInf(c.value, 0) || math.IsInf(c.deviation, 0):
		return json.Marshal(c.String())
	case c.kind == spread:
		return json.Marshal(struct {
			Mean      float64 `json:"mean"`
			Deviation float64 `json:"deviation"`
		}{c.value, c.deviation})
	}
	return json.Marshal(c.value)
}

// plain is the cell for a machine that reads CSV: all digits, nothing where it is empty.
func (c Cell) plain() string {
	switch c.kind {
	case textual:
		return c.text
	case empty:
		return ""
	}
	return strconv.FormatFloat(c.value, 'g', -1, 64)
}

// printable replaces what would move a cursor or break a line: a caption of a data set may hold anything.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
