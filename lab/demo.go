package lab

import (
	"context"
	"fmt"
	"time"

	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/models"
)

// A demoChain is both stages, one after the other, on one data set with one seed, with or without the backward loss.
type demoChain struct {
	dataset string
	forward bool // without the backward loss
	seed    int
	links   []Link // stage I, stage II
}

// demo is the state of a running demo.
type demo struct {
	*Workbench
	seeds   int
	started time.Time
	start   map[string]eval.Result // before any fine-tuning, by data set
	chains  []*demoChain
}

var demoDatasets = []string{"fashioniq", "cirr"}

// Demo runs the whole method on drawn data: it draws the wardrobe in both public formats, pretrains a tiny BLIP on it,
// runs both stages on both data sets with and without the backward loss, over several seeds, evaluates everything by
// the protocols that real data use, and writes submission files, tables, plots and one HTML report into the workbench's
// folder. It trains anew whatever was trained there before.
func Demo(ctx context.Context, o WorkbenchOptions, seeds int) (*DemoReport, error) {
	o.Anew = true
	d := &demo{seeds: seeds, started: time.Now(), start: map[string]eval.Result{}}
	var err error
	if d.Workbench, err = OpenWorkbench(ctx, o); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	for _, part := range []func(context.Context) error{d.begin, d.train} {
		if err := part(ctx); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return d.report(ctx)
}

// begin measures the pretrained model, composed by the sum, and so fills the cache of embeddings.
func (d *demo) begin(ctx context.Context) error {
	for _, name := range demoDatasets {
		recipe, err := models.Recipe("text-" + name + "-tiny")
		if err != nil {
			return err
		}
		session, err := d.Open(recipe, models.Files{})
		if err != nil {
			return err
		}
		d.part("evaluating the start on "+name)(0, 1)
		if d.start[name], _, err = d.Measure(ctx, session, name, Sum); err != nil {
			return err
		}
		session.Model.Finalize()
	}
	return nil
}

// train runs all chains.
func (d *demo) train(ctx context.Context) error {
	var chains []Chain
	for seed := range d.seeds {
		for _, name := range demoDatasets {
			for _, forward := range []bool{false, true} {
				c := &demoChain{dataset: name, forward: forward, seed: seed}
				recipes, err := c.recipes()
				if err != nil {
					return err
				}
				d.chains = append(d.chains, c)
				chains = append(chains, Chain{Name: name, Recipes: recipes}.Seeded(seed))
			}
		}
	}
	links, err := d.RunChains(ctx, "training both stages, both data sets, all seeds", chains)
	for i, c := range d.chains {
		c.links = links[i]
	}
	return err
}

// recipes are the named ones of both stages, or their forward-only ablations.
func (c *demoChain) recipes() ([]train.Recipe, error) {
	ablation := ""
	if c.forward {
		ablation = "-forward"
	}
	var recipes []train.Recipe
	for _, stage := range []string{"text", "combiner"} {
		r, err := models.Recipe(stage + "-" + c.dataset + ablation + "-tiny")
		if err != nil {
			return nil, err
		}
		recipes = append(recipes, r)
	}
	return recipes, nil
}
