package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/gomlx/compute"

	"gocir/cir"
	"gocir/cir/backend"
	"gocir/cir/train"
	"gocir/lab"
	"gocir/models"
)

// machineFlags say where work is done.
type machineFlags struct {
	Backend string `placeholder:"NAME" help:"Backend: go, xla, xla:cpu, xla:cuda or xla:/path/of/plugin.so." otherwise:"$GOMLX_BACKEND, else the best that is found" eg:"-backend go"`
	V       bool   `aliases:"verbose" help:"Write a line for every program that is compiled, or taken from those that were kept, with its time, and their sum at the end." otherwise:"off" eg:"-v"`
}

// openBackend opens the backend and says on stderr which one it is. line is what it says.
func (f machineFlags) openBackend(a *app) (b compute.Backend, line string, err error) {
	if b, line, err = backend.Open(f.Backend); err != nil {
		return nil, "", err
	}
	a.logf("%s", line)
	if f.V {
		cir.OnCompile(b, a.compiled.watch(a))
	}
	return b, line, nil
}

// shareFlags say what shares the work.
type shareFlags struct {
	Devices int `placeholder:"N" help:"Devices of the backend that share each batch; results are those of one, but for rounding." otherwise:"as many GPUs as divide the batches, one on a CPU" eg:"-devices 2"`
}

// fileFlags are the files that training and use of a model share.
type fileFlags struct {
	machineFlags `embed:""`
	shareFlags   `embed:""`

	Text        string `placeholder:"FILE" help:"Fine-tuned text encoder of stage I." otherwise:"the pretrained one" eg:"-text tuned_blip_best.pt"`
	Vocab       string `placeholder:"FILE" help:"Vocabulary of the tokenizer, a word piece per line." otherwise:"BERT's, which is built in" eg:"-vocab datasets/data/wardrobe/vocab.txt"`
	Cache       string `placeholder:"DIR" help:"Folder that keeps embeddings of pictures and texts, so that none is computed twice; none keeps nothing." otherwise:"gocir in the user's cache folder" eg:"-cache /data/embeddings"`
	SkipMissing bool   `help:"Leave out what needs a missing or unreadable picture, and say how much that is, instead of stopping." otherwise:"off" eg:"-skip-missing"`
	MaxPixels   int    `default:"178956970" placeholder:"PIXELS" help:"Largest picture that is decoded, width times height; a larger one counts as unreadable, before memory is taken for it." eg:"-max-pixels 25000000"`
}

// useFlags are those of a model that is used as it is.
type useFlags struct {
	fileFlags `embed:""`

	Pretrained  string       `placeholder:"FILE" help:"Both pretrained encoders: BLIP's model_base.pth or a file of ours." otherwise:"needed" eg:"-pretrained models/weights/model_base.pth"`
	Combiner    string       `placeholder:"FILE" help:"Combiner of stage II." otherwise:"none" eg:"-combiner combiner.pt"`
	Composer    lab.Composer `placeholder:"NAME" help:"What fuses image and text: combiner or sum." otherwise:"combiner if one is given, else sum" eg:"-composer sum"`
	Preset      string       `default:"base" placeholder:"NAME" help:"Sizes of the model: base, large or tiny. Checkpoints of ours carry their own." eg:"-preset large"`
	Transform   string       `default:"targetpad" placeholder:"NAME" help:"How pictures are padded: targetpad or squarepad." eg:"-transform squarepad"`
	TargetRatio float64      `default:"1.25" placeholder:"RATIO" help:"Ratio of the sides that targetpad pads to." eg:"-target-ratio 1.25"`
	InputDim    int          `aliases:"input-size" placeholder:"PIXELS" help:"Side of the encoder's pictures in pixels." otherwise:"the model's, 384 for base" eg:"-input-dim 384"`
	BlipBs      int          `default:"32" aliases:"image-batch" placeholder:"N" help:"Pictures encoded at a time." eg:"-blip-bs 64"`
	TextBatch   int          `default:"32" placeholder:"N" help:"Texts encoded at a time." eg:"-text-batch 64"`
	MaxLength   int          `default:"77" placeholder:"TOKENS" help:"Tokens per text; what is longer is cut." eg:"-max-length 77"`
	Precision   string       `default:"float32" enum:"float32,bfloat16" placeholder:"NAME" help:"Numbers in which matrices are multiplied: float32 or bfloat16, which is for GPUs." eg:"-precision bfloat16"`
	NoMarks     bool         `help:"Leave the direction marks out of the texts, for a model that was trained without." otherwise:"off" eg:"-no-marks"`
}

