package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gocir/cir/train"
	"gocir/lab"
	"gocir/models"
)

// model are the flags of a model that works.
var model = []string{"-pretrained", "@pre.safetensors", "-text", "@text.safetensors", "-vocab", "@w/vocab.txt"}

// tiny are the flags of a training of a few steps.
var tiny = []string{
	"-data", "@w", "-pretrained", "@pre.safetensors", "-vocab", "@w/vocab.txt", "-runs", "runs",
	"-epochs", "2", "-batch-size", "8", "-set", "MaxSteps=3",
}

// with is args and more, without a change of args.
func with(args []string, more ...string) []string { return append(args[:len(args):len(args)], more...) }

// Both stages are trained, measured and submitted with the commands that the commands themselves print.
func TestBothStagesEndToEnd(t *testing.T) {
	dir := t.TempDir()
	first := runIn(t, dir, append([]string{"train", "-recipe", "text-cirr-tiny"}, tiny...)...)
	first.want(t, 0, "backend ", "embeddings are kept in", "best validation", "mean(R@5, Rs@1)", "tuned_blip_mean.safetensors")
	second := runIn(t, dir, append([]string{"train", "-recipe", "combiner-cirr-tiny", "-text", line(t, first, "best"), "-set", "Precision=bfloat16"}, tiny...)...)
	second.want(t, 0, "best validation", "combiner_mean.safetensors", "-precision bfloat16")
	run := filepath.Dir(filepath.Dir(line(t, second, "best")))
	runIn(t, dir, "train", "-resume", run).want(t, failed, run, "the training is finished")
	next := strings.Fields(line(t, second, "next"))
	runIn(t, dir, next[1:]...).want(t, 0, "protocol", "cirr", "Rs@3", "composer combiner")

	submit := with(model, "-combiner", line(t, second, "best"), "-data", "@w")
	sent := runIn(t, dir, append([]string{"submit", "-name", "bi", "-out", "sent"}, submit...)...)
	sent.want(t, 0, "queries answered")
	for _, path := range strings.Fields(sent.stdout) {
		runIn(t, dir, "submit", "-data", "@w", "-check", path).want(t, 0, "takes")
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		spoilt := filepath.Join(dir, "spoilt.json")
		if err := os.WriteFile(spoilt, replace("rc2", "rc1")(data), 0o644); err != nil {
			t.Fatal(err)
		}
		runIn(t, dir, "submit", "-data", "@w", "-check", spoilt).want(t, failed, "rc1", "spoilt.json")
	}
}

// line is what a command printed after a word and a colon.
func line(t *testing.T, o outcome, word string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^` + word + `: +(.*)$`).FindStringSubmatch(o.stdout)
	if found == nil {
		t.Fatalf("no line %q in:\n%s\n%s", word, o.stdout, o.stderr)
	}
	return found[1]
}

// Every option of the original sets the recipe's field, -set sets any, and -print shows the outcome and runs nothing.
func TestPrintShowsEveryChange(t *testing.T) {
	dir := t.TempDir()
	o := runIn(t, dir, strings.Fields(`train -recipe combiner-fashioniq -print -name mine -preset tiny -categories shirt,dress
		-num-epochs 7 -batch-size 9 --combiner-lr 1e-3 -min-lr 1e-4 -max-epoch 6 -backward-weight 0.3 -projection-dim 11
		-hidden-dim 12 -blip-bs 13 -transform squarepad -target-ratio 1.5 -input-dim 24 -no-save-training -save-best=false
		-validation-frequency 2 -seed 5 -set PairDropout=independent -set max_steps=8`)...)
	o.want(t, 0)
	var got train.Recipe
	if err := json.Unmarshal([]byte(o.stdout), &got); err != nil {
		t.Fatal(err)
	}
	want := models.CombinerFashionIQ.But("mine", func(r *train.Recipe) {
		r.Preset, r.Categories, r.Epochs, r.BatchSize = "tiny", []string{"shirt", "dress"}, 7, 9
		r.LearningRate, r.MinLearningRate, r.MaxEpoch, r.BackwardWeight = 1e-3, 1e-4, 6, 0.3
		r.Projection, r.Hidden, r.ImageBatch, r.Transform, r.Target, r.InputSize = 11, 12, 13, "squarepad", 1.5, 24
		r.SaveTraining, r.SaveBest, r.ValidationFrequency, r.Seed = false, false, 2, 5
		r.PairDropout, r.MaxSteps = "independent", 8
	})
	if a, b := asJSON(t, got), asJSON(t, want); a != b {
		t.Errorf("the recipe is\n%s\nwant\n%s", a, b)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("-print wrote %v", left[1:])
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An evaluation names the protocol of every number, in each format and in the files.
func TestEvalNamesProtocols(t *testing.T) {
	dir := t.TempDir()
	args := append([]string{"eval", "-dataset", "fashioniq", "-data", "@w", "-combiner", "@combiner.safetensors", "-out", "out"}, model...)
	for _, c := range [][2]string{
		{"table", "fashioniq-val  "}, {"csv", "fashioniq-val,mean,"}, {"md", "| fashioniq-val | mean |"}, {"json", `"protocol": "fashioniq-val"`},
	} {
		runIn(t, dir, with(args, "-format", c[0])...).want(t, 0, c[1], "fashioniq-split", "report.md")
	}
	var results lab.Results
	data, err := os.ReadFile(filepath.Join(dir, "out", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &results); err != nil {
		t.Fatal(err)
	}
	if len(results.Results) != 2 || results.Composer != lab.Combiner || results.Cached != results.Results[0].Gallery || results.Encoded != 0 || results.About["go"] == "" {
		t.Errorf("results.json holds %d results, composer %s, %d cached, %d encoded", len(results.Results), results.Composer, results.Cached, results.Encoded)
	}
	only := runIn(t, dir, with(args, "-categories", "shirt", "-format", "csv")...)
	if only.want(t, 0, "fashioniq-split,shirt,"); strings.Contains(only.stdout, "dress") {
		t.Errorf("categories that were not chosen are in:\n%s", only.stdout)
	}
}

// What only shows something shows it.
func TestShowing(t *testing.T) {
	dir := t.TempDir()
	runIn(t, dir, "version").want(t, 0, "gocir", "go1.")
	runIn(t, dir, "models").want(t, 0, "combiner-cirr-forward", "80f0db536f588253fca416af83cb50fab709edda", "43.49", "base")
	runIn(t, dir, "models", "-format", "json").want(t, 0, `"released"`, `"patch_size": 16`)
	runIn(t, dir, "inspect", "@combiner.safetensors").want(t, 0, "dynamic_scalar.3.weight", "SHA-1", "not one of the released")
	runIn(t, dir, "inspect", "-format", "json", "@combiner.safetensors").want(t, 0, `"sha1"`, `"kind": "combiner"`)
	runIn(t, dir, "data", "draw", "-n", "200", "-size", "32", "-data", "drawn").want(t, 0, "drawn")
	runIn(t, dir, "data", "draw", "-like", "drawn", "-splits", "val", "-size", "32", "-dir", "like").want(t, 0, "like")
	runIn(t, dir, "data", "check", "-dataset", "cirr", "-data", "like").want(t, failed, "val", "not whole")
}
