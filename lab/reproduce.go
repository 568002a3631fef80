package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/compute"

	"gocir/checkpoints"
	"gocir/cir/eval"
	"gocir/cir/report"
	"gocir/datasets"
	"gocir/models"
)

// A Reproduction evaluates the weights that the authors released on a data set, as far as both are there: neither may be
// passed on, so each user fetches them.
type Reproduction struct {
	Dataset    string // fashioniq or cirr
	Weights    string // folder of the released files and of BLIP's model_base.pth, under the names they have there
	Data       string // folder that holds fashionIQ_dataset or cirr_dataset
	Backend    compute.Backend
	Vocabulary string // as in Options
	Cache      string // as in Options
	Watch      Watch  // as in Options
	Note       Note   // as in Options
}

// A Need is a file or a folder that a reproduction takes.
type Need struct {
	What  string
	Path  string // where it is looked for
	From  string // where it comes from
	There bool
	Found string // what is there: "as released", what is another, or what is missing
}

const (
	blipPage     = "github.com/salesforce/BLIP (pre-trained checkpoints, BLIP w/ ViT-B)"
	releasedPage = "github.com/Cuberick-Orion/Bi-Blip4CIR (README)"
	pretrained   = "model_base.pth"
)

// Needs lists all that the reproduction takes, and what of it is there.
func (r Reproduction) Needs() ([]Need, error) {
	need, err := look("BLIP's pretrained encoders", filepath.Join(r.Weights, pretrained), blipPage)
	if err != nil {
		return nil, err
	}
	needs := []Need{need}
	for _, released := range r.released() {
		need, err := look("released "+released.Part, filepath.Join(r.Weights, released.File), releasedPage)
		if err == nil {
			err = need.compare(released)
		}
		if err != nil {
			return nil, err
		}
		needs = append(needs, need)
	}
	return append(needs, r.dataNeed()), nil
}

// released are the released checkpoints of the data set.
func (r Reproduction) released() []models.Released {
	return slices.DeleteFunc(slices.Clone(models.ReleasedCheckpoints), func(c models.Released) bool { return c.Dataset != r.Dataset })
}

// look looks for a file of weights.
func look(what, path, from string) (Need, error) {
	n := Need{What: what, Path: path, From: from, Found: "missing"}
	_, err := os.Stat(path)
	switch {
	case err == nil:
		n.There, n.Found = true, "there"
	case !errors.Is(err, os.ErrNotExist):
		return n, fmt.Errorf("looking for %s: %w", what, err)
	}
	return n, nil
}

// compare tells whether the file that is there is the released one.
func (n *Need) compare(released models.Released) error {
	if !n.There {
		return nil
	}
	sum, err := checkpoints.SHA1(n.Path)
	if err != nil {
		return fmt.Errorf("looking at %s: %w", n.What, err)
	}
	n.Found = "another file, SHA-1 " + sum
	if sum == released.SHA1 {
		n.Found = "as released"
	}
	return nil
}

// dataNeed looks for the val split's annotations and pictures.
func (r Reproduction) dataNeed() Need {
	folder := map[string]string{"fashioniq": "fashionIQ_dataset", "cirr": "cirr_dataset"}[r.Dataset]
	n := Need{What: "data set " + r.Dataset + ", split val", Path: filepath.Join(r.Data, folder), From: "datasets/README.md"}
	d, err := OpenDataset(r.Dataset, r.Data)
	var splits []*datasets.Split
	if err == nil {
		splits, err = Splits(d, "val")
	}
	switch {
	case !datasets.IsFolder(r.Data) || errors.Is(err, os.ErrNotExist):
		n.Found = "missing"
		return n
	case err != nil:
		n.Found = err.Error()
		return n
	}
	queries, gallery, missing := 0, 0, 0
	for _, split := range splits {
		queries, gallery = queries+len(split.Triplets), gallery+len(split.Gallery)
		missing += len(datasets.Missing(d, split.Gallery))
	}
	n.There = missing == 0
	n.Found = fmt.Sprintf("%d queries, %d gallery images, %d pictures missing", queries, gallery, missing)
	return n
}

// NeedsTable shows needs.
func NeedsTable(title string, needs []Need) report.Table {
	t := report.Table{Title: title, Columns: []string{"what", "file or folder", "comes from", "found"}}
	for _, n := range needs {
		t.Add(report.Text(n.What), report.Text(filepath.Base(n.Path)), report.Text(n.From), report.Text(n.Found))
	}
	return t
}

// A MissingNeedsError names what a reproduction lacks.
type MissingNeedsError struct{ Needs []Need }

// Error says of each need what it is and where it was looked for.
func (e *MissingNeedsError) Error() string {
	var lines []string
	for _, n := range e.Needs {
		lines = append(lines, fmt.Sprintf("%s (%s; put it at %s, from %s)", n.What, n.Found, n.Path, n.From))
	}
	return "to evaluate the released weights there is lacking: " + strings.Join(lines, "; ")
}

// Run evaluates the val split with the Combiner. It is a *MissingNeedsError where something is not there.
func (r Reproduction) Run(ctx context.Context) (*Results, error) {
	needs, err := r.Needs()
	if err != nil {
		return nil, err
	}
	var missing []Need
	for _, n := range needs {
		if !n.There {
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 {
		return nil, &MissingNeedsError{missing}
	}
	recipe, err := models.Recipe("combiner-" + r.Dataset)
	if err != nil {
		return nil, err
	}
	session, err := Open(Options{
		Backend: r.Backend, Recipe: recipe, Vocabulary: r.Vocabulary, Cache: r.Cache, Watch: r.Watch, Note: r.Note, Files: r.files(),
	})
	if err != nil {
		return nil, err
	}
	defer session.Model.Finalize()
	d, err := OpenDataset(r.Dataset, r.Data)
	if err != nil {
		return nil, err
	}
	return session.Evaluate(ctx, d, "val", Combiner)
}

// files are the checkpoints of the model.
func (r Reproduction) files() models.Files {
	f := models.Files{Pretrained: filepath.Join(r.Weights, pretrained)}
	for _, released := range r.released() {
		if path := filepath.Join(r.Weights, released.File); released.Part == "Combiner" {
			f.Combiner = path
		} else {
			f.Text = path
		}
	}
	return f
}

// ComparedTable puts published results beside measured ones, metric by metric. What one of the two lacks is empty.
func ComparedTable(title string, published models.Published, measured eval.Result) report.Table {
	t := report.Table{Title: title, Columns: []string{"metric", "published", "here", "difference"}}
	for _, m := range metricsOf(measured) {
		here := report.Number(m.Value, 2)
		value, ok := published.Metrics[m.Name]
		if !ok {
			t.Add(report.Text(m.Name), report.Cell{}, here, report.Cell{})
			continue
		}
		t.Add(report.Text(m.Name), report.Number(value, 2), here, report.Number(m.Value-value, 2))
	}
	return t
}

// metricsOf are a result's metrics under the names of the published ones: FashionIQ's with the category before them.
func metricsOf(r eval.Result) []eval.Metric {
	var all []eval.Metric
	for _, category := range r.Categories {
		for _, m := range category.Metrics {
			all = append(all, eval.Metric{Name: category.Category + " " + m.Name, Value: m.Value})
		}
	}
	return append(all, r.Metrics...)
}
