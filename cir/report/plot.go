package report

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Panel is one plot of a figure: Lines, Points, Bars, Histogram or Heat.
type Panel interface {
	// build gives axes and data, and the legend's entries apart: they are set below the axes, clear of the data.
	build() (*plot.Plot, []entry, error)
}

const (
	panelWidth  = 5.4 * vg.Inch
	panelHeight = 3.8 * vg.Inch
	panelMargin = 0.12 * vg.Inch
	dpi         = 144
)

// PNG draws the panels, two in a row, as one picture: 778 × 547 pixels a panel.
func PNG(panels ...Panel) ([]byte, error) {
	width, height := figureSize(len(panels))
	canvas := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))}
	if err := drawPanels(canvas, panels); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err := canvas.WriteTo(&b)
	return b.Bytes(), err
}

// SVG draws the panels, two in a row, as vectors: sharp at every size, with text that can be searched.
func SVG(panels ...Panel) ([]byte, error) {
	width, height := figureSize(len(panels))
	canvas := vgsvg.New(width, height)
	if err := drawPanels(canvas, panels); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, err
	}
	// The fonts are named, not embedded: name others of the same widths for machines that lack Liberation.
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")), nil
}

func figureSize(panels int) (width, height vg.Length) {
	return panelWidth * vg.Length(max(min(panels, 2), 1)), panelHeight * vg.Length(max((panels+1)/2, 1))
}

func drawPanels(canvas vg.CanvasSizer, panels []Panel) error {
	if len(panels) == 0 {
		return errors.New("drawing a figure: it has no panel")
	}
	whole := draw.New(canvas)
	columns := min(len(panels), 2)
	tiles := draw.Tiles{Rows: (len(panels) + 1) / 2, Cols: columns}
	for i, panel := range panels {
		p, entries, err := panel.build()
		if err != nil {
			return err
		}
		tile := draw.Crop(tiles.At(whole, i%columns, i/columns), panelMargin, -panelMargin, panelMargin, -panelMargin)
		below := drawLegend(tile, entries)
		p.Draw(draw.Crop(tile, 0, 0, below, 0))
	}
	return nil
}

// An entry is a name in the legend and the mark that stands for it.
type entry struct {
	name string
	mark plot.Thumbnailer
}

// drawLegend sets the entries in centred rows at the canvas's lower edge and returns the height that they take. A
// single entry needs no legend: the title or the axis names it.
func drawLegend(c draw.Canvas, entries []entry) vg.Length {
	if len(entries) < 2 {
		return 0
	}
	const thumbnail, space, line = 24 * vg.Length(1), 14 * vg.Length(1), 16 * vg.Length(1)
	style := textStyle(10.5)
	style.YAlign = draw.YCenter
	rows, widths := [][]entry{nil}, []vg.Length{0}
	for _, e := range entries {
		width := thumbnail + 4 + style.Width(e.name) + space
		if last := len(rows) - 1; len(rows[last]) > 0 && widths[last]+width > c.Max.X-c.Min.X {
			rows, widths = append(rows, nil), append(widths, 0)
		}
		last := len(rows) - 1
		rows[last], widths[last] = append(rows[last], e), widths[last]+width
	}
	for i, row := range rows {
		x := (c.Min.X + c.Max.X - widths[i] + space) / 2
		y := c.Min.Y + line*vg.Length(len(rows)-1-i)
		for _, e := range row {
			mark := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: x, Y: y + 2}, Max: vg.Point{X: x + thumbnail, Y: y + line - 2},
			}}
			e.mark.Thumbnail(&mark)
			c.FillText(style, vg.Point{X: x + thumbnail + 4, Y: y + line/2}, e.name)
			x += thumbnail + 4 + style.Width(e.name) + space
		}
	}
	return line*vg.Length(len(rows)) + 6
}

// checkNumbers reports what can't be drawn: lists of different lengths, an infinite number, nothing at all. NaN is a
// number that was not measured.
func checkNumbers(what string, xs, ys []float64) error {
	if len(xs) != len(ys) {
		return fmt.Errorf("drawing %s: %d x values for %d y values", what, len(xs), len(ys))
	}
	measured := false
	for i := range xs {
		if math.IsInf(xs[i], 0) || math.IsInf(ys[i], 0) || math.IsNaN(xs[i]) {
			return fmt.Errorf("drawing %s: point %d is (%v, %v)", what, i, xs[i], ys[i])
		}
		measured = measured || !math.IsNaN(ys[i])
	}
	if !measured {
		return fmt.Errorf("drawing %s: there is no number to draw", what)
	}
	return nil
}

// title keeps a text on one line of about 60 characters.
func title(s string) string { return short(s, 60) }

// short keeps a text on one line of at most so many characters.
func short(s string, most int) string {
	runes := []rune(strings.Join(strings.Fields(printable(s)), " "))
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}
