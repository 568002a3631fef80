package train_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"gocir/cir"
	"gocir/cir/backend"
	"gocir/cir/cirtest"
	"gocir/cir/train"
)

// Walking the pairs in tiles of rows changes no loss and no weight, whether the rows divide the batch or not.
func TestTiledStepsEqualWholeSteps(t *testing.T) {
	const rows = 8
	for _, pairs := range []cir.PairDropout{cir.PairDropoutShared, cir.PairDropoutIndependent} {
		r := recipe(train.Combiner)
		r.PairDropout, r.BatchSize = pairs, rows
		wantLosses, want := walk(t, newSteps(t, r, false), r, rows, 3)
		for _, tile := range []int{1, 3, 4} {
			r.TileRows = tile
			losses, got := walk(t, newSteps(t, r, false), r, rows, 3)
			for i, l := range losses {
				w := wantLosses[i]
				cirtest.AllClose(t, []float32{float32(l.Loss), float32(l.Forward), float32(l.Backward)},
					[]float32{float32(w.Loss), float32(w.Forward), float32(w.Backward)}, 1e-4*w.Loss)
			}
			for name := range want {
				cirtest.AllClose(t, got[name], want[name], 2e-5)
			}
		}
	}
}

// A batch smaller than a tile is one tile: the last batch of an epoch may be any size.
func TestTilesOfASmallBatch(t *testing.T) {
	r := recipe(train.Combiner)
	_, want := walk(t, newSteps(t, r, false), r, 3, 1)
	r.BatchSize, r.TileRows = 16, 5
	_, got := walk(t, newSteps(t, r, false), r, 3, 1)
	for name := range want {
		cirtest.AllClose(t, got[name], want[name], 1e-5)
	}
}

// Each way to compute a step.
func everyRecipe() []train.Recipe {
	tiled := recipe(train.Combiner).But("tiled", func(r *train.Recipe) { r.TileRows = 2 })
	return []train.Recipe{
		recipe(train.Text),
		recipe(train.Text).But("forward only", func(r *train.Recipe) { r.BackwardWeight = 0 }),
		recipe(train.Text).But("image", func(r *train.Recipe) { r.TrainImage, r.Checkpoint = true, true }),
		recipe(train.Contrastive),
		recipe(train.Combiner),
		tiled,
		tiled.But("independent", func(r *train.Recipe) { r.PairDropout = cir.PairDropoutIndependent }),
	}
}

// With dropout, a seed determines every bit of the weights, and another seed gives others: of both encoders, and of the
// Combiner in each way to walk its pairs.
func TestSeedDeterminesTheWeights(t *testing.T) {
	for _, r := range everyRecipe()[3:] {
		_, first := walk(t, newSteps(t, r, true), r, 4, 2)
		_, again := walk(t, newSteps(t, r, true), r, 4, 2)
		other := r
		other.Seed++
		_, others := walk(t, newSteps(t, other, true), other, 4, 2)
		differs := false
		for name := range first {
			if !slices.Equal(first[name], again[name]) {
				t.Errorf("%s: %s differs in a second run", r.Name, name)
			}
			differs = differs || !slices.Equal(first[name], others[name])
		}
		if !differs {
			t.Errorf("%s: another seed gives the same weights", r.Name)
		}
	}
}

// Every weight moves, but for the cross-attention, which is not trained, and key biases, which have no gradient.
func TestStepsMoveEveryWeight(t *testing.T) {
	before := cirtest.State(cirtest.AllSpecs(cirtest.TinyConfig()), 1)
	for _, r := range everyRecipe() {
		steps := newSteps(t, r, false)
		for _, spec := range steps.Trained() {
			if strings.Contains(spec.Name, "crossattention") {
				t.Errorf("%s trains %s", r.Name, spec.Name)
			}
		}
		_, after := walk(t, steps, r, 4, 1)
		for name, numbers := range after {
			was, err := before[name].Float32s()
			if err != nil {
				t.Fatal(err)
			}
			if slices.Equal(numbers, was) {
				t.Errorf("%s: %s did not move", r.Name, name)
			}
		}
		if steps.Made() != 1 {
			t.Errorf("%s: %d steps made", r.Name, steps.Made())
		}
	}
}

// A loss that is no number stops the training before the step.
func TestNotFiniteLossLeavesTheWeights(t *testing.T) {
	for _, r := range []train.Recipe{recipe(train.Combiner), everyRecipe()[5]} {
		steps := newSteps(t, r, false)
		_, before := walk(t, steps, r, 4, 1)
		in := batch(r, 4, 1)
		spoiled := cirtest.Normal(4*12, 1)
		spoiled[5] = float32(math.NaN())
		in[0] = tensors.FromFlatDataAndDimensions(spoiled, 4, 12)
		_, err := steps.Step(r.Rates(0), in...)
		bad := new(train.NotFiniteError)
		if !errors.As(err, &bad) || bad.Step != 2 {
			t.Errorf("%s: err = %v", r.Name, err)
		}
		if steps.Made() != 1 {
			t.Errorf("%s: %d steps made", r.Name, steps.Made())
		}
		for name, numbers := range numbers(t, steps) {
			if !slices.Equal(numbers, before[name]) {
				t.Errorf("%s: %s moved", r.Name, name)
			}
		}
		if _, err := steps.Step(r.Rates(0), batch(r, 4, 1)...); err != nil {
			t.Errorf("%s: the next step: %v", r.Name, err)
		}
	}
}

func TestNewStepsRefusesAModelWithoutTheWeights(t *testing.T) {
	c := cirtest.TinyConfig()
	_, err := train.NewSteps(model(t, c, c.TextSpecs()), recipe(train.Combiner))
	if err == nil || !strings.Contains(err.Error(), "trains text_projection_layer.weight, which the model does not hold") {
		t.Errorf("err = %v", err)
	}
	r := recipe("polish")
	if _, err := train.NewSteps(model(t, c, nil), r); err == nil || !strings.Contains(err.Error(), `stage "polish"`) {
		t.Errorf("err = %v", err)
	}
}

// Stage I's first step on a batch of four, by hand: a loss before the update, and a smaller one on the same batch after
// it.
func ExampleSteps() {
	b, _, err := backend.Open("go")
	if err != nil {
		fmt.Println(err)
		return
	}
	config := cirtest.TinyConfig()
	weights, err := cir.Upload(b, cirtest.State(config.TextSpecs(), 1), config.TextSpecs())
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := cir.NewModel(b, config, weights)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := recipe(train.Text)
	steps, err := train.NewSteps(m, r)
	if err != nil {
		fmt.Println(err)
		return
	}
	first, err := steps.Step(r.Rates(0), batch(r, 4, 1)...)
	if err != nil {
		fmt.Println(err)
		return
	}
	second, err := steps.Step(r.Rates(0), batch(r, 4, 1)...)
	fmt.Println(steps.Made(), "steps; the loss falls:", second.Loss < first.Loss, err)
	// Output: 2 steps; the loss falls: true <nil>
}
