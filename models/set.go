package models

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gocir/cir/train"
)

// Resolve is the recipe of that name with changes, each written Field=value as Set takes them, checked as a whole.
func Resolve(name string, changes ...string) (train.Recipe, error) {
	r, err := Recipe(name)
	if err != nil {
		return r, err
	}
	return Changed(r, changes...)
}

// Changed is Resolve for a recipe that is there.
func Changed(r train.Recipe, changes ...string) (train.Recipe, error) {
	var errs []error
	for _, change := range changes {
		errs = append(errs, Set(&r, change))
	}
	if err := errors.Join(errs...); err != nil {
		return r, err
	}
	return r, check(r)
}

// check reports what is wrong with a recipe, the names that only this package knows included.
func check(r train.Recipe) error {
	errs := []error{r.Validate()}
	config, err := Preset(r.Preset)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	if r.InputSize != 0 {
		config.Image.ImageSize = r.InputSize
	}
	return errors.Join(append(errs, config.Validate())...)
}

// Set sets one field of a recipe. assignment is Field=value: the field by its name in Go or in JSON, lists with commas
// between. The error for an unknown field lists the near names, that for a wrong value the type it should have.
func Set(r *train.Recipe, assignment string) error {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("%.60q is not Field=value, such as Epochs=20", assignment)
	}
	if !utf8.ValidString(value) { // recipe.json could not say it
		return fmt.Errorf("%.60q is not UTF-8", assignment)
	}
	fields := reflect.VisibleFields(reflect.TypeFor[train.Recipe]())
	at := slices.IndexFunc(fields, func(f reflect.StructField) bool { return name == f.Name || name == jsonName(f) })
	if at < 0 {
		return fmt.Errorf("a recipe has no field %.60q%s", name, suggest(name, Fields()))
	}
	field := reflect.ValueOf(r).Elem().Field(at)
	if err := parse(field, value); err != nil {
		return fmt.Errorf("recipe field %s must be %s, not %.60q", name, kindName(field.Type()), value)
	}
	return nil
}

// Fields are the names of a recipe's fields, in the order of their declaration.
func Fields() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[train.Recipe]()) {
		names = append(names, field.Name)
	}
	return names
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func parse(field reflect.Value, value string) error {
	switch field.Kind() {
	case reflect.String:
		field.SetString(value)
		return nil
	case reflect.Bool:
		v, err := strconv.ParseBool(value)
		field.SetBool(v)
		return err
	case reflect.Int:
		v, err := strconv.Atoi(value)
		field.SetInt(int64(v))
		return err
	case reflect.Uint64:
		v, err := strconv.ParseUint(value, 10, 64)
		field.SetUint(v)
		return err
	case reflect.Float64:
		v, err := strconv.ParseFloat(value, 64)
		field.SetFloat(v)
		return err
	}
	field.Set(reflect.ValueOf(list(value))) // the only other kind is a list of names
	return nil
}

func list(value string) []string {
	if value == "" {
		return nil
	}
	return strings.Split(value, ",")
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Uint64:
		return "a whole number from 0 on"
	}
	return "a number"
}

// suggest is the end of an error message about a word that is none of words: the near ones, or all where none is near.
func suggest(word string, words []string) string {
	word = word[:min(len(word), 60)] // what is longer is near to none
	var near []string
	for _, w := range words {
		if distance(strings.ToLower(word), strings.ToLower(w)) <= max(1, len(word)/3) || strings.Contains(strings.ToLower(w), strings.ToLower(word)) {
			near = append(near, w)
		}
	}
	if word == "" || len(near) == 0 {
		return "; there are " + strings.Join(words, ", ")
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// distance is the number of letters to insert, delete or replace to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
