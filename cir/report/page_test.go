package report

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testPage has hostile text in every place.
func testPage(t *testing.T) Page {
	t.Helper()
	const evil = `<script>alert("x")</script>&"'`
	plot, err := SVG(Lines{Series: []Series{rising("a", 1)}})
	if err != nil {
		t.Fatal(err)
	}
	picture, err := PictureRows([]PictureRow{exampleRow(0)})
	if err != nil {
		t.Fatal(err)
	}
	table := Table{Title: evil, Columns: []string{"run", evil}, Notes: []string{evil}}
	table.Add(Text(evil), Spread(43.49, 0.2, 2))
	return Page{
		Title: evil, Summary: evil, Facts: []Fact{{evil, evil}}, Notes: []string{evil},
		Sections: []Section{{
			Title: evil, Text: []string{evil}, Tables: []Table{table},
			Figures: []Figure{{Caption: evil, Alt: evil, Data: plot}, {Data: picture}},
		}},
	}
}

func TestPageEscapesEverything(t *testing.T) {
	var b bytes.Buffer
	if err := testPage(t).Write(&b); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	if strings.Contains(html, "<script") || strings.Count(html, "&lt;script&gt;alert") < 12 {
		t.Errorf("%d escaped texts of 12; a script is in: %v", strings.Count(html, "&lt;script&gt;alert"), strings.Contains(html, "<script"))
	}
	for _, want := range []string{"43.49 ± 0.20", "prefers-color-scheme: dark", `name="viewport"`, "What was run", "Notes"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// Nothing is loaded from elsewhere: every source is a data URL, every link is within the page.
func TestPageIsSelfContained(t *testing.T) {
	var b bytes.Buffer
	if err := testPage(t).Write(&b); err != nil {
		t.Fatal(err)
	}
	sources := regexp.MustCompile(`(?:src|href)="([^"]{0,30})`).FindAllStringSubmatch(b.String(), -1)
	if len(sources) != 5 {
		t.Errorf("%d sources and links, want 2 figures and 3 links", len(sources))
	}
	for _, source := range sources {
		if !regexp.MustCompile(`^(data:image/png;base64,|data:image/svg&#43;xml;base64,|data:image/svg\+xml;base64,|#)`).MatchString(source[1]) {
			t.Errorf("source %q", source[1])
		}
	}
}

// A page that can't be written leaves no file.
func TestBadPagesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	for _, c := range []struct {
		section Section
		want    string
	}{
		{Section{Figures: []Figure{{Caption: "plot", Data: []byte("GIF89a")}}}, `"plot" is neither PNG nor SVG`},
		{Section{Figures: []Figure{{Caption: "plot"}}}, "neither PNG nor SVG"},
		{Section{Tables: []Table{{Title: "T"}}}, "no columns"},
	} {
		err := Page{Title: "P", Sections: []Section{c.section}}.WriteFile(path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a file was left behind (%v)", err)
		}
	}
	if err := (Page{}).WriteFile(path); err != nil {
		t.Errorf("an empty page: %v", err)
	}
}
