package lab_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/cir/embed"
	"gocir/cir/eval"
	"gocir/cir/train"
	"gocir/lab"
)

// trained runs a recipe, with a run folder.
func trained(t *testing.T, s *lab.Session, r train.Recipe) *lab.Trained {
	t.Helper()
	result, err := s.Train(t.Context(), lab.Training{Recipe: r, Dataset: dataset(t, r.Dataset), Runs: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func measured(t *testing.T, s *lab.Session, name string, c lab.Composer) []eval.Result {
	t.Helper()
	results, err := s.Evaluate(t.Context(), dataset(t, name), "val", c)
	if err != nil {
		t.Fatal(err)
	}
	return results.Results
}

// Stage I, then stage II on its encoder, for both data sets: what the run keeps, opened again, measures what the trained
// session measures, which is what the last validation said.
func TestBothStagesAndBack(t *testing.T) {
	for _, name := range []string{"fashioniq", "cirr"} {
		first := trained(t, session(t, "text-"+name+"-tiny", nil), tinyRecipe(t, "text-"+name+"-tiny"))
		stageI := first.Run.Last(tinyRecipe(t, "text-"+name+"-tiny"))
		want := measured(t, first.Session, name, lab.Sum)
		sameResults(t, []eval.Result{*first.History[len(first.History)-1].Validation}, want[:1])
		withText := func(o *lab.Options) { o.Files.Text = stageI }
		again := session(t, "text-"+name+"-tiny", withText)
		sameResults(t, measured(t, again, name, lab.Sum), want)
		if slices.Equal(first.Session.Model.Weights["text_proj.bias"].Value().([]float32), session(t, "text-cirr-tiny", nil).Model.Weights["text_proj.bias"].Value().([]float32)) {
			t.Error("stage I did not move text_proj.bias")
		}

		r := tinyRecipe(t, "combiner-"+name+"-tiny")
		r.Projection, r.Hidden, r.TileRows = 10, 24, 5
		second := trained(t, again, r)
		want = measured(t, second.Session, name, lab.Combiner)
		sameResults(t, []eval.Result{*second.History[len(second.History)-1].Validation}, want[:1])
		reopened := session(t, r.Name, func(o *lab.Options) { o.Files.Text, o.Files.Combiner = stageI, second.Run.Last(r) })
		if c := reopened.Model.Config.Combiner; c.Projection != 10 || c.Hidden != 24 {
			t.Errorf("the Combiner was kept as %+v", c)
		}
		sameResults(t, measured(t, reopened, name, lab.Combiner), want)
	}
}

// Training leaves the session that it began with as it was.
func TestTrainingDoesNotChangeTheSession(t *testing.T) {
	s := session(t, "text-cirr-tiny", nil)
	before := measured(t, s, "cirr", lab.Sum)
	trained(t, s, tinyRecipe(t, "text-cirr-tiny"))
	sameResults(t, measured(t, s, "cirr", lab.Sum), before)
}

// With TrainImage the checkpoint holds both encoders and opens as a pretrained one.
func TestTrainImageAndBack(t *testing.T) {
	r := tinyRecipe(t, "text-cirr-tiny")
	r.TrainImage, r.Checkpoint, r.BatchSize = true, true, 4
	result := trained(t, session(t, r.Name, nil), r)
	again := session(t, r.Name, func(o *lab.Options) { o.Files.Pretrained = result.Run.Last(r) })
	want := measured(t, result.Session, "cirr", lab.Sum)
	sameResults(t, []eval.Result{*result.History[len(result.History)-1].Validation}, want[:1])
	sameResults(t, measured(t, again, "cirr", lab.Sum), want)
}

// A second stage II on the same encoder and cache encodes nothing, and ends with the same metrics.
func TestSecondTrainingEncodesNothing(t *testing.T) {
	cache := t.TempDir()
	var histories [2][]train.EpochRecord
	for run := range 2 {
		encoded := 0
		s := session(t, "combiner-cirr-tiny", func(o *lab.Options) {
			o.Cache = cache
			o.Watch = func(what string, done, total int) {
				if what == "encoding texts" {
					encoded++
				}
			}
		})
		result := trained(t, s, tinyRecipe(t, "combiner-cirr-tiny"))
		histories[run] = result.History
		if (encoded == 0) != (run == 1) {
			t.Errorf("run %d: %d batches of texts encoded", run, encoded)
		}
	}
	for i, record := range histories[0] {
		if record.Train != histories[1][i].Train {
			t.Errorf("epoch %d: %+v, then %+v", i, record.Train, histories[1][i].Train)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	s := session(t, "text-cirr-tiny", nil)
	for want, training := range map[string]lab.Training{
		"is for cirr, the data are fashioniq": {Recipe: tinyRecipe(t, "text-cirr-tiny"), Dataset: dataset(t, "fashioniq")},
		"BatchSize -1":                        {Recipe: tinyRecipe(t, "text-cirr-tiny").But("bad", func(r *train.Recipe) { r.BatchSize = -1 }), Dataset: dataset(t, "cirr")},
		"don't fill one batch":                {Recipe: tinyRecipe(t, "text-cirr-tiny").But("large", func(r *train.Recipe) { r.BatchSize = 1000 }), Dataset: dataset(t, "cirr")},
	} {
		training.Runs = filepath.Join(t.TempDir(), "runs")
		if _, err := s.Train(t.Context(), training); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %s, got %v", want, err)
		}
		if left, err := filepath.Glob(filepath.Join(training.Runs, "*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %q, %v", left, err)
		}
	}
}

// A training whose pictures are not all there stops before its first step and names them, whether they are embedded
// beforehand or read in each step; with SkipMissing it goes on without their triplets.
func TestTrainingWithoutAPicture(t *testing.T) {
	d := dataset(t, "cirr")
	split, err := d.Split("", "train")
	if err != nil {
		t.Fatal(err)
	}
	lost := split.Triplets[3].Target
	for _, trainImage := range []bool{false, true} {
		r := tinyRecipe(t, "text-cirr-tiny")
		r.TrainImage, r.BatchSize, r.MaxSteps, r.Epochs = trainImage, 4, 0, 1
		training := lab.Training{Recipe: r, Dataset: lacking{d, map[string]bool{lost: true}}}
		training.Progress = func(train.Progress) { t.Error("a step was made") }
		_, err := session(t, r.Name, nil).Train(t.Context(), training)
		if bad := new(embed.MissingError); !errors.As(err, &bad) || len(bad.Images) != 1 || bad.Images[0].Name != lost {
			t.Errorf("TrainImage %v: err = %v", trainImage, err)
		}

		left := 0
		for _, triplet := range split.Triplets {
			if triplet.Reference != lost && triplet.Target != lost {
				left++
			}
		}
		steps := 0
		training.Progress = func(p train.Progress) { steps = p.Steps }
		skipping := session(t, r.Name, func(o *lab.Options) { o.SkipMissing = true })
		if _, err := skipping.Train(t.Context(), training); err != nil || steps != left/4 {
			t.Errorf("TrainImage %v: %d steps, want %d; err = %v", trainImage, steps, left/4, err)
		}
	}
}
