package report

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars are groups of bars, say one group per metric and one bar per recipe, with whiskers of one standard deviation.
type Bars struct {
	Title  string
	Y      string   // axis title, with unit
	Groups []string // along the x axis
	Series []BarSeries
}

// A BarSeries is one bar in each group.
type BarSeries struct {
	Name       string
	Means      []float64 // per group; NaN: no bar
	Deviations []float64 // per group; nil: no whiskers
}

func (b Bars) build() (*plot.Plot, []entry, error) {
	if len(b.Groups) == 0 || len(b.Series) == 0 {
		return nil, nil, fmt.Errorf("drawing %q: it has no groups or no series", b.Title)
	}
	p := newPlot(b.Title, "", b.Y)
	p.X.Tick.Marker, p.X.Tick.Length = groupTicks(b.Groups), 0
	p.X.Min, p.X.Max = -0.5, float64(len(b.Groups))-0.5
	p.Y.Min = 0
	if len(strings.Join(b.Groups, "  ")) > 60 { // too long to stand side by side
		label := &p.X.Tick.Label
		label.Rotation, label.XAlign, label.YAlign = math.Pi/7, draw.XRight, draw.YTop
	}
	var entries []entry
	width := 0.8 / float64(len(b.Series)) // in units of the x axis
	for i, s := range b.Series {
		if err := b.check(s); err != nil {
			return nil, nil, err
		}
		drawn := bars{series: s, left: -0.4 + width*float64(i), width: width * 0.92, number: i}
		p.Add(drawn)
		entries = append(entries, entry{title(s.Name), drawn})
	}
	return p, entries, nil
}

func (b Bars) check(s BarSeries) error {
	what := fmt.Sprintf("bars %q of %q", s.Name, b.Title)
	places := make([]float64, len(b.Groups))
	if err := checkNumbers(what, places, s.Means); err != nil {
		return err
	}
	if s.Deviations == nil {
		return nil
	}
	return checkNumbers("deviations of "+what, places, s.Deviations)
}

// groupTicks name the groups.
func groupTicks(groups []string) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for i, name := range groups {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: title(name)})
	}
	return ticks
}

// bars draw one series.
type bars struct {
	series      BarSeries
	left, width float64 // from the group's middle, in units of the x axis
	number      int
}

// Plot implements plot.Plotter.
func (b bars) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	if p.Y.Min < 0 { // without a line it would be hard to see which bars hang
		canvas.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.8}, canvas.Min.X, y(0), canvas.Max.X, y(0))
	}
	for group, mean := range b.series.Means {
		if math.IsNaN(mean) {
			continue
		}
		left := x(float64(group) + b.left)
		right := x(float64(group) + b.left + b.width)
		canvas.FillPolygon(palette[b.number%len(palette)], []vg.Point{{X: left, Y: y(0)}, {X: left, Y: y(mean)}, {X: right, Y: y(mean)}, {X: right, Y: y(0)}})
		if deviation := b.deviation(group); deviation > 0 {
			drawWhisker(canvas, ink, (left+right)/2, y(mean-deviation), y(mean+deviation), min((right-left)/4, 5))
		}
	}
}

// deviation is 0 where there is none.
func (b bars) deviation(group int) float64 {
	if b.series.Deviations == nil || math.IsNaN(b.series.Deviations[group]) {
		return 0
	}
	return b.series.Deviations[group]
}

// DataRange implements plot.DataRanger.
func (b bars) DataRange() (xmin, xmax, ymin, ymax float64) {
	for group, mean := range b.series.Means {
		if !math.IsNaN(mean) {
			deviation := b.deviation(group)
			ymin, ymax = min(ymin, mean-deviation), max(ymax, mean+deviation)
		}
	}
	return -0.5, float64(len(b.series.Means)) - 0.5, ymin, ymax
}

// Thumbnail implements plot.Thumbnailer.
func (b bars) Thumbnail(canvas *draw.Canvas) {
	canvas.FillPolygon(palette[b.number%len(palette)], []vg.Point{
		{X: canvas.Min.X + 4, Y: canvas.Min.Y + 1},
		{X: canvas.Min.X + 4, Y: canvas.Max.Y - 1},
		{X: canvas.Max.X - 4, Y: canvas.Max.Y - 1},
		{X: canvas.Max.X - 4, Y: canvas.Min.Y + 1},
	})
}
