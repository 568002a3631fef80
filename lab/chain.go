package lab

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/models"
)

// A Chain is trainings that build on one another: stage I, say, then stage II on its encoder. Each begins from the best
// checkpoints of those before it. All are on one data set.
type Chain struct {
	Name    string // of the experiment, equal for all seeds
	Recipes []train.Recipe
}

// Seeded is the chain with another seed in each of its recipes.
func (c Chain) Seeded(seed int) Chain {
	recipes := make([]train.Recipe, len(c.Recipes))
	for i, r := range c.Recipes {
		recipes[i] = r.But(fmt.Sprintf("%s-seed%d", r.Name, seed), func(r *train.Recipe) { r.Seed = uint64(seed) })
	}
	return Chain{Name: c.Name, Recipes: recipes}
}

// A Link is one training of a chain, with what the best checkpoint so far measures on the val split.
type Link struct {
	Recipe   train.Recipe
	Run      *train.Run
	History  []train.EpochRecord
	Files    models.Files // the best checkpoints of this training and those before it
	Session  *Session     // with these checkpoints
	Result   eval.Result  // under the published protocol
	Outcomes []eval.Outcome
}

// RunChain trains a chain, or takes up what was trained before, and measures each link.
func (w *Workbench) RunChain(ctx context.Context, c Chain, progress func(train.Progress)) ([]Link, error) {
	files := models.Files{}
	var links []Link
	for _, recipe := range c.Recipes {
		link, err := w.link(ctx, w.shortened(recipe), files, progress)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		files, links = link.Files, append(links, link)
	}
	return links, nil
}

func (w *Workbench) link(ctx context.Context, r train.Recipe, files models.Files, progress func(train.Progress)) (Link, error) {
	l := Link{Recipe: r}
	var err error
	if l.Run, err = w.Train(ctx, r, files, progress); err != nil {
		return l, err
	}
	if l.History, err = l.Run.History(); err != nil {
		return l, err
	}
	if l.Files = files; r.Stage == train.Combiner {
		l.Files.Combiner = l.Run.Best(r)
	} else {
		l.Files.Text = l.Run.Best(r)
	}
	if l.Session, err = w.Open(r, l.Files); err != nil {
		return l, err
	}
	l.Result, l.Outcomes, err = w.Measure(ctx, l.Session, r.Dataset, ComposerOf(r))
	return l, err
}

// ComposerOf is the composer that a recipe trains for: the Combiner in stage II, the sum elsewhere.
func ComposerOf(r train.Recipe) Composer {
	if r.Stage == train.Combiner {
		return Combiner
	}
	return Sum
}

// Measure evaluates a session on a drawn val split under the published protocol. The outcomes of FashionIQ's
// categories follow one another.
func (w *Workbench) Measure(ctx context.Context, s *Session, dataset string, c Composer) (eval.Result, []eval.Outcome, error) {
	splits, err := s.PrepareAll(ctx, w.sets[dataset], "val")
	if err != nil {
		return eval.Result{}, nil, err
	}
	var outcomes []eval.Outcome
	results, err := s.Measure(ctx, splits, c, eval.Protocols(dataset)[:1], func(_ int, o eval.Outcome) {
		outcomes = append(outcomes, o)
	})
	if err != nil {
		return eval.Result{}, nil, err
	}
	return results[0], outcomes, nil
}

// RunChains trains chains, as many beside each other as there are cores: operations on tiny tensors gain less from
// several cores than whole trainings do. The links come in the order of the chains.
func (w *Workbench) RunChains(ctx context.Context, what string, chains []Chain) ([][]Link, error) {
	total := 0
	for _, c := range chains {
		total += w.epochs(c)
	}
	var done atomic.Int64
	tell := w.part(what)
	links := make([][]Link, len(chains))
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range chains {
		tasks.Go(func() (err error) {
			made := 0
			links[i], err = w.RunChain(ctx, c, func(p train.Progress) {
				if p.Validation != nil {
					made++
					tell(int(done.Add(1)), total)
				}
			})
			tell(int(done.Add(int64(w.epochs(c)-made))), total) // those that were found
			return err
		})
	}
	return links, tasks.Wait()
}

// epochs is how many epochs a chain has if all of it is trained.
func (w *Workbench) epochs(c Chain) int {
	total := 0
	for _, recipe := range c.Recipes {
		total += w.shortened(recipe).Epochs
	}
	return total
}
