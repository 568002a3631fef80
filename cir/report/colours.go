package report

import (
	"image/color"
	"math"
)

// heatStops are nine colours at equal distances of the map viridis, which rises evenly in lightness: it can be read by
// the colour-blind, and in grey.
var heatStops = []color.RGBA{
	{0x44, 0x01, 0x54, 0xff},
	{0x47, 0x2d, 0x7b, 0xff},
	{0x3b, 0x52, 0x8b, 0xff},
	{0x2c, 0x72, 0x8e, 0xff},
	{0x21, 0x91, 0x8c, 0xff},
	{0x28, 0xae, 0x80, 0xff},
	{0x5e, 0xc9, 0x62, 0xff},
	{0xad, 0xdc, 0x30, 0xff},
	{0xfd, 0xe7, 0x25, 0xff},
}

// heatColour is the colour of a share from 0 to 1; beyond them it stays.
func heatColour(share float64) color.RGBA {
	last := len(heatStops) - 1
	at := min(max(share, 0), 1) * float64(last)
	i := min(int(at), last-1)
	low, high, part := heatStops[i], heatStops[i+1], at-float64(i)
	mixed := func(a, b uint8) uint8 { return uint8(math.Round(between(float64(a), float64(b), part))) }
	return color.RGBA{mixed(low.R, high.R), mixed(low.G, high.G), mixed(low.B, high.B), 0xff}
}

// between is a where part is 0, b where it is 1. A NaN of which there is no part does not matter.
func between(a, b, part float64) float64 {
	if part == 0 {
		return a
	}
	return a + part*(b-a)
}

// A span is a range of numbers, low below high.
type span struct{ low, high float64 }

// spanOf is the range of the finite numbers in rows; ok is false where there are none, or too large ones.
func spanOf(rows [][]float64) (s span, ok bool) {
	s = span{math.Inf(1), math.Inf(-1)}
	for _, row := range rows {
		for _, v := range row {
			if isFinite(v) {
				s.low, s.high = min(s.low, v), max(s.high, v)
			}
		}
	}
	if s.low == s.high { // so that equal numbers have a place in the middle
		s.low, s.high = s.low-0.5, s.high+0.5
	}
	return s, s.valid()
}

func (s span) valid() bool { return s.low < s.high && isFinite(s.high-s.low) }

// share is where v lies, 0 at low and 1 at high.
func (s span) share(v float64) float64 { return (v - s.low) / (s.high - s.low) }

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
