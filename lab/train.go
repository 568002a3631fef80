package lab

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"gocir/cir"
	"gocir/cir/embed"
	"gocir/cir/eval"
	"gocir/cir/feed"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/models"
)

// Training is what Train needs besides a session: the recipe, the data, and where the run folder goes.
type Training struct {
	Recipe   train.Recipe
	Dataset  datasets.Dataset
	Runs     string               // folder in which the run folder is made; empty: nothing is kept
	Resume   string               // run folder of a training that was stopped, to go on with; it stands in Runs' place
	Previous bool                 // a damaged checkpoint to resume from may be replaced by the one before it
	About    map[string]string    // noted in machine.json
	Progress func(train.Progress) // told after each step; nil: nobody
	Opened   func(*train.Run)     // told of the run before the first step; nil: nobody

	SkipNaN   bool          // as in train.Training
	SaveEvery time.Duration // as in train.Training
}

// Trained is what a training leaves.
type Trained struct {
	Run     *train.Run // nil where nothing was kept
	History []train.EpochRecord
	Session *Session // with the weights after the last step
}

// Train trains a stage by recipe on a data set, validating on its val split, and keeps the run. The session's own
// weights are not changed. After an error in the training itself the result is not nil and says where the run is.
func (s *Session) Train(ctx context.Context, t Training) (*Trained, error) {
	if err := t.Recipe.Validate(); err != nil {
		return nil, err
	}
	if t.Recipe.Dataset != t.Dataset.Name() {
		return nil, fmt.Errorf("recipe %s is for %s, the data are %s", t.Recipe.Name, t.Recipe.Dataset, t.Dataset.Name())
	}
	start, err := s.starting(t.Recipe)
	if err != nil {
		return nil, err
	}
	data, err := start.data(ctx, t)
	if err != nil {
		return nil, err
	}
	validation, err := start.PrepareAll(ctx, t.Dataset, "val")
	if err != nil {
		return nil, err
	}
	job := train.Training{Data: data, Inputs: map[string]string{"val split": describe(validation)}}
	job.Validate = func(ctx context.Context, weights cir.Weights) (eval.Result, error) {
		return start.validate(ctx, t, validation, weights)
	}
	return start.run(ctx, t, job)
}

// run trains and keeps the run.
func (s *Session) run(ctx context.Context, t Training, job train.Training) (_ *Trained, err error) {
	job.Recipe, job.Model, job.Progress, job.SkipNaN, job.SaveEvery = t.Recipe, s.Model, t.Progress, t.SkipNaN, t.SaveEvery
	if job.Run, err = s.open(t); err != nil {
		return nil, err
	}
	if job.Run != nil {
		defer func() { err = errors.Join(err, job.Run.Close()) }()
		job.Run.Metadata = models.Metadata(s.Model.Config)
		if t.Opened != nil {
			t.Opened(job.Run)
		}
	}
	result, err := train.Train(ctx, job)
	if err != nil {
		trained := &Trained{Run: job.Run}
		if result != nil {
			trained.History = result.History
		}
		return trained, err
	}
	return &Trained{Run: job.Run, History: result.History, Session: s.With(result.Weights)}, nil
}

// open opens the run's folder, a new one or that of a training to resume; nil where nothing is kept.
func (s *Session) open(t Training) (*train.Run, error) {
	switch {
	case t.Resume != "":
		return train.ResumeRun(t.Resume, t.Previous)
	case t.Runs != "":
		return train.NewRun(t.Runs, t.Recipe, s.about(t))
	}
	return nil, nil
}

// describe is a digest of val splits: their queries, and the galleries' names.
func describe(splits []*Evaluation) string {
	hash := sha256.New()
	queries := 0
	for _, e := range splits {
		queries += len(e.Split.Triplets)
		fmt.Fprintf(hash, "%q %q\n", e.Split.Name, e.Split.Gallery)
		for _, t := range e.Split.Triplets {
			fmt.Fprintf(hash, "%q %q %q %q\n", t.ID, t.Reference, t.Target, t.Captions)
		}
	}
	return fmt.Sprintf("%d queries, SHA-256 %x", queries, hash.Sum(nil)[:8])
}

// about is what machine.json notes of a training.
func (s *Session) about(t Training) map[string]string {
	about := map[string]string{"devices": fmt.Sprint(s.Model.Devices.Count())}
	maps.Copy(about, t.About)
	return about
}

// starting is the session that a recipe trains: for stage II with a fresh Combiner of the recipe's sizes.
func (s *Session) starting(r train.Recipe) (*Session, error) {
	start := *s
	start.options.Recipe = r
	var err error
	if r.Stage == train.Combiner {
		if start.Model, err = s.withCombiner(r); err != nil {
			return nil, err
		}
	}
	devices, err := start.options.share(s.Model.Backend)
	if err != nil {
		return nil, err
	}
	if devices.Count() == s.Model.Devices.Count() {
		devices = s.Model.Devices // which have copies of the weights already
	}
	start.Model, err = start.Model.On(devices, r.Precision)
	return &start, err
}

// withCombiner is the model with a fresh Combiner.
func (s *Session) withCombiner(r train.Recipe) (*cir.Model, error) {
	config := s.Model.Config
	config.Combiner.Dropout = r.CombinerDropout
	for field, width := range map[*int]int{&config.Combiner.Projection: r.Projection, &config.Combiner.Hidden: r.Hidden} {
		if width > 0 {
			*field = width
		}
	}
	weights, err := models.Random(s.Model.Backend, config.CombinerSpecs(), r.Seed)
	if err != nil {
		return nil, err
	}
	all := maps.Clone(s.Model.Weights)
	maps.Copy(all, weights)
	return cir.NewModel(s.Model.Backend, config, all)
}

