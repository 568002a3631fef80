package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"sync"

	"github.com/gomlx/compute"

	"gocir/checkpoints"
	"gocir/cir"
	"gocir/cir/tokenize"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/datasets/wardrobe"
	"gocir/models"
)

// WorkbenchOptions say where a workbench is and how large.
type WorkbenchOptions struct {
	Dir     string // gets data, runs and cache
	Backend compute.Backend
	Devices int               // as in Options
	About   map[string]string // noted in each run's machine.json (the backend, say)
	Images  int               // pictures drawn; 0: 6,000
	Quick   bool              // a tenth of the training: shows that everything works, its numbers say nothing
	Anew    bool              // train again what has been trained already
	Watch   Watch             // told how far each part is, by one goroutine at a time; nil: nobody
	Note    Note              // as in Options
}

// A Workbench is a folder in which the whole method runs without anything from elsewhere: drawn data in both public
// formats, a tiny BLIP pretrained on them, runs, and cached embeddings. What is there already is used again: the data,
// and each finished training with the same recipe, data and starting weights. So experiments may ask for all the
// trainings they need, each time.
type Workbench struct {
	WorkbenchOptions
	Drawn      *wardrobe.Wardrobe
	Pretrained string // path of the tiny BLIP's checkpoint, which stands where real data has model_base.pth

	sets map[string]datasets.Checked
	mu   sync.Mutex // Watch is called under it
}

// OpenWorkbench draws the data and pretrains the tiny BLIP, as far as they are not there.
func OpenWorkbench(ctx context.Context, o WorkbenchOptions) (*Workbench, error) {
	if o.Images == 0 {
		o.Images = 6000
	}
	w := &Workbench{WorkbenchOptions: o, sets: map[string]datasets.Checked{}}
	if err := w.draw(ctx); err != nil {
		return nil, err
	}
	return w, w.pretrain(ctx)
}

func (w *Workbench) draw(ctx context.Context) error {
	err := wardrobe.Draw(ctx, w.Data(), wardrobe.Options{Images: w.Images, Seed: 1}, w.part("drawing pictures"))
	if err != nil {
		return err
	}
	if w.Drawn, err = wardrobe.Open(w.Data()); err != nil {
		return err
	}
	for _, name := range []string{"fashioniq", "cirr"} {
		if w.sets[name], err = OpenDataset(name, w.Data()); err != nil {
			return err
		}
	}
	return nil
}

// Data is the folder of the drawn data sets.
func (w *Workbench) Data() string { return filepath.Join(w.Dir, "data") }

// Vocabulary is the file of the drawn captions' vocabulary.
func (w *Workbench) Vocabulary() string { return filepath.Join(w.Data(), "vocab.txt") }

// Runs is the folder of run folders.
func (w *Workbench) Runs() string { return filepath.Join(w.Dir, "runs") }

// Dataset is the drawn data set in the format of that name, fashioniq or cirr; nil for another name.
func (w *Workbench) Dataset(name string) datasets.Checked { return w.sets[name] }

// Open opens the model of some checkpoints, over the pretrained one, for a recipe.
func (w *Workbench) Open(r train.Recipe, files models.Files) (*Session, error) {
	files.Pretrained = w.Pretrained
	return Open(Options{
		Backend: w.Backend, Devices: w.Devices, Files: files, Vocabulary: w.Vocabulary(), Recipe: r, Cache: filepath.Join(w.Dir, "cache"), Note: w.Note,
	})
}

// Train trains by a recipe, from the pretrained checkpoint and those of files, or takes up the run that has done so.
func (w *Workbench) Train(ctx context.Context, r train.Recipe, files models.Files, progress func(train.Progress)) (*train.Run, error) {
	files.Pretrained = w.Pretrained
	about, run, err := w.made(r, files)
	if err != nil || run != nil {
		return run, err
	}
	stopped, err := w.stopped(r, about)
	if err != nil {
		return nil, err
	}
	session, err := w.Open(r, files)
	if err != nil {
		return nil, err
	}
	defer session.Model.Finalize()
	trained, err := session.Train(ctx, Training{
		Recipe: r, Dataset: w.sets[r.Dataset], Runs: w.Runs(), Resume: stopped, About: about, Progress: progress,
	})
	if err != nil {
		return nil, err
	}
	return trained.Run, nil
}

