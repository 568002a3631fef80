package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"gocir/cir"
	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/lab"
	"gocir/models"
)

type trainCommand struct {
	Recipe string `placeholder:"NAME" help:"Recipe: all that determines a training; cir models lists them." otherwise:"needed, but for -resume" eg:"-recipe combiner-fashioniq"`
	Data   string `placeholder:"DIR" help:"Folder that holds fashionIQ_dataset or cirr_dataset, or is it." otherwise:"needed, but for -print and -resume" eg:"-data datasets/data"`

	Pretrained string   `placeholder:"FILE" help:"Both pretrained encoders: BLIP's model_base.pth or a file of ours." otherwise:"needed, but for -print and -resume" eg:"-pretrained models/weights/model_base.pth"`
	Runs       string   `default:"checkpoints/runs" placeholder:"DIR" help:"Folder in which the run's folder is made." eg:"-runs /data/runs"`
	Set        []string `sep:"none" placeholder:"FIELD=VALUE" help:"Set any field of the recipe, by the name that -print shows or its name in Go; may be repeated, and goes before other flags." otherwise:"the recipe as it is" eg:"-set MaxSteps=100"`
	Print      bool     `help:"Print the whole recipe as JSON and don't run it." otherwise:"off" eg:"-print"`

	Resume    string        `placeholder:"DIR" help:"Go on with the training whose run folder this is, where it stopped; it ends with the same bits as if it had not. Recipe and files are the run's." otherwise:"a new training" eg:"-resume checkpoints/runs/combiner-cirr-20261127-044000"`
	Previous  bool          `help:"With -resume: if the newest checkpoint is damaged, go on from the one before it." otherwise:"off, a damaged checkpoint is an error" eg:"-previous"`
	SaveEvery time.Duration `default:"10m" placeholder:"TIME" help:"Write a checkpoint to resume from whenever the last one is so old; one is written after each validated epoch, too." eg:"-save-every 1m"`
	OnNan     string        `default:"stop" enum:"stop,skip" placeholder:"WHAT" help:"What a step does whose loss or gradients are not finite numbers: stop ends the training before it, skip leaves the step out and counts it." eg:"-on-nan skip"`

	fileFlags   `embed:""`
	recipeFlags `embed:""`
}

// Run trains.
func (c *trainCommand) Run(a *app) error {
	recipe, begun, err := c.resolve()
	if err != nil {
		return err
	}
	if c.Print {
		return a.printJSON(recipe)
	}
	if c.Data == "" || c.Pretrained == "" {
		return misuse("training needs -data DIR and -pretrained FILE")
	}
	if recipe.Stage == train.Contrastive {
		return misuse("recipe %s trains on the descriptions of a drawn data set: `cir demo` runs it", recipe.Name)
	}
	d, err := lab.OpenDataset(recipe.Dataset, c.Data, recipe.Categories...)
	if err != nil {
		return err
	}
	if recipe.Stage == train.Combiner && c.Text == "" {
		a.logf("no -text is given: the Combiner is trained on the pretrained text encoder, as it is before stage I")
	}
	session, line, err := c.open(a, models.Files{Pretrained: c.Pretrained, Text: c.Text}, recipe)
	if err != nil {
		return err
	}
	if begun["backend"] != "" && begun["backend"] != line {
		a.logf("the run was begun on another backend (%s): its last bits will not be those of a training that was not stopped", begun["backend"])
	}
	about, err := c.about(line)
	if err != nil {
		return err
	}
	mourner := &mourner{app: a}
	trained, err := session.Train(a, lab.Training{
		Recipe: recipe, Dataset: d, Runs: c.Runs, About: about, Progress: a.progress.Training(recipe.MaxSteps),
		Resume: c.Resume, Previous: c.Previous, SkipNaN: c.OnNan == "skip", SaveEvery: c.SaveEvery, Opened: mourner.watch,
	})
	mourner.dismiss()
	if err != nil {
		if trained != nil && trained.Run != nil {
			a.kept = fmt.Sprintf("%d of %d epochs are done; what is kept of them is in %s. Go on with: %s",
				len(trained.History), recipe.Epochs, trained.Run.Dir, resumeCommand(trained.Run.Dir))
			if a.Err() == nil {
				a.logf("%s", a.kept)
			}
		}
		return err
	}
	return c.show(a, d, recipe, trained)
}

