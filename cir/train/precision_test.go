package train_test

import (
	"math"
	"strings"
	"testing"

	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/cir/train"
)

// In bfloat16 a step has nearly the losses that it has in float32 and moves the weights nearly alike;
// and the weights are kept in float32: they hold changes that bfloat16 would round away.
func TestBFloat16StepsAreNearFloat32(t *testing.T) {
	before := cirtest.State(cirtest.AllSpecs(cirtest.TinyConfig()), 1)
	all := everyRecipe()
	for _, r := range []train.Recipe{all[0], all[2], all[4], all[5]} {
		wantLosses, want := walk(t, newSteps(t, r, false), r, 4, 2)
		r.Precision = cir.BFloat16
		losses, got := walk(t, newSteps(t, r, false), r, 4, 2)
		for i, l := range losses {
			// A rounding of 1/512 in a cosine is 0.2 in its logit.
			if w := wantLosses[i].Loss; l.Loss == w || math.Abs(l.Loss-w) > 0.2+0.02*w {
				t.Errorf("%s, step %d: loss %v, in float32 %v", r.Name, i+1, l.Loss, w)
			}
		}
		var same, ours, theirs float64
		fine := false
		for name, numbers := range got {
			was, err := before[name].Float32s()
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range numbers {
				a, b := float64(v-was[i]), float64(want[name][i]-was[i])
				same, ours, theirs = same+a*b, ours+a*a, theirs+b*b
				fine = fine || math.Float32bits(v)&0xffff != 0
			}
		}
		if cosine := same / math.Sqrt(ours*theirs); !(cosine > 0.99) {
			t.Errorf("%s: the weights move in another direction than in float32: cosine %v", r.Name, cosine)
		}
		if !fine {
			t.Errorf("%s: all weights are bfloat16 numbers", r.Name)
		}
	}
}

func TestRecipeRefusesAnUnknownPrecision(t *testing.T) {
	r := recipe(train.Text)
	r.Precision = "float16"
	if err := r.Validate(); err == nil || !strings.Contains(err.Error(), `precision "float16" is neither`) {
		t.Errorf("err = %v", err)
	}
}
