package lab

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gomlx/compute"
	"golang.org/x/sync/errgroup"

	"gocir/cir"
	"gocir/cir/eval"
	"gocir/cir/tokenize"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/datasets/cirr"
	"gocir/datasets/fashioniq"
	"gocir/datasets/wardrobe"
	"gocir/models"
)

// DemoOptions say where the demo runs and how much of it.
type DemoOptions struct {
	Dir     string // gets data, runs, cache and the report; drawn data that is there already is used again
	Backend compute.Backend
	About   map[string]string // noted in each run's machine.json and in the report (the backend, say)
	Images  int               // pictures drawn; 0: 6,000
	Seeds   int               // trainings of each kind; 0: 3
	Quick   bool              // a tenth of the training: shows that everything works, its numbers say nothing
	Watch   Watch             // told how far each part is; nil: nobody
}

// A chain is stage I and stage II, one after the other, on one data set with one seed, with or without the backward
// loss.
type chain struct {
	dataset string
	forward bool // without the backward loss
	seed    int

	text, combiner       *train.Run
	textResult, combined eval.Result
	history              [2][]train.EpochRecord // of both stages
	session              *Session               // with the best checkpoints of both stages
	outcomes             []eval.Outcome         // stage II, over all categories
}

// demo is the state of a running demo.
type demo struct {
	DemoOptions
	started time.Time
	drawn   *wardrobe.Wardrobe
	sets    map[string]datasets.Dataset
	start   map[string]eval.Result // before any fine-tuning, by data set
	chains  []*chain
	path    string // of the pretrained checkpoint

	mu          sync.Mutex
	done, total int // epochs of all chains
}

var demoDatasets = []string{"fashioniq", "cirr"}

// Demo runs the whole method on drawn data: it draws the wardrobe in both public formats, pretrains a tiny BLIP on it,
// runs both stages on both data sets with and without the backward loss, over several seeds, evaluates everything by
// the protocols that real data use, and writes submission files, tables, plots and one HTML report.
func Demo(ctx context.Context, o DemoOptions) (*DemoReport, error) {
	if o.Images == 0 {
		o.Images = 6000
	}
	if o.Seeds == 0 {
		o.Seeds = 3
	}
	d := &demo{DemoOptions: o, started: time.Now(), start: map[string]eval.Result{}}
	for _, part := range []func(context.Context) error{d.draw, d.pretrain, d.begin, d.train} {
		if err := part(ctx); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return d.report(ctx)
}

func (d *demo) data() string { return filepath.Join(d.Dir, "data") }

// watch serialises what the parts tell, which run beside each other.
func (d *demo) watch(what string, done, total int) {
	if d.Watch != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.Watch(what, done, total)
	}
}

func (d *demo) draw(ctx context.Context) error {
	err := wardrobe.Draw(ctx, d.data(), wardrobe.Options{Images: d.Images, Seed: 1}, func(done, total int) {
		d.watch("drawing pictures", done, total)
	})
	if err != nil {
		return err
	}
	if d.drawn, err = wardrobe.Open(d.data()); err != nil {
		return err
	}
	fashion, err := fashioniq.Open(d.data())
	if err != nil {
		return err
	}
	scenes, err := cirr.Open(d.data())
	d.sets = map[string]datasets.Dataset{"fashioniq": fashion, "cirr": scenes}
	return err
}