// made looks for the run of a recipe on these files. about is what a new run has to note to be found.
func (w *Workbench) made(r train.Recipe, files models.Files) (about map[string]string, run *train.Run, err error) {
	inputs, err := w.inputs(files)
	if err != nil {
		return nil, nil, err
	}
	noted := map[string]string{"inputs": inputs}
	if !w.Anew {
		if run, err = train.FindRun(w.Runs(), r, noted); err != nil {
			return nil, nil, err
		}
	}
	maps.Copy(noted, w.About)
	return noted, run, nil
}

// stopped is the folder of a run with this recipe and these inputs that was stopped, to go on with; empty where there is none.
func (w *Workbench) stopped(r train.Recipe, about map[string]string) (string, error) {
	if w.Anew {
		return "", nil
	}
	run, err := train.FindStopped(w.Runs(), r, map[string]string{"inputs": about["inputs"]})
	if err != nil || run == nil {
		return "", err
	}
	return run.Dir, nil
}

// inputs is a digest of all that a training depends on besides its recipe: the backend, what was drawn, the weights it
// starts from.
func (w *Workbench) inputs(files models.Files) (string, error) {
	hash := sha256.New()
	drawn, err := json.Marshal(w.Drawn.Options())
	if err != nil {
		return "", err
	}
	fmt.Fprintln(hash, w.Backend.Name(), string(drawn))
	for _, path := range []string{files.Pretrained, files.Text, files.Combiner} {
		fmt.Fprintln(hash, path != "")
		if path == "" {
			continue
		}
		sum, err := checkpoints.SHA1(path)
		if err != nil {
			return "", fmt.Errorf("reading the weights that a training starts from: %w", err)
		}
		fmt.Fprintln(hash, sum)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// pretrain makes the checkpoint of the tiny BLIP.
func (w *Workbench) pretrain(ctx context.Context) error {
	recipe := w.shortened(models.Pretrain)
	about, run, err := w.made(recipe, models.Files{})
	if err != nil {
		return err
	}
	if run != nil {
		w.Pretrained = run.Last(recipe)
		return nil
	}
	stopped, err := w.stopped(recipe, about)
	if err != nil {
		return err
	}
	session, err := w.untrained(recipe)
	if err != nil {
		return err
	}
	defer session.Model.Finalize()
	tell := w.part("pretraining a tiny BLIP")
	w.Pretrained, err = session.Pretrain(ctx, Training{
		Recipe: recipe, Dataset: bothSets{w.sets["fashioniq"], w.sets["cirr"]}, Runs: w.Runs(), Resume: stopped, About: about,
		Progress: func(p train.Progress) { tell(p.Epoch*p.Steps+p.Step, p.Epochs*p.Steps) },
	}, w.descriptions())
	return err
}

// untrained is a tiny BLIP of random weights.
func (w *Workbench) untrained(r train.Recipe) (*Session, error) {
	tokenizer, err := tokenize.Open(w.Vocabulary())
	if err != nil {
		return nil, err
	}
	config := models.Tiny
	config.Text.Vocabulary = tokenizer.Size()
	weights, err := models.Random(w.Backend, append(config.ImageSpecs(), config.TextSpecs()...), r.Seed)
	if err != nil {
		return nil, err
	}
	model, err := cir.NewModel(w.Backend, config, weights)
	if err != nil {
		return nil, err
	}
	return OpenModel(model, tokenizer, Options{Backend: w.Backend, Devices: w.Devices, Recipe: r})
}

// descriptions are the training pictures, each with what it shows.
func (w *Workbench) descriptions() []datasets.Triplet {
	var pairs []datasets.Triplet
	for i, each := range w.Drawn.Descriptions("train") {
		pairs = append(pairs, datasets.Triplet{
			ID: fmt.Sprintf("description-%d", i), Reference: each.Image, Target: each.Image, Captions: []string{each.Text},
		})
	}
	return pairs
}

// shortened is the recipe, cut where the workbench is to be quick.
func (w *Workbench) shortened(r train.Recipe) train.Recipe {
	if w.Quick {
		r.Epochs, r.MaxSteps = 1, 10
	}
	return r
}

// part tells how far a part is.
func (w *Workbench) part(what string) func(done, total int) {
	return func(done, total int) {
		if w.Watch != nil {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.Watch(what, done, total)
		}
	}
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
