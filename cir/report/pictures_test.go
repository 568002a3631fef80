package report

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"gocir/cir/eval"
	"gocir/datasets"
)

func plain(c color.Color, width, height int) image.Image {
	picture := image.NewRGBA(image.Rect(5, 7, 5+width, 7+height)) // not at the origin, as sub-images are
	for y := range height {
		for x := range width {
			picture.Set(5+x, 7+y, c)
		}
	}
	return picture
}

var red = color.RGBA{0xff, 0, 0, 0xff}

func exampleRow(hit int) PictureRow {
	row := PictureRow{Reference: plain(red, 40, 80), Text: "is shorter", Target: plain(red, 300, 300), Rank: hit}
	for i := range 5 {
		row.Found = append(row.Found, Found{Picture: plain(red, 60, 60), Hit: i == hit})
	}
	return row
}

func TestHitsAreMarked(t *testing.T) {
	miss, err := PictureRows([]PictureRow{exampleRow(9)})
	if err != nil {
		t.Fatal(err)
	}
	hit, err := PictureRows([]PictureRow{exampleRow(2)})
	if err != nil {
		t.Fatal(err)
	}
	green := func(data []byte) int { return count(decoded(t, data), 0x00, 0x8a, 0x5e) }
	if green(miss) != 0 || green(hit) < 4*frame*(tileSize-frame) {
		t.Errorf("green pixels: %d without a hit, %d with one", green(miss), green(hit))
	}
}

// A picture of 40 × 80 keeps its proportions: half as wide as it is high.
func TestPicturesKeepTheirProportions(t *testing.T) {
	row := PictureRow{Reference: plain(red, 40, 80), Rank: -1}
	data, err := PictureRows([]PictureRow{row})
	if err != nil {
		t.Fatal(err)
	}
	const inner = tileSize - 2*frame
	if got, want := count(decoded(t, data), 0xff, 0, 0), inner*inner/2; got != want {
		t.Errorf("%d red pixels, want %d", got, want)
	}
}

// Long captions make their row higher, up to a limit; a word wider than the column is cut.
func TestLongCaptionsAreWrapped(t *testing.T) {
	f, err := newFaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{strings.Repeat("many words ", 500), strings.Repeat("x", 5000), "is red and has long sleeves and a floral pattern"} {
		lines := f.wrap(text, textWidth, mostLines)
		if len(lines) < 2 || len(lines) > mostLines {
			t.Errorf("%.20q: %d lines", text, len(lines))
		}
		for _, line := range lines {
			if f.width(line) > textWidth {
				t.Errorf("line %q is %d pixels wide, allowed are %d", line, f.width(line), textWidth)
			}
		}
		joined := strings.ReplaceAll(strings.Join(lines, ""), " ", "")
		whole, cut := strings.CutSuffix(joined, "…")
		if !strings.HasPrefix(strings.ReplaceAll(text, " ", ""), whole) || cut == (len(text) < 100) {
			t.Errorf("%.20q became %q", text, lines)
		}
	}
	if got := f.wrap("", textWidth, mostLines); len(got) != 0 {
		t.Errorf("no text became %q", got)
	}
	if got := f.wrap("日 é\x1b", textWidth, mostLines); len(got) != 1 || got[0] != "□ é" {
		t.Errorf("letters that the font lacks became %q", got)
	}
}

func TestPictureRowFromOutcome(t *testing.T) {
	o := eval.Outcome{
		Triplet: datasets.Triplet{Reference: "a", Target: "c"}, Rank: 1, Top: strings.Split("bcdefgh", ""),
	}
	var asked []string
	row := NewPictureRow(o, "is red", func(name string) image.Image {
		asked = append(asked, name)
		return nil
	})
	if strings.Join(asked, "") != "acbcdef" || len(row.Found) != 5 || row.Found[0].Hit || !row.Found[1].Hit || row.Rank != 1 {
		t.Errorf("asked for %v, row %+v", asked, row)
	}
	o.Triplet.Target, o.Rank = "", -1
	if row := NewPictureRow(o, "", func(string) image.Image { return nil }); row.Target != nil {
		t.Errorf("a hidden target became %v", row.Target)
	}
}

// Without a known target nothing is called a hit or a miss.
func TestUnknownTargetIsNeitherHitNorMiss(t *testing.T) {
	crosses := func(row PictureRow) int {
		data, err := PictureRows([]PictureRow{row})
		if err != nil {
			t.Fatal(err)
		}
		return count(decoded(t, data), uint32(missInk.R), uint32(missInk.G), uint32(missInk.B))
	}
	row := PictureRow{Found: []Found{{}, {}}, Rank: -1}
	if got := crosses(row); got != 0 {
		t.Errorf("%d pixels of a cross, though no target is known", got)
	}
	row.Target = plain(red, 10, 10)
	if got := crosses(row); got < 20 {
		t.Errorf("%d pixels of crosses, though both images miss the target", got)
	}
}

// Missing, empty, tiny and one-line pictures are drawn, a row of each.
func TestUnusualPicturesAreDrawn(t *testing.T) {
	rows := []PictureRow{
		{Rank: -1},
		{Rank: 3},
		{Reference: image.NewRGBA(image.Rectangle{}), Target: plain(red, 1, 1), Rank: 0},
		{Reference: plain(red, 1, 2000), Target: plain(red, 2000, 1), Text: "\n\n", Rank: -1},
	}
	data, err := PictureRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := decoded(t, data).Bounds().Dy(), headSize+4*rowHeight(nil); got != want {
		t.Errorf("%d pixels high, want %d", got, want)
	}
	for _, n := range []int{0, mostRows + 1} {
		if _, err := PictureRows(make([]PictureRow, n)); err == nil {
			t.Errorf("%d rows: no error", n)
		}
	}
}