// resolve is the recipe that is asked for, or that of the run to resume, whose files are then taken where none are given.
// begun is what that run noted of itself.
func (c *trainCommand) resolve() (recipe train.Recipe, begun map[string]string, err error) {
	changes := append(c.changes(), c.Set...)
	switch {
	case c.Resume == "" && c.Recipe == "":
		return recipe, nil, misuse("-recipe NAME is needed, or -resume DIR")
	case c.Resume == "" && c.Previous:
		return recipe, nil, misuse("-previous is for -resume DIR")
	case c.Resume == "":
		recipe, err = models.Resolve(c.Recipe, changes...)
		if err != nil {
			err = usageError{err}
		}
		return recipe, nil, err
	}
	run, err := train.OpenRun(c.Resume)
	if err != nil {
		return recipe, nil, err
	}
	if !c.Print && run.Ended() { // said before anything is asked for
		return recipe, nil, fmt.Errorf("resuming %s: %w", c.Resume, train.ErrFinished)
	}
	if recipe, err = run.Recipe(); err != nil {
		return recipe, nil, err
	}
	asked := recipe
	if c.Recipe != "" {
		asked, err = models.Resolve(c.Recipe, changes...)
	} else {
		asked, err = models.Changed(recipe, changes...)
	}
	if err != nil {
		return recipe, nil, usageError{err}
	}
	if err := recipe.Same(asked); err != nil {
		return recipe, nil, fmt.Errorf("resuming %s: %w", c.Resume, err)
	}
	if begun, err = run.About(); err != nil {
		return recipe, nil, err
	}
	for name, file := range c.files() {
		if *file == "" {
			*file = begun[name]
		}
	}
	return recipe, begun, nil
}

// files are the flags that a resumed run takes from the command that began it, by their names in machine.json.
func (c *trainCommand) files() map[string]*string {
	return map[string]*string{"data": &c.Data, "pretrained": &c.Pretrained, "text": &c.Text, "vocab": &c.Vocab}
}

// about is what machine.json notes: the backend, and where the files are.
func (c *trainCommand) about(backend string) (map[string]string, error) {
	about := map[string]string{"backend": backend}
	for name, file := range c.files() {
		if *file == "" {
			continue
		}
		path, err := filepath.Abs(*file)
		if err != nil {
			return nil, fmt.Errorf("noting where %s is: %w", *file, err)
		}
		about[name] = path
	}
	return about, nil
}

// show prints what a training left, and what to do with it.
func (c *trainCommand) show(a *app, d datasets.Dataset, recipe train.Recipe, t *lab.Trained) error {
	best := t.Run.Best(recipe)
	if result, epoch := bestResult(recipe, t.History); result != nil {
		table := lab.ResultTable(fmt.Sprintf("best validation, epoch %d of %d", epoch+1, recipe.Epochs), *result)
		if err := table.WriteTerminal(a.stdout); err != nil {
			return err
		}
	}
	command := []string{"cir eval", "-dataset", d.Name(), "-data", c.Data}
	for _, flag := range [][2]string{{"-pretrained", c.Pretrained}, {"-vocab", c.Vocab}, {"-text", c.Text}} {
		switch {
		case recipe.Stage == train.Text && recipe.TrainImage && flag[0] == "-pretrained":
			flag[1] = best
		case recipe.Stage == train.Text && flag[0] == "-text":
			flag[1] = map[bool]string{false: best}[recipe.TrainImage]
		}
		if flag[1] != "" {
			command = append(command, flag[:]...)
		}
	}
	if recipe.Stage == train.Combiner {
		command = append(command, "-combiner", best)
	}
	command = append(command, asUsed(recipe)...)
	_, err := fmt.Fprintf(a.stdout, "\nrun:  %s\nbest: %s\nnext: %s\n", t.Run.Dir, best, strings.Join(quoted(command), " "))
	return err
}

// asUsed are the flags with which cir eval prepares pictures and texts as the recipe did.
func asUsed(r train.Recipe) []string {
	var flags []string
	add := func(differs bool, flag string, value any) {
		if differs {
			flags = append(flags, flag, fmt.Sprint(value))
		}
	}
	add(r.Preset != "base", "-preset", r.Preset)
	add(r.Transform != "targetpad", "-transform", r.Transform)
	add(r.Target != 1.25, "-target-ratio", r.Target)
	add(r.InputSize != 0, "-input-dim", r.InputSize)
	add(r.MaxLength != 77, "-max-length", r.MaxLength)
	add(r.Precision == cir.BFloat16, "-precision", r.Precision)
	add(len(r.Categories) > 0, "-categories", strings.Join(r.Categories, ","))
	if r.NoMarks {
		flags = append(flags, "-no-marks")
	}
	return flags
}

func quoted(words []string) []string {
	for i, word := range words {
		if i > 0 && strings.ContainsAny(word, " \t'\"$\\*?&;|<>()") {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return words
}

// bestResult is the validation that the best checkpoint was chosen by, and its epoch.
func bestResult(recipe train.Recipe, history []train.EpochRecord) (best *eval.Result, epoch int) {
	metric := lab.MainMetric(recipe.Dataset)
	highest := 0.0
	for _, record := range history {
		if record.Validation == nil {
			continue
		}
		if value, _ := record.Validation.Metric(metric); best == nil || value > highest {
			best, highest, epoch = record.Validation, value, record.Epoch
		}
	}
	return best, epoch
}

// printJSON prints a value for programs.
func (a *app) printJSON(value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return errors.Join(errors.New("printing JSON"), err)
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", text)
	return err
}
