package train

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"gocir/cir"
	"gocir/cir/preprocess"
)

// Stage says what a recipe trains.
type Stage string

// The stages.
const (
	Text        Stage = "text"        // stage I: the text encoder, composer sum
	Combiner    Stage = "combiner"    // stage II: the Combiner on frozen encoders
	Contrastive Stage = "contrastive" // both encoders on pictures and their descriptions (BLIP's image–text loss)
)

// A Recipe is an experiment as a value: with the data it determines every number of a training. The zero value of a
// field means what its comment says; models.Recipes has the recipes of the paper.
type Recipe struct {
	Name    string `json:"name"`    // names the run folder: letters, digits and dashes
	Stage   Stage  `json:"stage"`   // text, combiner or contrastive
	Dataset string `json:"dataset"` // fashioniq or cirr
	Preset  string `json:"preset"`  // sizes of the model, a name of models.Presets

	Categories []string `json:"categories,omitempty"` // FashionIQ's; none means dress, shirt and toptee

	Epochs    int  `json:"epochs"`     // passes over the training triplets
	BatchSize int  `json:"batch_size"` // B, triplets
	KeepLast  bool `json:"keep_last"`  // train on the last, smaller batch too; the original drops it
	MaxSteps  int  `json:"max_steps"`  // stop after so many steps; 0: after Epochs

	LearningRate    float64 `json:"learning_rate"`
	MinLearningRate float64 `json:"min_learning_rate"` // where the cosine ends
	MaxEpoch        int     `json:"max_epoch"`         // epoch at which the cosine reaches the minimum; 0: the rate is constant
	ClampCosine     bool    `json:"clamp_cosine"`      // stay at the minimum afterwards; UPSTREAM: the original's rate rises again
	ProjectionRate  float64 `json:"projection_rate"`   // the rate of text_proj is this times LearningRate, constant; the original has 100
	WeightDecay     float64 `json:"weight_decay"`      // decoupled (AdamW) on everything that has a gradient; 0 is Adam
	Beta1           float64 `json:"beta1"`             // 0 means 0.9
	Beta2           float64 `json:"beta2"`             // 0 means 0.999
	Epsilon         float64 `json:"epsilon"`           // 0 means 1e-8

	BackwardWeight float64 `json:"backward_weight"` // w of loss = forward + w · backward; 0 is BLIP4CIR, forward only
	NoMarks        bool    `json:"no_marks"`        // leave the direction marks out of the texts (an ablation)

	Projection      int             `json:"projection"`       // stage II: the Combiner's projection width; 0: the preset's
	Hidden          int             `json:"hidden"`           // stage II: the Combiner's hidden width; 0: the preset's
	CombinerDropout float64         `json:"combiner_dropout"` // stage II, [0, 1); the original has 0.5
	PairDropout     cir.PairDropout `json:"pair_dropout"`     // stage II: shared (factorised) or independent (as the original)
	TileRows        int             `json:"tile_rows"`        // stage II: rows of the B×B pairs at a time, which bounds memory; 0: all at once

	Precision cir.Precision `json:"precision"` // float32, or bfloat16 for the products of encoders and Combiner, the frozen ones too; empty: float32

	TrainImage   bool    `json:"train_image"`   // stage I: fine-tune the image encoder too; pictures are then encoded in each step
	Checkpoint   bool    `json:"checkpoint"`    // gradient checkpointing of the encoders: less memory, more time, same numbers
	ImageBatch   int     `json:"image_batch"`   // pictures encoded at a time by the frozen image encoder; the original's blip-bs, 32
	LengthGroups int     `json:"length_groups"` // stage I: a batch's texts are encoded in so many groups of like length, which saves padding; 0: one
	TextBatch    int     `json:"text_batch"`    // texts encoded at a time by the frozen text encoder; 32
	MaxLength    int     `json:"max_length"`    // tokens per text; 77
	Transform    string  `json:"transform"`     // targetpad or squarepad
	Target       float64 `json:"target_ratio"`
	InputSize    int     `json:"input_size"` // side of the encoder's pictures, in pixels; 0: the preset's

	SaveTraining        bool `json:"save_training"`        // keep the last checkpoint with the optimizer's state
	SaveBest            bool `json:"save_best"`            // keep the best checkpoints
	ValidationFrequency int  `json:"validation_frequency"` // validate every so many epochs, and after the last

	Seed uint64 `json:"seed"`
}

// MemoryFields names the fields of a recipe that save memory, for messages.
const MemoryFields = "Checkpoint and LengthGroups (stage I), TileRows (stage II), a smaller BatchSize, ImageBatch or TextBatch"

