package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// Lines are series of points joined by lines: learning curves, recall over K.
type Lines struct {
	Title string
	X, Y  string // axis titles, with units
	LogX  bool   // x on a logarithmic scale; needs x above 0
	// Series share the axes. Colour, dash and mark tell them apart.
	Series []Series
}

// A Series is one line, or one kind of points. A NaN in Y was not measured: the line runs on past it.
type Series struct {
	Name       string
	X, Y       []float64 // of equal length, X rising for a line
	Deviations []float64 // of Y, per point; nil: no whiskers
}

// RecallCurve is the recall, in percent, of the ranks (from 0, -1 = not found) at K = 1 to most.
func RecallCurve(name string, ranks []int, most int) Series {
	s := Series{Name: name}
	found := make([]int, max(most, 0))
	for _, rank := range ranks {
		if rank >= 0 && rank < most {
			found[rank]++
		}
	}
	total := 0
	for i, n := range found {
		total += n
		s.X = append(s.X, float64(i+1))
		s.Y = append(s.Y, 100*float64(total)/float64(max(len(ranks), 1)))
	}
	return s
}

// LearningCurves are two panels over the epochs of one or more runs: training losses and validation metrics.
func LearningCurves(losses, metrics []Series) []Panel {
	return []Panel{
		Lines{Title: "Training loss", X: "epoch", Y: "loss", Series: losses},
		Lines{Title: "Validation", X: "epoch", Y: "recall (%)", Series: metrics},
	}
}

func (l Lines) build() (*plot.Plot, []entry, error) {
	if len(l.Series) == 0 {
		return nil, nil, fmt.Errorf("drawing %q: it has no series", l.Title)
	}
	p := newPlot(l.Title, l.X, l.Y)
	var entries []entry
	for i, s := range l.Series {
		points, err := l.points(s)
		if err != nil {
			return nil, nil, err
		}
		drawn := newCurve(points, i)
		p.Add(drawn)
		entries = append(entries, entry{title(s.Name), drawn})
	}
	if l.LogX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks{}
		if p.X.Min == p.X.Max {
			p.X.Min, p.X.Max = p.X.Min/2, p.X.Max*2
		}
	}
	return p, entries, nil
}

// points are a series' measured points.
func (l Lines) points(s Series) (whiskers, error) {
	what := fmt.Sprintf("series %q of %q", s.Name, l.Title)
	for _, x := range s.X {
		if l.LogX && x <= 0 {
			return whiskers{}, fmt.Errorf("drawing %s: x = %v has no place on a logarithmic scale", what, x)
		}
	}
	return s.measured(what)
}

// A curve is a line with whiskers, and marks at some of its points, at most twelve: more would hide it.
type curve struct {
	whiskers whiskers
	line     plotter.Line
	marks    plotter.Scatter
}

func newCurve(points whiskers, number int) curve {
	step := (len(points.XYs) + 11) / 12
	var marked plotter.XYs
	for i := 0; i < len(points.XYs); i += step {
		marked = append(marked, points.XYs[i])
	}
	points.colour = palette[number%len(palette)]
	return curve{
		whiskers: points,
		line:     plotter.Line{XYs: points.XYs, LineStyle: draw.LineStyle{Color: points.colour, Width: 1.6, Dashes: dashes[number%len(dashes)]}},
		marks:    plotter.Scatter{XYs: marked, GlyphStyle: glyph(number)},
	}
}

// glyph marks the points of a series.
func glyph(number int) draw.GlyphStyle {
	return draw.GlyphStyle{Color: palette[number%len(palette)], Radius: 3, Shape: glyphs[number%len(glyphs)]}
}

// Plot implements plot.Plotter.
func (c curve) Plot(canvas draw.Canvas, p *plot.Plot) {
	c.whiskers.Plot(canvas, p)
	c.line.Plot(canvas, p)
	c.marks.Plot(canvas, p)
}

// DataRange implements plot.DataRanger.
func (c curve) DataRange() (xmin, xmax, ymin, ymax float64) { return c.whiskers.DataRange() }

// Thumbnail implements plot.Thumbnailer.
func (c curve) Thumbnail(canvas *draw.Canvas) {
	c.line.Thumbnail(canvas)
	c.marks.Thumbnail(canvas)
}
