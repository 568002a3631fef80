package report

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// palette are the colours of Okabe and Ito, which colour-blind readers can tell apart, the faint yellow left out.
var palette = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff},
	{0xd5, 0x5e, 0x00, 0xff},
	{0x00, 0x9e, 0x73, 0xff},
	{0xcc, 0x79, 0xa7, 0xff},
	{0x56, 0xb4, 0xe9, 0xff},
	{0xe6, 0x9f, 0x00, 0xff},
	{0x33, 0x33, 0x33, 0xff},
}

// Dashes and glyphs differ too, so that a print in grey can be read; their cycles are longer than the palette's.
var (
	dashes = [][]vg.Length{nil, {7, 3}, {2, 2}, {8, 3, 2, 3}}
	glyphs = []draw.GlyphDrawer{
		draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{},
	}
)

var (
	ink  = color.RGBA{0x22, 0x22, 0x22, 0xff}
	grid = color.RGBA{0xe4, 0xe4, 0xe4, 0xff}
)

// textStyle is a text of so many points, in the sans-serif font that gonum brings along.
func textStyle(size vg.Length) text.Style {
	return text.Style{
		Color:   ink,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: plot.DefaultTextHandler,
	}
}

// newPlot has titles, axes and a grid, no data.
func newPlot(name, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title(name), title(x), title(y)
	p.Title.Padding = 6
	p.Title.TextStyle = positioned(p.Title.TextStyle, 13)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle = positioned(axis.Label.TextStyle, 11.5)
		axis.Tick.Label = positioned(axis.Tick.Label, 10.5)
		axis.Label.Padding = 3
		axis.LineStyle.Color, axis.Tick.LineStyle.Color = ink, ink
		axis.Padding = 4
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = wholeTicks{}, roundTicks{}
	lines := plotter.NewGrid()
	lines.Vertical.Color, lines.Horizontal.Color = grid, grid
	p.Add(lines)
	return p
}

// positioned is textStyle with the alignment and rotation of another style.
func positioned(old text.Style, size vg.Length) text.Style {
	style := textStyle(size)
	style.Rotation, style.XAlign, style.YAlign = old.Rotation, old.XAlign, old.YAlign
	return style
}

// wholeTicks are gonum's ticks at whole numbers only: epochs and places have no halves.
type wholeTicks struct{}

// Ticks implements plot.Ticker.
func (wholeTicks) Ticks(low, high float64) []plot.Tick {
	if high-low < 4 {
		var ticks []plot.Tick
		for v := math.Ceil(low) + 0; v <= high; v++ { // -0.5 is rounded to -0, which would be shown as such
			ticks = append(ticks, tick(v))
		}
		return ticks
	}
	var ticks []plot.Tick
	for _, t := range (plot.DefaultTicks{}).Ticks(low, high) {
		if t.Value == math.Trunc(t.Value) {
			ticks = append(ticks, t)
		}
	}
	return ticks
}

// roundTicks are three to seven multiples of 1, 2 or 5 times a power of ten, written with no more digits than they need.
type roundTicks struct{}

// Ticks implements plot.Ticker.
func (roundTicks) Ticks(low, high float64) []plot.Tick {
	if !(low < high) {
		return []plot.Tick{tick(low)}
	}
	step := math.Pow(10, math.Floor(math.Log10((high-low)/3)))
	for _, factor := range []float64{5, 2} {
		if factor*step*3 <= high-low {
			step *= factor
			break
		}
	}
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var ticks []plot.Tick
	first := math.Ceil(low/step - 1e-9)
	for i := range 9 { // counted, since beyond 2⁵³ there is no next number to step to
		v := (first + float64(i)) * step
		if v > high+1e-9*step {
			break
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v+0, 'f', digits, 64)})
	}
	return ticks
}

// logTicks are 1, 2, 5 and their multiples by powers of ten.
type logTicks struct{}

// Ticks implements plot.Ticker.
func (logTicks) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for power := math.Pow(10, math.Floor(math.Log10(low))); power <= high; power *= 10 {
		for _, factor := range []float64{1, 2, 5} {
			if v := factor * power; v >= low && v <= high {
				ticks = append(ticks, tick(v))
			}
		}
	}
	return ticks
}

func tick(v float64) plot.Tick {
	return plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'g', 6, 64)}
}