// open opens the backend and the model, and says on stderr what it uses. line describes the backend.
func (f fileFlags) open(a *app, files models.Files, recipe train.Recipe) (session *lab.Session, line string, err error) {
	if f.MaxPixels < 1 {
		return nil, "", misuse("-max-pixels must be positive")
	}
	cache, err := cacheFolder(f.Cache)
	if err != nil {
		return nil, "", err
	}
	b, line, err := f.openBackend(a)
	if err != nil {
		return nil, "", err
	}
	if cache != "" {
		a.logf("embeddings are kept in %s", cache)
		a.kept = "The embeddings of the pictures encoded so far are in " + cache + "; the same command goes on from there."
	}
	session, err = lab.Open(lab.Options{
		Backend: b, Devices: f.Devices, Files: files, Vocabulary: f.Vocab, Recipe: recipe, Cache: cache, SkipMissing: f.SkipMissing, MaxPixels: f.MaxPixels,
		Watch: a.progress.Watch, Note: a.note,
	})
	if err == nil && session.Model.Devices.Count() > 1 {
		a.logf("%d devices share each batch", session.Model.Devices.Count())
	}
	return session, line, err
}

// cacheFolder is where embeddings are kept; empty for none.
func cacheFolder(asked string) (string, error) {
	switch asked {
	case "none":
		return "", nil
	case "":
		dir, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding the cache folder: %w (give one with -cache DIR, or -cache none)", err)
		}
		return filepath.Join(dir, "gocir"), nil
	}
	return asked, nil
}

// composer is the one that is asked for.
func (f useFlags) composer() (lab.Composer, error) {
	switch {
	case f.Composer != "" && f.Composer != lab.Sum && f.Composer != lab.Combiner:
		return "", misuse("-composer must be combiner or sum, not %q", f.Composer)
	case f.Composer == lab.Combiner && f.Combiner == "":
		return "", misuse("-composer combiner needs a trained one: add -combiner FILE, or use -composer sum")
	case f.Composer == "" && f.Combiner == "":
		return lab.Sum, nil
	case f.Composer == "":
		return lab.Combiner, nil
	}
	return f.Composer, nil
}

func (f useFlags) open(a *app) (*lab.Session, string, error) {
	switch {
	case f.Pretrained == "":
		return nil, "", misuse("-pretrained FILE is needed")
	case f.BlipBs < 1 || f.TextBatch < 1 || f.MaxLength < 3 || f.InputDim < 0:
		return nil, "", misuse("-blip-bs and -text-batch must be positive, -max-length at least 3, -input-dim not negative")
	}
	files := models.Files{Pretrained: f.Pretrained, Text: f.Text, Combiner: f.Combiner}
	return f.fileFlags.open(a, files, train.Recipe{
		Preset: f.Preset, Transform: f.Transform, Target: f.TargetRatio, InputSize: f.InputDim,
		ImageBatch: f.BlipBs, TextBatch: f.TextBatch, MaxLength: f.MaxLength, NoMarks: f.NoMarks, Precision: cir.Precision(f.Precision),
	})
}

