package models_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gocir/cir/train"
	"gocir/models"
)

// Every recipe has a name of its own, can be run, and is found by its name.
func TestRecipes(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range models.Recipes {
		if seen[r.Name] {
			t.Errorf("two recipes are called %s", r.Name)
		}
		seen[r.Name] = true
		resolved, err := models.Resolve(r.Name)
		if err != nil || !reflect.DeepEqual(resolved, r) {
			t.Errorf("%s: %+v, %v", r.Name, resolved, err)
		}
	}
	for _, name := range []string{"text-fashioniq", "combiner-cirr", "pretrain-tiny", "combiner-fashioniq-forward-tiny"} {
		if !seen[name] {
			t.Errorf("there is no recipe %s", name)
		}
	}
}

// An ablation differs from its recipe in the backward weight alone.
func TestAblationsAreDifferences(t *testing.T) {
	for _, pair := range [][2]train.Recipe{
		{models.TextFashionIQ, models.TextFashionIQForward},
		{models.TextCIRR, models.TextCIRRForward},
		{models.CombinerFashionIQ, models.CombinerFashionIQForward},
		{models.CombinerCIRR, models.CombinerCIRRForward},
	} {
		full, ablation := pair[0], pair[1]
		if full.BackwardWeight == 0 || ablation.BackwardWeight != 0 || ablation.Name != full.Name+"-forward" {
			t.Errorf("%s has weight %v, %s has %v", full.Name, full.BackwardWeight, ablation.Name, ablation.BackwardWeight)
		}
		ablation.Name, ablation.BackwardWeight = full.Name, full.BackwardWeight
		if !reflect.DeepEqual(full, ablation) {
			t.Errorf("%s differs in more than the weight", pair[1].Name)
		}
	}
}

// The published commands, as far as a person can check them against the paper's README.
func TestRecipesOfThePaper(t *testing.T) {
	one, two := models.TextFashionIQ, models.CombinerFashionIQ
	if one.Epochs != 20 || one.BatchSize != 128 || one.LearningRate != 5e-5 || one.WeightDecay != 0.05 || one.BackwardWeight != 0.4 || one.MaxEpoch != 10 || one.ProjectionRate != 100 {
		t.Errorf("stage I: %+v", one)
	}
	if two.Epochs != 300 || two.BatchSize != 512 || two.LearningRate != 2e-5 || two.WeightDecay != 0 || two.BackwardWeight != 0.5 || two.CombinerDropout != 0.5 || two.MaxEpoch != 0 {
		t.Errorf("stage II: %+v", two)
	}
	if models.TextCIRR.BackwardWeight != 0.1 || models.CombinerCIRR.BackwardWeight != 0.1 {
		t.Error("CIRR's backward weight is not 0.1")
	}
}

func TestUnknownNamesSuggestNearOnes(t *testing.T) {
	_, recipe := models.Recipe("text-fashionik")
	_, preset := models.Preset("tinny")
	_, far := models.Preset("vit-giant")
	_, field := models.Resolve("text-cirr", "Epoch=3")
	for want, err := range map[string]error{
		`no recipe "text-fashionik"; did you mean text-fashioniq`: recipe,
		`no preset "tinny"; did you mean tiny?`:                   preset,
		"there are base, large, tiny":                             far,
		"did you mean Epochs":                                     field,
	} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// Every kind of field can be set by its name in Go or in JSON; what it can't be is an error that says what it should be.
func TestSet(t *testing.T) {
	r, err := models.Resolve("combiner-fashioniq", "Epochs=7", "learning_rate=1e-3", "KeepLast=true", "Seed=9", "PairDropout=independent", "Categories=dress,shirt")
	if err != nil {
		t.Fatal(err)
	}
	if r.Epochs != 7 || r.LearningRate != 1e-3 || !r.KeepLast || r.Seed != 9 || r.PairDropout != "independent" || !slices.Equal(r.Categories, []string{"dress", "shirt"}) {
		t.Errorf("%+v", r)
	}
	for assignment, want := range map[string]string{
		"Epochs":           "is not Field=value",
		"Epochs=many":      `Epochs must be a whole number, not "many"`,
		"LearningRate=low": "must be a number",
		"KeepLast=maybe":   "must be true or false",
		"Seed=-1":          "must be a whole number from 0 on",
		"Colour=red":       `no field "Colour"`,
		"Epochs=0":         "Epochs 0 is not positive",
		"Name=../out":      `Name "../out" can't name a run folder`,
		"Preset=huge":      `no preset "huge"`,
		"InputSize=385":    "385 is not a multiple",
		"LearningRate=NaN": "LearningRate NaN",
		"WeightDecay=-1":   "WeightDecay -1",
	} {
		if _, err := models.Resolve("combiner-fashioniq", assignment); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error about %s, got %v", assignment, want, err)
		}
	}
	if _, err := models.Resolve("combiner-fashioniq", "Colour=red", "Epochs=many"); err == nil || !strings.Contains(err.Error(), "Colour") || !strings.Contains(err.Error(), "many") {
		t.Errorf("not all problems are in %v", err)
	}
}

func TestPresets(t *testing.T) {
	for name, config := range models.Presets {
		if err := config.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReleased(t *testing.T) {
	for _, want := range models.ReleasedCheckpoints {
		if got, ok := models.FindReleased(want.SHA1); !ok || got != want || len(want.SHA1) != 40 {
			t.Errorf("%s: %+v, %v", want.SHA1, got, ok)
		}
	}
	if _, ok := models.FindReleased("80f0"); ok {
		t.Error("half a digest was found")
	}
}

// Average recalls of the published tables are the means of their parts.
func TestPublishedMeans(t *testing.T) {
	for _, p := range models.PublishedResults {
		for _, k := range []string{"R@10", "R@50"} {
			mean := (p.Metrics["dress "+k] + p.Metrics["shirt "+k] + p.Metrics["toptee "+k]) / 3
			if p.Dataset == "fashioniq" && max(mean-p.Metrics[k], p.Metrics[k]-mean) > 0.0051 {
				t.Errorf("%s: the mean %s is %.3f, the table has %v", p.System, k, mean, p.Metrics[k])
			}
		}
	}
}

// An ablation of one's own is a recipe and its difference.
func ExampleRecipe() {
	r, err := models.Recipe("combiner-fashioniq")
	if err != nil {
		fmt.Println(err)
		return
	}
	half := r.But("half-weight", func(r *train.Recipe) { r.BackwardWeight /= 2 })
	fmt.Println(r.BackwardWeight, half.BackwardWeight, half.Validate())

	_, err = models.Recipe("combiner-fashion")
	fmt.Println(strings.Split(err.Error(), ";")[0])
	// Output:
	// 0.5 0.25 <nil>
	// no recipe "combiner-fashion"
}
