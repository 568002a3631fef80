package report

import (
	"fmt"
	"math"

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

// A Series is one line. A NaN in Y was not measured: the line runs on past it.
type Series struct {
	Name string
	X, Y []float64 // of equal length, X rising
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
func (l Lines) points(s Series) (plotter.XYs, error) {
	what := fmt.Sprintf("series %q of %q", s.Name, l.Title)
	if err := checkNumbers(what, s.X, s.Y); err != nil {
		return nil, err
	}
	var points plotter.XYs
	for i := range s.X {
		if l.LogX && s.X[i] <= 0 {
			return nil, fmt.Errorf("drawing %s: x = %v has no place on a logarithmic scale", what, s.X[i])
		}
		if !math.IsNaN(s.Y[i]) {
			points = append(points, plotter.XY{X: s.X[i], Y: s.Y[i]})
		}
	}
	return points, nil
}

// A curve is a line with marks at some of its points, at most twelve: more would hide it.
type curve struct {
	line  plotter.Line
	marks plotter.Scatter
}

func newCurve(points plotter.XYs, number int) curve {
	colour := palette[number%len(palette)]
	step := (len(points) + 11) / 12
	var marked plotter.XYs
	for i := 0; i < len(points); i += step {
		marked = append(marked, points[i])
	}
	return curve{
		line: plotter.Line{XYs: points, LineStyle: draw.LineStyle{Color: colour, Width: 1.6, Dashes: dashes[number%len(dashes)]}},
		marks: plotter.Scatter{XYs: marked, GlyphStyle: draw.GlyphStyle{
			Color: colour, Radius: 3, Shape: glyphs[number%len(glyphs)],
		}},
	}
}

// Plot implements plot.Plotter.
func (c curve) Plot(canvas draw.Canvas, p *plot.Plot) {
	c.line.Plot(canvas, p)
	c.marks.Plot(canvas, p)
}

// DataRange implements plot.DataRanger.
func (c curve) DataRange() (xmin, xmax, ymin, ymax float64) { return c.line.DataRange() }

// Thumbnail implements plot.Thumbnailer.
func (c curve) Thumbnail(canvas *draw.Canvas) {
	c.line.Thumbnail(canvas)
	c.marks.Thumbnail(canvas)
}
