package models_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"gocir/cir/train"
	"gocir/models"
	"gocir/torture"
)

// Whatever is asked of a recipe, there is one that is sound and that its JSON gives back, or an error of readable length.
func FuzzResolve(f *testing.F) {
	for _, name := range models.Fields() {
		for _, value := range []string{"", "0", "-1", "1e999", "NaN", "9223372036854775808", "true", "a,,b", "\xff", "../x", "tiny"} {
			f.Add("text-cirr", name+"="+value, "Epochs=1")
		}
	}
	f.Add("combiner-fashioniq", "learning_rate=0x1p-3", "=")
	f.Add("no such", "InputSize=16384", "Preset=large")
	f.Fuzz(func(t *testing.T, name, first, second string) {
		var r train.Recipe
		var err error
		if over := torture.Within(uint64(1<<20+100*(len(name)+len(first)+len(second))), 5*time.Second, func() { r, err = models.Resolve(name, first, second) }); over != nil {
			t.Error(over)
		}
		if err != nil {
			if len(err.Error()) > 10_000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
			return
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again train.Recipe
		if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(r, again) {
			t.Errorf("%+v became %+v, %v", r, again, err)
		}
	})
}
