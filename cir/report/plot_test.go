package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func rising(name string, from float64) Series {
	return Series{Name: name, X: []float64{0, 1, 2, 3}, Y: []float64{from, from + 1, math.NaN(), from + 4}}
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// count is the number of pixels of exactly that colour.
func count(picture image.Image, r, g, b uint32) int {
	n := 0
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if pr, pg, pb, _ := picture.At(x, y).RGBA(); pr>>8 == r && pg>>8 == g && pb>>8 == b {
				n++
			}
		}
	}
	return n
}

func TestPNGHasAllPanels(t *testing.T) {
	for panels, want := range map[int]image.Point{1: {778, 547}, 2: {1555, 547}, 3: {1555, 1094}} {
		all := make([]Panel, panels)
		for i := range all {
			all[i] = Lines{Title: "Loss", X: "epoch", Y: "loss", Series: []Series{rising("a", 1), rising("b", 2)}}
		}
		data, err := PNG(all...)
		if err != nil {
			t.Fatal(err)
		}
		picture := decoded(t, data)
		if got := picture.Bounds().Size(); got != want {
			t.Errorf("%d panels: %v pixels, want %v", panels, got, want)
		}
		if blue, orange := count(picture, 0x00, 0x72, 0xb2), count(picture, 0xd5, 0x5e, 0x00); blue < 500*panels || orange < 300*panels {
			t.Errorf("%d panels: %d blue and %d orange pixels: series are missing", panels, blue, orange)
		}
	}
}

// The same figure has the same bytes each time, so that reports can be compared.
func TestPlotsAreDeterministic(t *testing.T) {
	for _, draw := range []func(...Panel) ([]byte, error){PNG, SVG} {
		panels := append(LearningCurves([]Series{rising("loss", 5)}, []Series{rising("R@10", 20)}),
			Points{Series: []Series{rising("a", 1)}}, Heat{Values: [][]float64{{1, 2}}}, Histogram{Samples: []Sample{{"a", []float64{1, 2}}}})
		first, err := draw(panels...)
		if err != nil {
			t.Fatal(err)
		}
		second, err := draw(panels...)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("drawn twice: different bytes (error %v)", err)
		}
	}
}

// An SVG is well-formed whatever the names are, has its words as text and falls back to common fonts.
func TestSVGIsWellFormed(t *testing.T) {
	data, err := SVG(Lines{Title: "Recall <over> K & more", X: "K", Y: "R@K", LogX: true, Series: []Series{
		RecallCurve(`a "quoted" name`, []int{0, 3}, 50), RecallCurve("b\x00", []int{1}, 50),
	}})
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"Recall &lt;over&gt; K &amp; more", "sans-serif", ">20</text>", ">50</text>"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("the SVG lacks %q", want)
		}
	}
}

func TestRecallCurve(t *testing.T) {
	s := RecallCurve("a", []int{0, 2, 2, -1, 7}, 4)
	if !reflect.DeepEqual(s.X, []float64{1, 2, 3, 4}) || !reflect.DeepEqual(s.Y, []float64{20, 20, 60, 60}) {
		t.Errorf("curve %+v", s)
	}
}

// The bar of 40 is twice as high as the bar of 20, and without a bar there are no pixels of its colour.
func TestBarsAreInProportion(t *testing.T) {
	bars := Bars{Title: "B", Y: "recall (%)", Groups: []string{"R@10", "R@50"}, Series: []BarSeries{
		{Name: "with", Means: []float64{40, math.NaN()}},
		{Name: "without", Means: []float64{math.NaN(), 20}, Deviations: []float64{math.NaN(), 0}},
	}}
	data, err := PNG(bars)
	if err != nil {
		t.Fatal(err)
	}
	picture := decoded(t, data)
	blue, orange := count(picture, 0x00, 0x72, 0xb2), count(picture, 0xd5, 0x5e, 0x00)
	if ratio := float64(blue) / float64(orange); math.Abs(ratio-2) > 0.05 {
		t.Errorf("%d blue and %d orange pixels, ratio %.3f, want 2", blue, orange, ratio)
	}
}

// A whisker of one deviation is drawn above and below the bar's top.
func TestWhiskersAreDrawn(t *testing.T) {
	bars := Bars{Groups: []string{"R@10"}, Series: []BarSeries{{Name: "a", Means: []float64{40}, Deviations: []float64{0}}}}
	without, err := PNG(bars)
	if err != nil {
		t.Fatal(err)
	}
	bars.Series[0].Deviations[0] = 10
	with, err := PNG(bars)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := count(decoded(t, without), 0x22, 0x22, 0x22), count(decoded(t, with), 0x22, 0x22, 0x22); b < a+50 {
		t.Errorf("%d dark pixels without a whisker, %d with one", a, b)
	}
}

