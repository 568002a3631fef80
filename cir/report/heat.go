package report

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Heat is a matrix as coloured cells, with a bar beside it that tells the numbers of the colours.
type Heat struct {
	Title         string
	X, Y          string      // axis titles
	Values        [][]float64 // rows from the top, columns from the left; NaN: a grey cell
	Rows, Columns []string    // their names; nil: they are counted from 0
	Low, High     float64     // of the colours; both 0: the least and the greatest value
}

func (h Heat) build() (*plot.Plot, []entry, error) {
	of, err := h.check()
	if err != nil {
		return nil, nil, err
	}
	p := newPlot(h.Title, h.X, h.Y)
	p.Y.Tick.Marker = wholeTicks{}
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	if h.Rows != nil {
		nameTicks(&p.Y, h.Rows, panelHeight-80)
	}
	if h.Columns != nil {
		nameTicks(&p.X, h.Columns, panelWidth-110)
		if label := &p.X.Tick.Label; len(strings.Join(h.Columns, "  ")) > 45 { // too long to stand side by side
			label.Rotation, label.XAlign, label.YAlign = math.Pi/2, draw.XRight, draw.YCenter
		}
	}
	p.Add(cells{values: h.Values, of: of})
	return p, nil, nil
}

// check reports what can't be drawn, and returns the range of the colours.
func (h Heat) check() (span, error) {
	failed := func(format string, args ...any) (span, error) {
		return span{}, fmt.Errorf("drawing %q: "+format, append([]any{h.Title}, args...)...)
	}
	if len(h.Values) == 0 || len(h.Values[0]) == 0 {
		return failed("it has no rows or no columns")
	}
	for i, row := range h.Values {
		if len(row) != len(h.Values[0]) {
			return failed("row %d has %d values, row 0 has %d", i, len(row), len(h.Values[0]))
		}
		for j, v := range row {
			if math.IsInf(v, 0) {
				return failed("the value in row %d, column %d is %v", i, j, v)
			}
		}
	}
	if h.Rows != nil && len(h.Rows) != len(h.Values) {
		return failed("%d names for %d rows", len(h.Rows), len(h.Values))
	}
	if h.Columns != nil && len(h.Columns) != len(h.Values[0]) {
		return failed("%d names for %d columns", len(h.Columns), len(h.Values[0]))
	}
	of, _ := spanOf(h.Values)
	if of.low > of.high {
		return failed("there is no number to draw")
	}
	if h.Low != 0 || h.High != 0 {
		of = span{h.Low, h.High}
	}
	if !of.valid() {
		return failed("colours from %v to %v are no range", of.low, of.high)
	}
	return of, nil
}

// nameTicks name the cells along an axis, as large as there is room.
func nameTicks(axis *plot.Axis, names []string, room vg.Length) {
	var ticks plot.ConstantTicks
	for i, name := range names {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: short(name, 18)})
	}
	axis.Tick.Marker, axis.Tick.Length, axis.Tick.LineStyle.Color = ticks, 5, color.Transparent // keeps names off the axis
	axis.Tick.Label.Font.Size = max(4, min(10.5, room/vg.Length(len(names))/1.1))
}

const (
	barGap   = 10 * vg.Length(1)
	barWidth = 10 * vg.Length(1)
)

var notMeasured = color.RGBA{0xbb, 0xbb, 0xbb, 0xff}

// cells draw the matrix, and the colour bar to the right of the axes.
type cells struct {
	values [][]float64
	of     span
}

// Plot implements plot.Plotter.
func (c cells) Plot(canvas draw.Canvas, p *plot.Plot) {
	drawCells(canvas, canvas.Rectangle, len(c.values[0]), len(c.values), func(column, row int) color.RGBA {
		v := c.values[row][column]
		if math.IsNaN(v) {
			return notMeasured
		}
		return heatColour(c.of.share(v))
	})
	bar := vg.Rectangle{
		Min: vg.Point{X: canvas.Max.X + barGap, Y: canvas.Min.Y}, Max: vg.Point{X: canvas.Max.X + barGap + barWidth, Y: canvas.Max.Y},
	}
	const steps = 256
	drawCells(canvas, bar, 1, steps, func(_, row int) color.RGBA { return heatColour(1 - float64(row)/(steps-1)) })
	style := textStyle(10.5)
	style.YAlign = draw.YCenter
	for _, tick := range (roundTicks{}).Ticks(c.of.low, c.of.high) { // the numbers beside the colour bar
		y := canvas.Y(c.of.share(tick.Value))
		canvas.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.5}, bar.Max.X, y, bar.Max.X+3, y)
		canvas.FillText(style, vg.Point{X: bar.Max.X + 6, Y: y}, tick.Label)
	}
}

// drawCells fills a rectangle with cells, as one image: shapes side by side would show seams. The image has the
// rectangle's proportions, which SVG would keep against ours, and pixels so small that scaling blurs no more than edges.
func drawCells(canvas draw.Canvas, within vg.Rectangle, columns, rows int, colour func(column, row int) color.RGBA) {
	size := within.Size()
	if size.X <= 0 || size.Y <= 0 { // names took all the room
		return
	}
	density := max(4, float64(columns)/size.X.Points(), float64(rows)/size.Y.Points()) // pixels per point
	width, height := int(math.Ceil(size.X.Points()*density)), int(math.Ceil(size.Y.Points()*density))
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			out.SetRGBA(x, y, colour(x*columns/width, y*rows/height))
		}
	}
	canvas.DrawImage(within, out)
}

// DataRange implements plot.DataRanger.
func (c cells) DataRange() (xmin, xmax, ymin, ymax float64) {
	return -0.5, float64(len(c.values[0])) - 0.5, -0.5, float64(len(c.values)) - 0.5
}

// GlyphBoxes implements plot.GlyphBoxer. It keeps room for the colour bar.
func (c cells) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	style, widest := textStyle(10.5), vg.Length(0)
	for _, tick := range (roundTicks{}).Ticks(c.of.low, c.of.high) { // the numbers beside the colour bar
		widest = max(widest, style.Width(tick.Label))
	}
	room := vg.Rectangle{Max: vg.Point{X: barGap + barWidth + 6 + widest}}
	return []plot.GlyphBox{{X: 1, Y: 0.5, Rectangle: room}}
}
