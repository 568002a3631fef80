package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gocir/atomicfile"
	"gocir/cir"
	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/datasets"
	"gocir/lab"
	"gocir/models"
)

type trainCommand struct {
	Recipe string `required:"" placeholder:"NAME" help:"Recipe: all that determines a training; cir models lists them." eg:"-recipe combiner-fashioniq"`
	Data   string `placeholder:"DIR" help:"Folder that holds fashionIQ_dataset or cirr_dataset, or is it." otherwise:"needed, but for -print" eg:"-data datasets/data"`

	Pretrained string   `placeholder:"FILE" help:"Both pretrained encoders: BLIP's model_base.pth or a file of ours." otherwise:"needed, but for -print" eg:"-pretrained models/weights/model_base.pth"`
	Runs       string   `default:"checkpoints/runs" placeholder:"DIR" help:"Folder in which the run's folder is made." eg:"-runs /data/runs"`
	Set        []string `sep:"none" placeholder:"FIELD=VALUE" help:"Set any field of the recipe, by the name that -print shows or its name in Go; may be repeated, and goes before other flags." otherwise:"the recipe as it is" eg:"-set MaxSteps=100"`
	Print      bool     `help:"Print the whole recipe as JSON and don't run it." otherwise:"off" eg:"-print"`

	fileFlags   `embed:""`
	recipeFlags `embed:""`
}

// Run trains.
func (c *trainCommand) Run(a *app) error {
	recipe, err := models.Resolve(c.Recipe, append(c.changes(), c.Set...)...)
	if err != nil {
		return usageError{err}
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
	trained, err := session.Train(a, lab.Training{
		Recipe: recipe, Dataset: d, Runs: c.Runs, About: map[string]string{"backend": line},
		Progress: a.progress.Training(recipe.MaxSteps),
	})
	if trained != nil && trained.Run != nil {
		a.kept = fmt.Sprintf("%d of %d epochs are done; what is kept of them is in %s.", len(trained.History), recipe.Epochs, trained.Run.Dir)
		log := a.progress.log.String()
		if err != nil {
			log += fmt.Sprintf("%v\n%s\n", err, a.kept)
		}
		if err != nil && a.Err() == nil {
			a.logf("%s", a.kept)
		}
		err = errors.Join(err, atomicfile.WriteFile(trained.Run.Path("log.txt"), []byte(log)))
	}
	if err != nil {
		return err
	}
	return c.show(a, d, recipe, trained)
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
	metric := map[string]string{"fashioniq": "average recall", "cirr": "mean(R@5, Rs@1)"}[recipe.Dataset]
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
