package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gocir/cir"
	"gocir/cir/report"
	"gocir/cir/train"
	"gocir/models"
)

type modelsCommand struct {
	plainFormat `embed:""`
}

// known is what the program knows by name.
type known struct {
	Presets   map[string]cir.Config `json:"presets"`
	Recipes   []train.Recipe        `json:"recipes"`
	Released  []models.Released     `json:"released"`
	Published []models.Published    `json:"published"`
}

// Run lists.
func (c *modelsCommand) Run(a *app) error {
	all := known{models.Presets, models.Recipes, models.ReleasedCheckpoints, models.PublishedResults}
	if c.Format == "json" {
		return a.printJSON(all)
	}
	for _, table := range []report.Table{presetTable(), recipeTable(), releasedTable(), publishedTable()} {
		if err := table.WriteTerminal(a.stdout); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

func presetTable() report.Table {
	t := report.Table{Title: "presets", Columns: []string{"name", "pictures", "patches", "image width", "blocks", "text width", "layers", "embedding", "Combiner"}}
	for _, name := range slices.Sorted(maps.Keys(models.Presets)) {
		c := models.Presets[name]
		t.Add(report.Text(name), report.Text(fmt.Sprintf("%d px", c.Image.ImageSize)), report.Text(fmt.Sprintf("%d px", c.Image.PatchSize)),
			report.Count(c.Image.Width), report.Count(c.Image.Depth), report.Count(c.Text.Width), report.Count(c.Text.Depth),
			report.Count(c.EmbedDim), report.Text(fmt.Sprintf("%d, %d", c.Combiner.Projection, c.Combiner.Hidden)))
	}
	return t
}

func recipeTable() report.Table {
	t := report.Table{
		Title: "recipes", Columns: []string{"name", "stage", "data set", "preset", "epochs", "batch", "rate", "backward weight"},
		Notes: []string{"cir train -recipe NAME -print shows all of one."},
	}
	for _, r := range models.Recipes {
		t.Add(report.Text(r.Name), report.Text(string(r.Stage)), report.Text(r.Dataset), report.Text(r.Preset),
			report.Count(r.Epochs), report.Count(r.BatchSize), report.Text(fmt.Sprint(r.LearningRate)), report.Number(r.BackwardWeight, 1))
	}
	return t
}

func releasedTable() report.Table {
	t := report.Table{Title: "released checkpoints", Columns: []string{"data set", "part", "file", "SHA-1"}}
	for _, r := range models.ReleasedCheckpoints {
		t.Add(report.Text(r.Dataset), report.Text(r.Part), report.Text(r.File), report.Text(r.SHA1))
	}
	return t
}

func publishedTable() report.Table {
	t := report.Table{Title: "published results, in percent", Columns: []string{"system", "data set", "split", "metric", "value", "source"}}
	for _, p := range models.PublishedResults {
		for _, metric := range slices.SortedFunc(maps.Keys(p.Metrics), shorterFirst) {
			t.Add(report.Text(p.System), report.Text(p.Dataset), report.Text(p.Split), report.Text(metric),
				report.Number(p.Metrics[metric], 2), report.Text(p.Source))
		}
	}
	return t
}

// shorterFirst puts R@5 before R@10.
func shorterFirst(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
