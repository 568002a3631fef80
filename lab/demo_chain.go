package lab

import (
	"context"
	"fmt"

	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/models"
)

// recipe is a chain's recipe for a stage: the named one or its forward-only ablation, with the chain's seed.
func (d *demo) recipe(c *chain, stage string) (train.Recipe, error) {
	name := stage + "-" + c.dataset
	if c.forward {
		name += "-forward"
	}
	r, err := models.Recipe(name + "-tiny")
	if err != nil {
		return r, err
	}
	return d.shortened(r.But(fmt.Sprintf("%s-seed%d", r.Name, c.seed), func(r *train.Recipe) { r.Seed = uint64(c.seed) })), nil
}

// run trains both stages of a chain; each begins from the best checkpoint of what came before.
func (d *demo) run(ctx context.Context, c *chain) (err error) {
	files := models.Files{}
	if c.text, c.textResult, err = d.stage(ctx, c, 0, "text", &files, Sum); err != nil {
		return err
	}
	c.combiner, c.combined, err = d.stage(ctx, c, 1, "combiner", &files, Combiner)
	return err
}

// stage trains one stage, notes its best checkpoint in files and measures it.
func (d *demo) stage(ctx context.Context, c *chain, number int, name string, files *models.Files, composer Composer) (*train.Run, eval.Result, error) {
	var none eval.Result
	recipe, err := d.recipe(c, name)
	if err != nil {
		return nil, none, err
	}
	session, err := d.open(recipe, *files)
	if err != nil {
		return nil, none, err
	}
	trained, err := session.Train(ctx, Training{
		Recipe: recipe, Dataset: d.sets[c.dataset], Runs: d.runs(), About: d.About, Progress: d.epochs,
	})
	if err != nil {
		return nil, none, err
	}
	session.Model.Finalize()
	c.history[number] = trained.History
	if composer == Sum {
		files.Text = trained.Run.Best(recipe)
	} else {
		files.Combiner = trained.Run.Best(recipe)
	}
	if session, err = d.open(recipe, *files); err != nil {
		return nil, none, err
	}
	result, outcomes, err := d.measure(ctx, session, c.dataset, composer)
	c.session, c.outcomes = session, outcomes
	return trained.Run, result, err
}

// epochs counts the epochs of all chains.
func (d *demo) epochs(p train.Progress) {
	if p.Validation == nil {
		return
	}
	d.mu.Lock()
	d.done++
	done := d.done
	d.mu.Unlock()
	d.watch("training both stages, both data sets, all seeds", done, d.total)
}

// bothSets gives the pictures of both data sets, for pretraining.
type bothSets struct{ fashion, scenes datasets.Dataset }

func (b bothSets) Name() string         { return b.fashion.Name() }
func (b bothSets) Categories() []string { return nil }

func (b bothSets) Split(string, string) (*datasets.Split, error) {
	return nil, fmt.Errorf("pretraining has descriptions, no splits")
}

func (b bothSets) HasImage(name string) bool {
	return b.fashion.HasImage(name) || b.scenes.HasImage(name)
}

func (b bothSets) Image(name string) ([]byte, error) {
	if b.fashion.HasImage(name) {
		return b.fashion.Image(name)
	}
	return b.scenes.Image(name)
}
