package models_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"gocir/cir/train"
	"gocir/models"
)

// Every field of a recipe can be set by both its names, and takes the value it is given.
func TestSetEveryField(t *testing.T) {
	values := map[reflect.Kind]string{
		reflect.String: "x", reflect.Int: "7", reflect.Uint64: "8", reflect.Float64: "0.25", reflect.Bool: "true", reflect.Slice: "a,b",
	}
	for i, name := range models.Fields() {
		field := reflect.TypeFor[train.Recipe]().Field(i)
		json, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		for _, spelling := range []string{name, json} {
			var r train.Recipe
			want := values[field.Type.Kind()]
			if err := models.Set(&r, spelling+"="+want); err != nil {
				t.Error(err)
			}
			if got := strings.Trim(fmt.Sprint(reflect.ValueOf(r).Field(i)), "[]"); got != strings.ReplaceAll(want, ",", " ") {
				t.Errorf("%s is %q, want %q", spelling, got, want)
			}
			reflect.ValueOf(&r).Elem().Field(i).SetZero()
			if !reflect.ValueOf(r).IsZero() {
				t.Errorf("setting %s changed other fields too: %+v", spelling, r)
			}
		}
	}
}

// Near names are suggested; where none is near all are listed.
func TestSuggestions(t *testing.T) {
	var r train.Recipe
	for _, c := range []struct {
		err  error
		want string
	}{
		{models.Set(&r, "BatchSzie=3"), "did you mean BatchSize?"},
		{models.Set(&r, "rate=3"), "did you mean LearningRate or MinLearningRate or ProjectionRate?"},
		{models.Set(&r, "Zzzzzz=3"), "there are Name, Stage, "},
		{models.Set(&r, "Epochs=2.5"), `must be a whole number, not "2.5"`},
		{resolve("text-cir"), "did you mean text-cirr or text-cirr-"},
		{resolve("text-cirr", "Preset=tine"), "did you mean tiny?"},
		{resolve("text-cirr", "Name=a/b"), `"a/b"`},
		{resolve("text-cirr", "InputSize=-16"), "image size"},
		{resolve("text-cirr", "Transform=crop"), "targetpad"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got %v, want %q", c.err, c.want)
		}
	}
}

func resolve(name string, changes ...string) error {
	_, err := models.Resolve(name, changes...)
	return err
}

func ExampleResolve() {
	r, err := models.Resolve("combiner-cirr", "BackwardWeight=0", "Epochs=50")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Stage, r.Dataset, r.Epochs, r.BatchSize, r.BackwardWeight)
	// Output: combiner cirr 50 512 0
}
