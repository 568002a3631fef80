package report

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"gocir/atomicfile"
)

// A Page is a report as one HTML file that needs nothing else: no script, no font, no picture from elsewhere. It is
// readable on a phone, in the dark and on paper.
type Page struct {
	Title    string
	Summary  string // a sentence or two on what came out
	Facts    []Fact // what was run: recipe, data, machine, commit, time
	Sections []Section
	Notes    []string // what a reader should know before quoting a number
}

// A Fact is one line of "What was run".
type Fact struct{ Name, Value string }

// A Section is a part of a page: text, then tables, then figures. What is empty is left out.
type Section struct {
	Title   string
	Text    []string // paragraphs
	Tables  []Table
	Figures []Figure
}

// A Figure is a picture with its caption: a plot, or picture rows.
type Figure struct {
	Caption string
	Alt     string // for those who can't see it; the caption where empty
	Data    []byte // PNG or SVG
}

// Write writes the page. Every text is escaped; a table that is not valid and a figure that is neither PNG nor SVG are
// errors, before anything is written.
func (p Page) Write(w io.Writer) error {
	for _, section := range p.Sections {
		for _, table := range section.Tables {
			if err := table.Validate(); err != nil {
				return fmt.Errorf("report page %q: %w", p.Title, err)
			}
		}
		for _, figure := range section.Figures {
			if _, err := figure.mediaType(); err != nil {
				return fmt.Errorf("report page %q: %w", p.Title, err)
			}
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return fmt.Errorf("report page %q: %w", p.Title, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteFile writes the page to a file, whole or not at all.
func (p Page) WriteFile(path string) error { return atomicfile.Write(path, p.Write) }

func (f Figure) mediaType() (string, error) {
	switch {
	case bytes.HasPrefix(f.Data, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png", nil
	case bytes.HasPrefix(f.Data, []byte("<?xml")) || bytes.HasPrefix(f.Data, []byte("<svg")):
		return "image/svg+xml", nil
	}
	return "", fmt.Errorf("figure %q is neither PNG nor SVG", f.Caption)
}

// Source is the figure as a data URL, for the template. As the source of an <img> an SVG can't run scripts.
func (f Figure) Source() (template.URL, error) {
	media, err := f.mediaType()
	return template.URL("data:" + media + ";base64," + base64.StdEncoding.EncodeToString(f.Data)), err
}

// Description is Alt, or the caption.
func (f Figure) Description() string {
	if f.Alt != "" {
		return f.Alt
	}
	return f.Caption
}

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"numeric": func(t Table, column int) bool { return t.isNumeric(column) },
}).Parse(pageHTML))
