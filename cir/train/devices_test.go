package train_test

import (
	"strings"
	"sync"
	"testing"

	"gocir/cir/cirtest"
	"gocir/cir/train"
)

// Steps on several devices, each with a part of the batch, are those on one: losses see the whole batch, and dropout
// draws the same masks.
func TestDevicesTrainAsOne(t *testing.T) {
	all := everyRecipe()
	for _, c := range []struct {
		recipe train.Recipe
		counts []int
	}{{all[0], []int{2, 4}}, {all[3], []int{2}}, {all[4], []int{2}}, {all[5], []int{2}}} {
		r := c.recipe
		wantLosses, want := walk(t, newSteps(t, r, true), r, 4, 3)
		for _, count := range c.counts {
			devices := cirtest.Devices(t, count)
			if devices == nil {
				continue
			}
			losses, got := walk(t, stepsOn(t, devices, r, true), r, 4, 3)
			for i, l := range losses {
				w := wantLosses[i]
				cirtest.AllClose(t, []float32{float32(l.Loss), float32(l.Forward), float32(l.Backward)},
					[]float32{float32(w.Loss), float32(w.Forward), float32(w.Backward)}, 1e-5*max(1, w.Loss))
			}
			for name := range want {
				cirtest.AllClose(t, got[name], want[name], 1e-5)
			}
		}
	}
}

// Trainings beside each other on the same devices don't wait for each other for ever.
func TestDevicesServeTrainingsAtOnce(t *testing.T) {
	r := recipe(train.Combiner)
	var trainings sync.WaitGroup
	for range 2 {
		devices := cirtest.Devices(t, 2)
		if devices == nil {
			return
		}
		steps := stepsOn(t, devices, r, true)
		trainings.Go(func() {
			for i := range 20 {
				if _, err := steps.Step(r.Rates(0), batch(r, 4, uint64(i))...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	trainings.Wait()
}

// Batches and tiles that devices can't share are refused before anything is trained.
func TestDevicesRefuseWhatTheyCannotShare(t *testing.T) {
	devices := cirtest.Devices(t, 4)
	if devices == nil {
		return
	}
	c := cirtest.TinyConfig()
	m, err := model(t, c, cirtest.AllSpecs(c)).On(devices, "")
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*train.Recipe){
		"BatchSize 6 does not divide among 4 devices":         func(r *train.Recipe) { r.BatchSize = 6 },
		"TileRows 2 does not divide among 4 devices":          func(r *train.Recipe) { r.TileRows = 2 },
		"the last batch of 2 does not divide among 4 devices": func(r *train.Recipe) { r.KeepLast = true },
	} {
		r := recipe(train.Combiner).But("test", change)
		_, err := train.Train(t.Context(), train.Training{Recipe: r, Model: m, Data: tinyData(t, r)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}
