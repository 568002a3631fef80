package nb

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"strings"
	"sync/atomic"
	"text/template"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/dom"
	"github.com/janpfeifer/gonb/gonbui/widgets"
	"github.com/janpfeifer/must"
)

// An Answer makes a picture of what a query finds.
type Answer func(reference, caption string) (png []byte, err error)

// Queries lets the reader ask: it shows a choice of reference images by their names, a line for the relative caption and
// a button, and for each click what answer makes of them. "done" ends the cell and keeps the last answer as its output.
// Where nobody can click (see Live) it shows the answer to the first reference and the caption that stands in the line.
func Queries(references []string, caption string, answer Answer) {
	if !Live() {
		PNG(answer(references[0], caption))
		return
	}
	f := newForm(references, caption)
	search, done := f.search.Listen(), f.done.Listen()
	var last []byte
	for {
		select {
		case <-search.C:
			picture, err := answer(references[f.reference.Value()], f.caption.Load().(string))
			if err == nil {
				last = picture
			}
			f.show(picture, err)
		case <-done.C:
			dom.SetInnerHtml(f.root, "")
			if last != nil {
				PNG(last, nil)
			}
			return
		}
	}
}

// A form is the widgets of Queries. It stands in the page only, not in the saved notebook.
type form struct {
	root, answer string // ids of elements
	reference    *widgets.SelectBuilder
	caption      atomic.Value // string
	search, done *widgets.ButtonBuilder
}

func newForm(references []string, caption string) *form {
	f := &form{root: dom.CreateTransientDiv(), answer: "answer_" + gonbui.UniqueId()}
	controls, line := "controls_"+gonbui.UniqueId(), "line_"+gonbui.UniqueId()
	dom.Append(f.root, fmt.Sprintf(`<div id="%s" data-lm-suppress-shortcuts="true"></div><div id="%s"></div>`, controls, f.answer))
	f.reference = widgets.Select(escaped(references)).AppendTo(controls).Done()
	dom.Append(controls, fmt.Sprintf(`<input type="text" id="%s" size="40" aria-label="relative caption" value="%s">`, line, html.EscapeString(caption)))
	f.search = widgets.Button("search").AppendTo(controls).Done()
	f.done = widgets.Button("done").AppendTo(controls).Done()
	f.caption.Store(caption)
	f.follow(line)
	return f
}

func escaped(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = html.EscapeString(text)
	}
	return out
}

//go:embed line.js
var lineScript string

var lineTemplate = template.Must(template.New("line").Parse(lineScript))

// follow keeps the form's caption at what is typed in the line. GoNB's widgets have no text.
func (f *form) follow(line string) {
	address := "/line/" + gonbui.UniqueId()
	typed := comms.Listen[string](address)
	var script strings.Builder
	must.M(lineTemplate.Execute(&script, map[string]string{"ID": line, "Address": address, "Button": f.search.HtmlId()}))
	dom.TransientJavascript(script.String())
	f.caption.Store(<-typed.C) // the line's own first message: from here on it is followed
	go func() {
		for text := range typed.C {
			f.caption.Store(text)
		}
	}()
}

// show puts an answer below the widgets, or why there is none.
func (f *form) show(picture []byte, err error) {
	if err != nil {
		dom.SetInnerHtml(f.answer, "<p>"+html.EscapeString(sentence(err))+"</p>")
		return
	}
	dom.SetInnerHtml(f.answer, `<img alt="what the query found" style="max-width: 100%" src="data:image/png;base64,`+base64.StdEncoding.EncodeToString(smaller(picture))+`">`)
}
