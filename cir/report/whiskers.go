package report

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// whiskers are points and a line of one standard deviation up and down at each.
type whiskers struct {
	plotter.XYs
	deviations []float64 // per point; 0: no whisker
	colour     color.Color
}

// measured are a series' points without those that were not measured.
func (s Series) measured(what string) (whiskers, error) {
	var w whiskers
	if err := checkNumbers(what, s.X, s.Y); err != nil {
		return w, err
	}
	deviations := s.Deviations
	if deviations == nil {
		deviations = make([]float64, len(s.Y))
	}
	if err := checkNumbers("deviations of "+what, s.X, deviations); err != nil {
		return w, err
	}
	for i, y := range s.Y {
		if math.IsNaN(y) {
			continue
		}
		w.XYs = append(w.XYs, plotter.XY{X: s.X[i], Y: y})
		if math.IsNaN(deviations[i]) {
			w.deviations = append(w.deviations, 0)
		} else {
			w.deviations = append(w.deviations, deviations[i])
		}
	}
	return w, nil
}

// Plot implements plot.Plotter.
func (w whiskers) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	for i, deviation := range w.deviations {
		if at := w.XYs[i]; deviation > 0 {
			drawWhisker(canvas, w.colour, x(at.X), y(at.Y-deviation), y(at.Y+deviation), 4)
		}
	}
}

// drawWhisker is a line from low to high, with a bar of twice half at both ends.
func drawWhisker(canvas draw.Canvas, colour color.Color, x, low, high, half vg.Length) {
	style := draw.LineStyle{Color: colour, Width: 1.2}
	canvas.StrokeLine2(style, x, low, x, high)
	canvas.StrokeLine2(style, x-half, low, x+half, low)
	canvas.StrokeLine2(style, x-half, high, x+half, high)
}

// DataRange implements plot.DataRanger.
func (w whiskers) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax, ymin, ymax = plotter.XYRange(w.XYs)
	for i, deviation := range w.deviations {
		ymin, ymax = min(ymin, w.XYs[i].Y-deviation), max(ymax, w.XYs[i].Y+deviation)
	}
	return xmin, xmax, ymin, ymax
}