// data embeds what the training reads: images once; for stage II every text that its batches can hold, too.
func (s *Session) data(ctx context.Context, t Training) (train.Data, error) {
	data := train.Data{Tokenizer: s.Tokenizer, ImageSize: s.Model.Config.Image.ImageSize}
	splits, err := Splits(t.Dataset, "train")
	if err != nil {
		return data, err
	}
	data.Feed = feed.Feed{BatchSize: t.Recipe.BatchSize, Seed: t.Recipe.Seed, KeepLast: t.Recipe.KeepLast, NoMarks: t.Recipe.NoMarks}
	var names []string
	for _, split := range splits {
		data.Feed.Triplets = append(data.Feed.Triplets, split.Triplets...)
	}
	for _, triplet := range data.Feed.Triplets {
		names = append(names, triplet.Reference, triplet.Target)
	}
	if err := data.Feed.Validate(); err != nil {
		return data, err
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if t.Recipe.TrainImage {
		data.Pixels = s.Pixels(t.Dataset)
		return data, s.withFiles(t.Dataset, names, &data.Feed)
	}
	if data.Images, err = s.present(ctx, t.Dataset, names, &data.Feed); err != nil {
		return data, err
	}
	if t.Recipe.Stage == train.Combiner {
		texts, err := data.Feed.Texts()
		if err != nil {
			return data, err
		}
		data.Texts, err = s.FrozenTexts(ctx, texts)
		return data, err
	}
	return data, nil
}

// present embeds the pictures of a feed, and leaves out triplets whose pictures are missing where that is allowed.
func (s *Session) present(ctx context.Context, d datasets.Dataset, names []string, f *feed.Feed) (*embed.Embeddings, error) {
	images, _, err := s.Images(ctx, d, names)
	if err != nil {
		return nil, fmt.Errorf("embedding the training images of %s: %w", d.Name(), err)
	}
	return images, s.keep(f, func(name string) bool {
		_, ok := images.Index(name)
		return ok
	})
}

// withFiles is present for pictures that are not embedded beforehand: it goes by their files alone.
func (s *Session) withFiles(d datasets.Dataset, names []string, f *feed.Feed) error {
	missing := datasets.Missing(d, names)
	if len(missing) == 0 {
		return nil
	}
	if !s.options.SkipMissing {
		lost := &embed.MissingError{Total: len(names)}
		for _, name := range missing {
			lost.Images = append(lost.Images, embed.ImageError{Name: name, Err: fs.ErrNotExist})
		}
		return fmt.Errorf("the training images of %s: %w", d.Name(), lost)
	}
	lost := make(map[string]bool, len(missing))
	for _, name := range missing {
		lost[name] = true
	}
	return s.keep(f, func(name string) bool { return !lost[name] })
}

// keep leaves out the triplets of which a picture is not there, and notes how many.
func (s *Session) keep(f *feed.Feed, there func(name string) bool) error {
	all := len(f.Triplets)
	f.Triplets = slices.DeleteFunc(f.Triplets, func(t datasets.Triplet) bool { return !there(t.Reference) || !there(t.Target) })
	if left := all - len(f.Triplets); left > 0 {
		s.note(fmt.Sprintf("%d of %d training triplets are left out: a picture of theirs is missing", left, all))
	}
	return f.Validate()
}

// Pixels prepares pictures one at a time, for training the image encoder.
func (s *Session) Pixels(source embed.Source) func(name string, dst []float32) error {
	recipe := s.preprocess()
	return func(name string, dst []float32) error {
		data, err := source.Image(name)
		if err != nil {
			return err
		}
		return recipe.Load(dst, data)
	}
}

// validate measures the val split with the weights of a training.
func (s *Session) validate(ctx context.Context, t Training, splits []*Evaluation, weights cir.Weights) (eval.Result, error) {
	session := s.With(weights)
	session.options.Watch = nil
	if t.Recipe.TrainImage { // the gallery moves with the encoder, and no two of its states are worth keeping
		session.options.Cache = ""
		var err error
		if splits, err = session.PrepareAll(ctx, t.Dataset, "val"); err != nil {
			return eval.Result{}, err
		}
	}
	results, err := session.Measure(ctx, splits, ComposerOf(t.Recipe), eval.Protocols(t.Dataset.Name())[:1], nil)
	if err != nil {
		return eval.Result{}, err
	}
	return results[0], nil
}

// Pretrain trains both encoders from random weights on pictures and their descriptions, and returns the path of the
// checkpoint it keeps.
func (s *Session) Pretrain(ctx context.Context, t Training, pairs []datasets.Triplet) (string, error) {
	pixels := s.Pixels(t.Dataset)
	kept := map[string][]float32{} // tiny pictures: decoding them anew in each epoch takes longer than a step
	data := train.Data{
		Feed:      feed.Feed{Triplets: pairs, BatchSize: t.Recipe.BatchSize, Seed: t.Recipe.Seed, NoMarks: true},
		Tokenizer: s.Tokenizer, ImageSize: s.Model.Config.Image.ImageSize,
		Pixels: func(name string, dst []float32) error {
			if kept[name] == nil {
				if err := pixels(name, dst); err != nil {
					return err
				}
				kept[name] = slices.Clone(dst)
			}
			copy(dst, kept[name])
			return nil
		},
	}
	trained, err := s.run(ctx, t, train.Training{Data: data})
	if err != nil {
		return "", err
	}
	return trained.Run.Last(t.Recipe), nil
}
