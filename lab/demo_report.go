package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"gocir/atomicfile"
	"gocir/cir/eval"
	"gocir/cir/preprocess"
	"gocir/cir/report"
)

// DemoReport is what the demo leaves.
type DemoReport struct {
	Tables      []report.Table // results, one per data set
	Findings    []string       // what the numbers say, a sentence each
	HTML        string         // path of the report page
	Submissions []string       // paths of the CIRR submission files
	Minutes     float64
}

// demoResults is results.json.
type demoResults struct {
	Images   int                      `json:"images"`
	Seeds    int                      `json:"seeds"`
	Minutes  float64                  `json:"minutes"`
	About    map[string]string        `json:"about"`
	Findings []string                 `json:"findings"`
	Results  map[string][]eval.Result `json:"results"` // by row of the tables; a result per seed
}

// report writes submissions, tables, plots and the page.
func (d *demo) report(ctx context.Context) (*DemoReport, error) {
	d.part("writing the report")(0, 1)
	out := &DemoReport{HTML: filepath.Join(d.Dir, "report.html")}
	var err error
	if out.Submissions, err = d.submit(ctx); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	rows := map[string][]eval.Result{}
	page := report.Page{Title: "Composed image retrieval on the wardrobe"}
	for _, name := range demoDatasets {
		table, findings, err := d.results(name, rows)
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		section, err := d.section(name, table)
		if err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
		out.Tables, out.Findings = append(out.Tables, table), append(out.Findings, findings...)
		page.Sections = append(page.Sections, section)
	}
	out.Minutes = time.Since(d.started).Minutes()
	d.fill(&page, out)
	if err := d.writeAll(page, out, rows); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return out, nil
}

// submit writes the test-server files of the first seed's bi-directional Combiner.
func (d *demo) submit(ctx context.Context) ([]string, error) {
	for _, c := range d.chains {
		if c.dataset == "cirr" && !c.forward && c.seed == 0 {
			s, err := c.links[1].Session.Submit(ctx, d.Dataset("cirr"), "test1", Combiner, d.Dir, "combiner-bi")
			if err != nil {
				return nil, err
			}
			return s.Paths, nil
		}
	}
	return nil, fmt.Errorf("there is no chain to submit")
}

// variants are the rows of a results table, after the start.
var variants = []struct {
	name     string
	combiner bool
	forward  bool
}{
	{"stage I, forward only", false, true},
	{"stage I, bi-directional", false, false},
	{"stage II, forward only", true, true},
	{"stage II, bi-directional", true, false},
}

// runsOf are a variant's results, one per seed.
func (d *demo) runsOf(dataset string, combiner, forward bool) (runs []eval.Result) {
	for _, c := range d.chains {
		if c.dataset != dataset || c.forward != forward {
			continue
		}
		if combiner {
			runs = append(runs, c.links[1].Result)
		} else {
			runs = append(runs, c.links[0].Result)
		}
	}
	return runs
}

// results is the table of a data set and what it says.
func (d *demo) results(dataset string, rows map[string][]eval.Result) (report.Table, []string, error) {
	measured := []report.Measured{{Name: "pretrained, sum", Runs: []eval.Result{d.start[dataset]}}}
	for _, v := range variants {
		measured = append(measured, report.Measured{Name: v.name, Runs: d.runsOf(dataset, v.combiner, v.forward)})
	}
	for _, m := range measured {
		rows[dataset+": "+m.Name] = m.Runs
	}
	table, err := report.Results(datasetTitle[dataset]+" val, drawn pictures", measured...)
	return table, d.findings(dataset), err
}

var datasetTitle = map[string]string{"fashioniq": "FashionIQ", "cirr": "CIRR"}

// MainMetric is the number by which the original keeps its best checkpoint of a data set, and the literature compares.
func MainMetric(dataset string) string {
	if dataset == "fashioniq" {
		return "average recall"
	}
	return "mean(R@5, Rs@1)"
}

// section is a data set's part of the page. Its figures are files beside the page, too; plots also as SVG.
func (d *demo) section(dataset string, table report.Table) (report.Section, error) {
	section := report.Section{Title: datasetTitle[dataset], Tables: []report.Table{table}}
	for _, plot := range []struct {
		file, caption string
		panels        []report.Panel
	}{
		{"curves", "Learning curves of the first seed", d.curves(dataset)},
		{"recall", "Recall at K, stage II, first seed", []report.Panel{d.recallCurves(dataset)}},
	} {
		figure, err := d.plot(dataset+"-"+plot.file, plot.panels)
		if err != nil {
			return section, err
		}
		section.Figures = append(section.Figures, report.Figure{Caption: plot.caption, Data: figure})
	}
	pictures, err := d.pictures(dataset)
	if err != nil {
		return section, err
	}
	section.Figures = append(section.Figures, report.Figure{
		Caption: "Queries of stage II, bi-directional, first seed: evenly spread over the split, not chosen", Data: pictures,
	})
	return section, atomicfile.WriteFile(filepath.Join(d.Dir, dataset+"-queries.png"), pictures)
}

