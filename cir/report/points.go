package report

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// Points are series of points without lines: one quantity against another.
type Points struct {
	Title  string
	X, Y   string   // axis titles, with units
	Series []Series // told apart by colour and mark; X in any order
}

func (p Points) build() (*plot.Plot, []entry, error) {
	if len(p.Series) == 0 {
		return nil, nil, fmt.Errorf("drawing %q: it has no series", p.Title)
	}
	drawing := newPlot(p.Title, p.X, p.Y)
	drawing.X.Tick.Marker = roundTicks{}
	var entries []entry
	for i, s := range p.Series {
		points, err := s.measured(fmt.Sprintf("series %q of %q", s.Name, p.Title))
		if err != nil {
			return nil, nil, err
		}
		marks := &plotter.Scatter{XYs: points.XYs, GlyphStyle: glyph(i)}
		points.colour = marks.Color
		drawing.Add(points, marks)
		entries = append(entries, entry{title(s.Name), marks})
	}
	return drawing, entries, nil
}