// pretrain makes the checkpoint that stands where real data has model_base.pth.
func (d *demo) pretrain(ctx context.Context) error {
	tokenizer, err := tokenize.Open(d.vocabulary())
	if err != nil {
		return err
	}
	recipe := d.shortened(models.Pretrain)
	config := models.Tiny
	config.Text.Vocabulary = tokenizer.Size()
	weights, err := models.Random(d.Backend, append(config.ImageSpecs(), config.TextSpecs()...), recipe.Seed)
	if err != nil {
		return err
	}
	model, err := cir.NewModel(d.Backend, config, weights)
	if err != nil {
		return err
	}
	defer model.Finalize()
	session, err := OpenModel(model, tokenizer, Options{Backend: d.Backend, Recipe: recipe})
	if err != nil {
		return err
	}
	d.path, err = session.Pretrain(ctx, Training{
		Recipe: recipe, Dataset: bothSets{d.sets["fashioniq"], d.sets["cirr"]}, Runs: d.runs(), About: d.About,
		Progress: func(p train.Progress) {
			d.watch("pretraining a tiny BLIP", p.Epoch*p.Steps+p.Step, p.Epochs*p.Steps)
		},
	}, d.descriptions())
	return err
}

// descriptions are the training pictures, each with what it shows.
func (d *demo) descriptions() []datasets.Triplet {
	var pairs []datasets.Triplet
	for i, each := range d.drawn.Descriptions("train") {
		pairs = append(pairs, datasets.Triplet{
			ID: fmt.Sprintf("description-%d", i), Reference: each.Image, Target: each.Image, Captions: []string{each.Text},
		})
	}
	return pairs
}

func (d *demo) vocabulary() string { return filepath.Join(d.data(), "vocab.txt") }
func (d *demo) runs() string       { return filepath.Join(d.Dir, "runs") }

// shortened is the recipe, cut where the demo is to be quick.
func (d *demo) shortened(r train.Recipe) train.Recipe {
	if d.Quick {
		r.Epochs, r.MaxSteps = 1, 10
	}
	return r
}

func (d *demo) open(r train.Recipe, files models.Files) (*Session, error) {
	files.Pretrained = d.path
	return Open(Options{
		Backend: d.Backend, Files: files, Vocabulary: d.vocabulary(), Recipe: r, Cache: filepath.Join(d.Dir, "cache"),
	})
}

// begin measures the pretrained model, composed by the sum, and so fills the cache of embeddings.
func (d *demo) begin(ctx context.Context) error {
	for _, name := range demoDatasets {
		recipe, err := models.Recipe("text-" + name + "-tiny")
		if err != nil {
			return err
		}
		session, err := d.open(recipe, models.Files{})
		if err != nil {
			return err
		}
		d.watch("evaluating the start on "+name, 0, 1)
		result, _, err := d.measure(ctx, session, name, Sum)
		if err != nil {
			return err
		}
		d.start[name] = result
		session.Model.Finalize()
	}
	return nil
}

// measure evaluates a session on a val split under the published protocol.
func (d *demo) measure(ctx context.Context, s *Session, name string, c Composer) (eval.Result, []eval.Outcome, error) {
	splits, err := s.PrepareAll(ctx, d.sets[name], "val")
	if err != nil {
		return eval.Result{}, nil, err
	}
	var outcomes []eval.Outcome
	results, err := s.Measure(ctx, splits, c, eval.Protocols(name)[:1], func(_ int, o eval.Outcome) {
		outcomes = append(outcomes, o)
	})
	if err != nil {
		return eval.Result{}, nil, err
	}
	return results[0], outcomes, nil
}

// train runs all chains, as many beside each other as there are cores: operations on tiny tensors gain less from
// several cores than whole trainings do.
func (d *demo) train(ctx context.Context) error {
	for seed := range d.Seeds {
		for _, name := range demoDatasets {
			for _, forward := range []bool{false, true} {
				c := &chain{dataset: name, forward: forward, seed: seed}
				d.chains = append(d.chains, c)
				for _, stage := range []string{"text", "combiner"} {
					recipe, err := d.recipe(c, stage)
					if err != nil {
						return err
					}
					d.total += recipe.Epochs
				}
			}
		}
	}
	tasks, ctx := errgroup.WithContext(ctx)
	tasks.SetLimit(runtime.GOMAXPROCS(0))
	for _, c := range d.chains {
		tasks.Go(func() error { return d.run(ctx, c) })
	}
	return tasks.Wait()
}