// But is r with another name and changes: a variant is its difference.
func (r Recipe) But(name string, change func(*Recipe)) Recipe {
	r.Name = name
	change(&r)
	return r
}

// Preprocess is the picture recipe for an encoder of this input size.
func (r Recipe) Preprocess(size int) preprocess.Recipe {
	return preprocess.Recipe{Transform: r.Transform, TargetRatio: r.Target, Size: size}
}

// maxName is the longest name of a recipe, in bytes: a file name has 255, of which the time takes some.
const maxName = 200

// namesFolder reports whether a folder can have that name.
func namesFolder(name string) bool {
	return name != "" && len(name) <= maxName && name[0] != '.' && utf8.ValidString(name) &&
		!strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, unicode.IsControl)
}

// Validate reports every way in which r cannot be run.
func (r Recipe) Validate() error {
	var errs []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(!namesFolder(r.Name), "Name %.60q can't name a run folder: give letters, digits and dashes, %d at most", r.Name, maxName)
	refuse(r.Stage != Text && r.Stage != Combiner && r.Stage != Contrastive, "Stage %q is none of text, combiner, contrastive", r.Stage)
	refuse(r.Dataset != "fashioniq" && r.Dataset != "cirr", "Dataset %q is neither fashioniq nor cirr", r.Dataset)
	refuse(r.Epochs < 1, "Epochs %d is not positive", r.Epochs)
	refuse(r.BatchSize < 1, "BatchSize %d is not positive", r.BatchSize)
	refuse(!(r.LearningRate > 0 && r.LearningRate <= math.MaxFloat64), "LearningRate %v is not positive and finite", r.LearningRate)
	refuse(!(r.MinLearningRate >= 0 && r.MinLearningRate <= r.LearningRate), "MinLearningRate %v is not in [0, LearningRate]", r.MinLearningRate)
	refuse(r.MaxEpoch < 0, "MaxEpoch %d is negative", r.MaxEpoch)
	for _, f := range []struct {
		name         string
		value, below float64
	}{
		{"ProjectionRate", r.ProjectionRate, math.Inf(1)},
		{"WeightDecay", r.WeightDecay, math.Inf(1)},
		{"Beta1", r.Beta1, 1},
		{"Beta2", r.Beta2, 1},
		{"Epsilon", r.Epsilon, math.Inf(1)},
		{"BackwardWeight", r.BackwardWeight, math.Inf(1)},
		{"CombinerDropout", r.CombinerDropout, 1},
	} {
		refuse(!(f.value >= 0 && f.value < f.below), "%s %v is not in [0, %v)", f.name, f.value, f.below)
	}
	refuse(r.TileRows < 0 || r.MaxSteps < 0, "TileRows %d or MaxSteps %d is negative", r.TileRows, r.MaxSteps)
	refuse(r.Projection < 0 || r.Hidden < 0, "Projection %d or Hidden %d is negative", r.Projection, r.Hidden)
	refuse(r.ImageBatch < 1 || r.TextBatch < 1, "ImageBatch %d or TextBatch %d is not positive", r.ImageBatch, r.TextBatch)
	refuse(r.LengthGroups < 0 || r.LengthGroups > max(r.BatchSize, 0), "LengthGroups %d is not in [0, BatchSize]", r.LengthGroups)
	refuse(r.LengthGroups > 1 && r.Stage != Text, "LengthGroups is for stage I")
	refuse(r.LengthGroups > 1 && r.BatchSize%r.LengthGroups != 0, "BatchSize %d does not divide into %d LengthGroups", r.BatchSize, r.LengthGroups)
	refuse(r.LengthGroups > 1 && r.KeepLast, "LengthGroups wants batches of one size: leave KeepLast out")
	refuse(r.MaxLength < 3, "MaxLength %d leaves no room for a word between [CLS] and [SEP]", r.MaxLength)
	refuse(r.InputSize < 0, "InputSize %d is negative", r.InputSize)
	refuse(r.ValidationFrequency < 1, "ValidationFrequency %d is not positive", r.ValidationFrequency)
	refuse(r.TrainImage && r.Stage == Combiner, "TrainImage is for stage I: stage II trains on frozen encoders")
	errs = append(errs, r.Precision.Validate(), r.Preprocess(max(r.InputSize, 1)).Validate())
	if r.Stage == Combiner {
		errs = append(errs, r.PairDropout.Validate())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("recipe %s: %w", r.Name, err)
	}
	return nil
}
