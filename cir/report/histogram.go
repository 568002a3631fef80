package report

import (
	"cmp"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histogram shows how samples are distributed: the share of each sample's values, in percent, in each bin. All samples
// have the same bins, of equal width, from the least value to the greatest.
type Histogram struct {
	Title   string
	X, Y    string // axis titles, with units; Y is "share (%)" where empty
	Bins    int    // 0: 20
	Samples []Sample
}

// A Sample is a list of numbers. A NaN was not measured and counts nowhere.
type Sample struct {
	Name   string
	Values []float64
}

const mostBins = 1000

func (h Histogram) build() (*plot.Plot, []entry, error) {
	bins := cmp.Or(h.Bins, 20)
	if len(h.Samples) == 0 || bins < 1 || bins > mostBins {
		return nil, nil, fmt.Errorf("drawing %q: %d samples in %d bins, want at least 1 sample in 1 to %d bins", h.Title, len(h.Samples), bins, mostBins)
	}
	var all [][]float64
	for _, s := range h.Samples {
		if err := checkNumbers(fmt.Sprintf("sample %q of %q", s.Name, h.Title), make([]float64, len(s.Values)), s.Values); err != nil {
			return nil, nil, err
		}
		all = append(all, s.Values)
	}
	of, ok := spanOf(all)
	if !ok {
		return nil, nil, fmt.Errorf("drawing %q: values from %v to %v are no range", h.Title, of.low, of.high)
	}
	p := newPlot(h.Title, h.X, cmp.Or(h.Y, "share (%)"))
	p.X.Tick.Marker = roundTicks{}
	var entries []entry
	for i, s := range h.Samples {
		drawn := newSteps(shares(s.Values, of, bins), of, i)
		p.Add(drawn)
		entries = append(entries, entry{title(s.Name), drawn})
	}
	return p, entries, nil
}

// shares are the percents of the values that lie in each bin. The greatest value of all is in the last.
func shares(values []float64, of span, bins int) []float64 {
	out := make([]float64, bins)
	measured := 0
	for _, v := range values {
		if !math.IsNaN(v) {
			out[min(max(int(of.share(v)*float64(bins)), 0), bins-1)]++
			measured++
		}
	}
	for i := range out {
		out[i] *= 100 / float64(measured)
	}
	return out
}

// steps are the outline of a histogram over its translucent area, so that one shows through another.
type steps struct {
	outline plotter.Line
	area    color.NRGBA
}

func newSteps(heights []float64, of span, number int) steps {
	outline := plotter.XYs{{X: of.low}}
	for i, height := range heights {
		edge := func(i int) float64 { return of.low + (of.high-of.low)*float64(i)/float64(len(heights)) }
		outline = append(outline, plotter.XY{X: edge(i), Y: height}, plotter.XY{X: edge(i + 1), Y: height})
	}
	outline = append(outline, plotter.XY{X: of.high})
	colour := palette[number%len(palette)]
	return steps{
		outline: plotter.Line{XYs: outline, LineStyle: draw.LineStyle{Color: colour, Width: 1.6, Dashes: dashes[number%len(dashes)]}},
		area:    color.NRGBA{colour.R, colour.G, colour.B, 0x30},
	}
}

// Plot implements plot.Plotter.
func (s steps) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	var corners []vg.Point
	for _, at := range s.outline.XYs {
		corners = append(corners, vg.Point{X: x(at.X), Y: y(at.Y)})
	}
	canvas.FillPolygon(s.area, corners)
	s.outline.Plot(canvas, p)
}

// DataRange implements plot.DataRanger.
func (s steps) DataRange() (xmin, xmax, ymin, ymax float64) { return s.outline.DataRange() }

// Thumbnail implements plot.Thumbnailer.
func (s steps) Thumbnail(canvas *draw.Canvas) {
	canvas.FillPolygon(s.area, []vg.Point{
		canvas.Min, {X: canvas.Min.X, Y: canvas.Max.Y}, canvas.Max, {X: canvas.Max.X, Y: canvas.Min.Y},
	})
	s.outline.Thumbnail(canvas)
}