// plot writes a plot as PNG and SVG, and returns the PNG.
func (d *demo) plot(name string, panels []report.Panel) ([]byte, error) {
	svg, err := report.SVG(panels...)
	if err != nil {
		return nil, err
	}
	if err := atomicfile.WriteFile(filepath.Join(d.Dir, name+".svg"), svg); err != nil {
		return nil, err
	}
	figure, err := report.PNG(panels...)
	if err != nil {
		return nil, err
	}
	return figure, atomicfile.WriteFile(filepath.Join(d.Dir, name+".png"), figure)
}

// first is the first seed's chain.
func (d *demo) first(dataset string, forward bool) *demoChain {
	for _, c := range d.chains {
		if c.dataset == dataset && c.forward == forward && c.seed == 0 {
			return c
		}
	}
	return nil
}

// curves are losses and validation metrics of both stages, with and without the backward loss.
func (d *demo) curves(dataset string) []report.Panel {
	var losses, metrics []report.Series
	for _, forward := range []bool{true, false} {
		for stage, name := range []string{"stage I", "stage II"} {
			loss, metric := report.Series{Name: name}, report.Series{Name: name}
			if forward {
				loss.Name += ", forward only"
			}
			metric.Name = loss.Name
			for _, record := range d.first(dataset, forward).links[stage].History {
				epoch := float64(record.Epoch + 1)
				loss.X, loss.Y = append(loss.X, epoch), append(loss.Y, record.Train.Forward)
				if record.Validation != nil {
					value, _ := record.Validation.Metric(MainMetric(dataset))
					metric.X, metric.Y = append(metric.X, epoch), append(metric.Y, value)
				}
			}
			losses, metrics = append(losses, loss), append(metrics, metric)
		}
	}
	return report.LearningCurves(losses, metrics)
}

func (d *demo) recallCurves(dataset string) report.Panel {
	lines := report.Lines{Title: "Recall at K", X: "K", Y: "recall (%)"}
	for _, forward := range []bool{true, false} {
		ranks := eval.Ranks(d.first(dataset, forward).links[1].Outcomes)
		name := "bi-directional"
		if forward {
			name = "forward only"
		}
		lines.Series = append(lines.Series, report.RecallCurve(name, ranks, eval.TopNames))
	}
	return lines
}

// shownQueries is how many queries the page shows in pictures.
const shownQueries = 6

func (d *demo) pictures(dataset string) ([]byte, error) {
	outcomes := d.first(dataset, false).links[1].Outcomes
	var rows []report.PictureRow
	step := max(1, len(outcomes)/shownQueries)
	for i := 0; i < len(outcomes) && len(rows) < shownQueries; i += step {
		o := outcomes[i]
		rows = append(rows, report.NewPictureRow(o, strings.Join(o.Triplet.Captions, " / "), Pictures(d.Dataset(dataset))))
	}
	return report.PictureRows(rows)
}

// fill puts words around the figures.
func (d *demo) fill(page *report.Page, out *DemoReport) {
	page.Summary = "Both stages of Bi-BLIP4CIR, with and without the backward loss, trained and evaluated on drawn pictures."
	page.Sections = append([]report.Section{{Title: "What came out", Text: out.Findings}}, page.Sections...)
	page.Facts = []report.Fact{
		{Name: "data", Value: fmt.Sprintf("%d drawn pictures (the wardrobe), in the formats of FashionIQ and CIRR", d.Images)},
		{Name: "model", Value: "tiny BLIP, pretrained on the same pictures and their descriptions"},
		{Name: "seeds", Value: fmt.Sprint(d.seeds)},
		{Name: "preprocessing", Value: preprocess.TargetPad + " 1.25"},
		{Name: "time", Value: fmt.Sprintf("%.1f minutes", out.Minutes)},
	}
	for name, value := range d.About {
		page.Facts = append(page.Facts, report.Fact{Name: name, Value: value})
	}
	page.Notes = []string{
		"Numbers on drawn pictures say that the method works as a whole. They say nothing about photographs.",
		"Each row is the best checkpoint by the metric that the original goes by, measured on the same val split that chose it, as the original does.",
	}
}

// writeAll writes the page, the tables as Markdown and the results as JSON.
func (d *demo) writeAll(page report.Page, out *DemoReport, rows map[string][]eval.Result) error {
	if err := page.WriteFile(out.HTML); err != nil {
		return err
	}
	var markdown bytes.Buffer
	for _, table := range out.Tables {
		if err := table.WriteMarkdown(&markdown); err != nil {
			return err
		}
		markdown.WriteString("\n")
	}
	for _, finding := range out.Findings {
		fmt.Fprintf(&markdown, "- %s\n", finding)
	}
	if err := atomicfile.WriteFile(filepath.Join(d.Dir, "report.md"), markdown.Bytes()); err != nil {
		return err
	}
	data, err := json.MarshalIndent(demoResults{
		Images: d.Images, Seeds: d.seeds, Minutes: out.Minutes, About: d.About, Findings: out.Findings, Results: rows,
	}, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(d.Dir, "results.json"), append(data, '\n'))
}