// recipeFlags are the original's options, and each sets the recipe's field that has its name here.
type recipeFlags struct {
	Name                *string  `placeholder:"NAME" help:"Name of the run, which its folder begins with." otherwise:"the recipe's" eg:"-name my-run"`
	Preset              *string  `placeholder:"NAME" help:"Sizes of the model: base, large or tiny." otherwise:"the recipe's, base" eg:"-preset large"`
	Categories          []string `placeholder:"LIST" help:"FashionIQ's categories, with commas between." otherwise:"dress,shirt,toptee" eg:"-categories dress,shirt"`
	Epochs              *int     `aliases:"num-epochs" placeholder:"N" help:"Passes over the training triplets." otherwise:"the recipe's, 20 in stage I, 300 in stage II" eg:"-epochs 20"`
	BatchSize           *int     `placeholder:"N" help:"Triplets in a batch." otherwise:"the recipe's, 128 in stage I, 512 in stage II" eg:"-batch-size 128"`
	LearningRate        *float64 `aliases:"combiner-lr" placeholder:"RATE" help:"Learning rate of the first epoch." otherwise:"the recipe's, 5e-5 in stage I, 2e-5 in stage II" eg:"-learning-rate 5e-5"`
	MinLearningRate     *float64 `name:"min-lr" placeholder:"RATE" help:"Learning rate at the end of the cosine." otherwise:"the recipe's, 0" eg:"-min-lr 1e-7"`
	MaxEpoch            *int     `placeholder:"N" help:"Epoch at which the cosine reaches its end; 0 keeps the rate constant." otherwise:"the recipe's, 10 in stage I, 0 in stage II" eg:"-max-epoch 10"`
	BackwardWeight      *float64 `placeholder:"W" help:"Weight of the backward loss; 0 leaves it out." otherwise:"the recipe's, 0.1 to 0.5" eg:"-backward-weight 0.4"`
	Projection          *int     `name:"projection-dim" placeholder:"N" help:"Width of the Combiner's projections." otherwise:"the preset's, 2560 in base" eg:"-projection-dim 2560"`
	Hidden              *int     `name:"hidden-dim" placeholder:"N" help:"Width of the Combiner's hidden layer." otherwise:"the preset's, 5120 in base" eg:"-hidden-dim 5120"`
	ImageBatch          *int     `name:"blip-bs" aliases:"image-batch" placeholder:"N" help:"Pictures encoded at a time." otherwise:"the recipe's, 32" eg:"-blip-bs 64"`
	Transform           *string  `placeholder:"NAME" help:"How pictures are padded: targetpad or squarepad." otherwise:"the recipe's, targetpad" eg:"-transform squarepad"`
	Target              *float64 `name:"target-ratio" placeholder:"RATIO" help:"Ratio of the sides that targetpad pads to." otherwise:"the recipe's, 1.25" eg:"-target-ratio 1.25"`
	InputSize           *int     `name:"input-dim" aliases:"input-size" placeholder:"PIXELS" help:"Side of the encoder's pictures in pixels." otherwise:"the model's, 384 in base" eg:"-input-dim 384"`
	SaveTraining        *bool    `negatable:"" help:"Keep the last checkpoint, with the optimizer's state." otherwise:"the recipe's, on" eg:"-save-training=false"`
	SaveBest            *bool    `negatable:"" help:"Keep the best checkpoints." otherwise:"the recipe's, on" eg:"-save-best=false"`
	ValidationFrequency *int     `placeholder:"N" help:"Validate every N epochs, and after the last." otherwise:"the recipe's, 1 in stage I, 3 in stage II" eg:"-validation-frequency 3"`
	Seed                *uint64  `placeholder:"N" help:"Seed of all that is random." otherwise:"the recipe's, 0" eg:"-seed 1"`
}

// changes are the fields that flags set, written Field=value.
func (f recipeFlags) changes() []string {
	var out []string
	flags := reflect.ValueOf(f)
	for i := range flags.NumField() {
		field, name := flags.Field(i), flags.Type().Field(i).Name
		switch {
		case field.IsZero():
		case field.Kind() == reflect.Slice:
			out = append(out, name+"="+strings.Join(field.Interface().([]string), ","))
		default:
			out = append(out, fmt.Sprintf("%s=%v", name, field.Elem().Interface()))
		}
	}
	return out
}