func TestBadPlotsAreRefused(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	line := func(x, y []float64) Lines { return Lines{Title: "T", Series: []Series{{Name: "s", X: x, Y: y}}} }
	heat := func(rows ...[]float64) Heat { return Heat{Title: "T", Values: rows} }
	narrow, named := heat([]float64{1, 2}), heat([]float64{1, 2})
	narrow.Low, named.Columns = 3, []string{"a"}
	sample := func(values ...float64) Histogram { return Histogram{Title: "T", Samples: []Sample{{"s", values}}} }
	logarithmic := line([]float64{0, 1}, []float64{1, 2})
	logarithmic.LogX = true
	for _, c := range []struct {
		panel Panel
		want  string
	}{
		{Lines{Title: "T"}, "no series"},
		{line([]float64{1}, nil), "1 x values for 0 y values"},
		{line(nil, nil), "no number"},
		{line([]float64{1}, []float64{nan}), "no number"},
		{line([]float64{1}, []float64{inf}), "+Inf"},
		{line([]float64{nan}, []float64{1}), "NaN"},
		{logarithmic, "logarithmic"},
		{Bars{Title: "T"}, "no groups"},
		{Bars{Title: "T", Groups: []string{"a", "b"}, Series: []BarSeries{{Name: "s", Means: []float64{1}}}}, "2 x values for 1 y values"},
		{Bars{Title: "T", Groups: []string{"a"}, Series: []BarSeries{{Name: "s", Means: []float64{1}, Deviations: []float64{}}}}, "deviations"},
		{Lines{Title: "T", Series: []Series{{Name: "s", X: []float64{1}, Y: []float64{1}, Deviations: []float64{1, 2}}}}, "deviations"},
		{Points{Title: "T"}, "no series"},
		{Points{Title: "T", Series: []Series{{Name: "s", X: []float64{1}, Y: []float64{inf}}}}, "+Inf"},
		{heat(), "no rows"},
		{heat([]float64{}), "no columns"},
		{heat([]float64{1, 2}, []float64{1}), "row 1 has 1 values, row 0 has 2"},
		{heat([]float64{1, inf}), "row 0, column 1 is +Inf"},
		{heat([]float64{nan}), "no number"},
		{narrow, "from 3 to 0"},
		{named, "1 names for 2 columns"},
		{Histogram{Title: "T"}, "0 samples"},
		{Histogram{Title: "T", Bins: -1, Samples: []Sample{{"s", []float64{1}}}}, "-1 bins"},
		{sample(), "no number"},
		{sample(1, inf), "+Inf"},
		{sample(-math.MaxFloat64, math.MaxFloat64), "no range"},
	} {
		for _, draw := range []func(...Panel) ([]byte, error){PNG, SVG} {
			if data, err := draw(c.panel); err == nil || !strings.Contains(err.Error(), c.want) || data != nil {
				t.Errorf("%+v: error %v, want one with %q", c.panel, err, c.want)
			}
		}
	}
	if _, err := PNG(); err == nil {
		t.Error("no panel: no error")
	}
}

// One epoch, equal values, many series, long names: everything has a drawing.
func TestUnusualPlotsAreDrawn(t *testing.T) {
	var many []Series
	for range 20 {
		many = append(many, rising(strings.Repeat("long name ", 30), 1))
	}
	groups := []string{"mean(R@5, Rs@1)", "arithmetic mean", "harmonic mean", "geometric mean", "average recall"}
	for _, panel := range []Panel{
		Lines{Series: []Series{{X: []float64{3}, Y: []float64{5}}}, LogX: true},
		Lines{Series: []Series{{X: []float64{1, 2}, Y: []float64{0, 0}}}},
		Lines{Series: many},
		Heat{Values: [][]float64{{7}}, Rows: []string{strings.Repeat("W", 99)}, Columns: []string{strings.Repeat("W", 99)}},
		Histogram{Samples: []Sample{{"equal", []float64{3, 3}}, {"one", []float64{math.NaN(), 3}}}},
		Bars{Groups: groups, Series: []BarSeries{{Name: "zero", Means: make([]float64, 5), Deviations: make([]float64, 5)}}},
	} {
		if _, err := PNG(panel); err != nil {
			t.Errorf("%+v: %v", panel, err)
		}
	}
}

// Ticks are round numbers, few enough to be read and enough to see the scale, also where an axis is short or negative.
func TestRoundTicks(t *testing.T) {
	for want, axis := range map[string][2]float64{
		"5":                       {5, 5},
		"0 20 40 60":              {0, 76},
		"-1 0 1 2":                {-1.6, 2.7},
		"50.8 51.0 51.2 51.4":     {50.7, 51.4},
		"0.00 0.02 0.04 0.06":     {0, 0.07},
		"1000 2000 3000":          {999, 3999},
		"-0.5 0.0 0.5 1.0":        {-0.5, 1},
		"0 5 10 15 20":            {0, 20},
		"0.000 0.001 0.002 0.003": {0, 0.0031},
	} {
		var labels []string
		for _, tick := range (roundTicks{}).Ticks(axis[0], axis[1]) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != want {
			t.Errorf("%v: %s, want %s", axis, got, want)
		}
	}
	if n := len(roundTicks{}.Ticks(1e20, 1.0000000000000002e20)); n > 9 {
		t.Errorf("%d ticks between two numbers that have none between them", n)
	}
	for range 1000 {
		low := rand.NormFloat64() * 100
		if n := len(roundTicks{}.Ticks(low, low+math.Exp(5*rand.NormFloat64()))); n < 3 || n > 8 {
			t.Errorf("%d ticks from %v", n, low)
		}
	}
}
