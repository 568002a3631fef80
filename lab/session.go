package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"

	"gocir/cir"
	"gocir/cir/backend"
	"gocir/cir/embed"
	"gocir/cir/preprocess"
	"gocir/cir/tokenize"
	"gocir/cir/train"
	"gocir/models"
)

// Composer names the function that fuses a reference image and a modification text.
type Composer string

// The composers.
const (
	Sum      Composer = "sum"      // normalised element-wise sum: stage I
	Combiner Composer = "combiner" // the trained Combiner: stage II
)

// Options say what a session opens.
type Options struct {
	Backend     compute.Backend
	Devices     int          // of the backend, which share each batch; 0: as many GPUs as divide the recipe's batches, one on a CPU
	Files       models.Files // checkpoints
	Vocabulary  string       // file of the tokenizer's vocabulary; empty: BERT's, which is built in
	Recipe      train.Recipe // how pictures and texts are prepared: preset, transform, ratio, input size, batches
	Cache       string       // folder of cached embeddings; empty: none are kept
	SkipMissing bool         // leave out what needs a missing picture, and say so, instead of stopping
	MaxPixels   int          // of a picture, width times height: a larger one is refused; 0: preprocess.DefaultMaxPixels
	Watch       Watch        // told how long work goes on; nil: nobody
	Note        Note         // told what of the cache was of no use; nil: nobody
}

// Watch is told how far a piece of long work is.
type Watch func(what string, done, total int)

// Note is told, in a line each, what should be known of work that goes on all the same. Several goroutines may call it.
type Note func(line string)

// A Session is a model with all that is needed to use it: tokenizer, preprocessing, cache.
type Session struct {
	Model     *cir.Model
	Tokenizer *tokenize.Tokenizer

	options Options
	digest  string // of the image encoder's weights
}

// Open loads checkpoints, vocabulary and sizes. They must fit each other, or nothing is opened.
func Open(o Options) (*Session, error) {
	config, err := models.Sizes(o.Recipe.Preset, o.Files.Pretrained)
	if err != nil {
		return nil, err
	}
	if o.Recipe.InputSize > 0 {
		config.Image.ImageSize = o.Recipe.InputSize
	}
	tokenizer, err := openTokenizer(o.Vocabulary)
	if err != nil {
		return nil, err
	}
	if o.Vocabulary != "" {
		config.Text.Vocabulary = tokenizer.Size()
	}
	model, err := models.Load(o.Backend, config, o.Files)
	if err != nil {
		return nil, err
	}
	return OpenModel(model, tokenizer, o)
}

func openTokenizer(vocabulary string) (*tokenize.Tokenizer, error) {
	if vocabulary == "" {
		return tokenize.Default(), nil
	}
	return tokenize.Open(vocabulary)
}

// OpenModel is Open for a model that is there already.
func OpenModel(m *cir.Model, t *tokenize.Tokenizer, o Options) (*Session, error) {
	devices, err := o.share(m.Backend)
	if err == nil {
		m, err = m.On(devices, o.Recipe.Precision)
	}
	if err != nil {
		return nil, fmt.Errorf("opening a model: %w", err)
	}
	s := &Session{Model: m, Tokenizer: t, options: o}
	if err := errors.Join(t.CheckRows(m.Config.Text.Vocabulary), s.preprocess().Validate()); err != nil {
		return nil, fmt.Errorf("opening a model: %w", err)
	}
	return s, nil
}

// share are the devices that share the batches.
func (o Options) share(b compute.Backend) (*cir.Devices, error) {
	count, r := o.Devices, o.Recipe
	if count == 0 {
		count = dividing(backend.GPUs(b), r.ImageBatch, r.TextBatch, r.BatchSize/max(1, r.LengthGroups), r.TileRows)
	}
	devices, err := cir.NewDevices(b, count)
	if err != nil {
		return nil, err
	}
	return devices, errors.Join(devices.Divide("ImageBatch", r.ImageBatch), devices.Divide("TextBatch", r.TextBatch))
}

// dividing is the largest number up to most that divides all batches, at least 1.
func dividing(most int, batches ...int) int {
	for count := most; count > 1; count-- {
		if !slices.ContainsFunc(batches, func(n int) bool { return n%count != 0 }) {
			return count
		}
	}
	return 1
}

// With is s with other weights over its own, and a fresh cache key where they are the image encoder's.
func (s *Session) With(weights cir.Weights) *Session {
	other := *s
	other.Model = s.Model.With(weights)
	for _, spec := range s.Model.Config.ImageSpecs() {
		if weights[spec.Name] != nil {
			other.digest = ""
		}
	}
	return &other
}

func (s *Session) preprocess() preprocess.Recipe {
	r := s.options.Recipe.Preprocess(s.Model.Config.Image.ImageSize)
	r.MaxPixels = s.options.MaxPixels
	return r
}

// Images embeds pictures with the image encoder: raw embeddings, in the order of names. Those that the cache has are
// not encoded again; Options.Note is told of those that it should have had.
func (s *Session) Images(ctx context.Context, source embed.Source, names []string) (*embed.Embeddings, *embed.Report, error) {
	if s.options.Cache != "" && s.digest == "" {
		digest, err := s.Model.Weights.Digest(s.Model.Config.ImageSpecs())
		if err != nil {
			return nil, nil, err
		}
		s.digest = digest
	}
	images := embed.Images{
		Encode: s.Model.EncodeImages, Width: s.Model.Config.EmbedDim, Recipe: s.preprocess(),
		BatchSize: s.options.Recipe.ImageBatch, CacheDir: s.options.Cache, WeightsDigest: s.address(s.digest),
		SkipMissing: s.options.SkipMissing, Progress: s.watch("encoding images"),
	}
	embeddings, report, err := images.Embed(ctx, source, names)
	for _, line := range report.Notes() {
		s.note(line)
	}
	return embeddings, report, err
}

// address is that of what an encoder computes whose weights have this digest.
func (s *Session) address(digest string) string {
	if s.Model.Precision == cir.BFloat16 {
		return digest + " " + string(cir.BFloat16)
	}
	return digest
}

// Texts embeds texts with the text encoder: raw embeddings, in the order of texts.
func (s *Session) Texts(ctx context.Context, texts []string) (*embed.Embeddings, error) {
	return embed.Texts{
		Encode: s.Model.EncodeTexts, Width: s.Model.Config.EmbedDim, Tokenizer: s.Tokenizer,
		BatchSize: s.options.Recipe.TextBatch, MaxLength: s.options.Recipe.MaxLength, Progress: s.watch("encoding texts"),
	}.Embed(ctx, texts)
}

// Compose composes n queries [n, E] from raw embeddings of images and texts.
func (s *Session) Compose(c Composer, images, texts []float32, n int) ([]float32, error) {
	switch c {
	case Sum:
		return s.Model.Sum(images, texts, n)
	case Combiner:
		composed, _, err := s.Model.Combine(images, texts, n)
		return composed, err
	}
	return nil, fmt.Errorf("composer %q is neither %q nor %q", c, Sum, Combiner)
}

func (s *Session) watch(what string) func(done, total int) {
	if s.options.Watch == nil {
		return nil
	}
	return func(done, total int) { s.options.Watch(what, done, total) }
}

func (s *Session) note(line string) {
	if s.options.Note != nil {
		s.options.Note(line)
	}
}
