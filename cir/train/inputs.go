package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"gocir/cir/embed"
)

// inputs describes, with digests, all that decides a training's numbers besides the backend: the recipe, the triplets, what
// was embedded of them, the weights that it starts from and those that it only reads.
//
// Where pictures are encoded in each step (TrainImage, contrastive) they are not read for this: they go by their names.
func (t Training) inputs() (map[string]string, error) {
	recipe, err := json.Marshal(t.Recipe)
	if err != nil {
		return nil, err
	}
	task, err := newTask(t.Recipe, t.Model.Config)
	if err != nil {
		return nil, err
	}
	trained, frozen := task.specs()
	weights, err := t.Model.Weights.Digest(append(slices.Clone(trained), frozen...))
	if err != nil {
		return nil, err
	}
	in := map[string]string{
		"recipe": digestOf(recipe), "triplets": t.triplets(), "weights": digestOf([]byte(weights)),
	}
	for name, e := range map[string]*embed.Embeddings{"images": t.Data.Images, "texts": t.Data.Texts} {
		if e != nil {
			in[name] = embedded(e)
		}
	}
	if t.Data.Tokenizer != nil && t.Recipe.Stage != Combiner {
		in["tokenizer"] = t.tokens()
	}
	maps.Copy(in, t.Inputs)
	return in, nil
}

// triplets describes those of the feed.
func (t Training) triplets() string {
	hash := sha256.New()
	for _, triplet := range t.Data.Feed.Triplets {
		fmt.Fprintf(hash, "%q %q %q %q\n", triplet.ID, triplet.Reference, triplet.Target, triplet.Captions)
	}
	return fmt.Sprintf("%d, %s", len(t.Data.Feed.Triplets), short(hash.Sum(nil)))
}

// tokens describes the tokenizer by what it makes of the captions.
func (t Training) tokens() string {
	hash := sha256.New()
	for _, triplet := range t.Data.Feed.Triplets {
		for _, caption := range triplet.Captions {
			fmt.Fprintln(hash, t.Data.Tokenizer.Encode(caption, t.Recipe.MaxLength))
		}
	}
	return fmt.Sprintf("%d words, %s", t.Data.Tokenizer.Size(), short(hash.Sum(nil)))
}

// embedded describes embeddings, whatever their order.
func embedded(e *embed.Embeddings) string {
	order := make([]int, len(e.Names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(e.Names[a], e.Names[b]) })
	hash := sha256.New()
	row := make([]byte, 4*e.Width)
	for _, i := range order {
		fmt.Fprintf(hash, "%q\n", e.Names[i])
		for j, v := range e.Row(i) {
			binary.LittleEndian.PutUint32(row[4*j:], math.Float32bits(v))
		}
		hash.Write(row)
	}
	return fmt.Sprintf("%d embeddings of %d numbers, %s", len(e.Names), e.Width, short(hash.Sum(nil)))
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return short(sum[:])
}

// short is the beginning of a digest: enough to tell two from each other.
func short(sum []byte) string { return "SHA-256 " + hex.EncodeToString(sum[:8]) }

// differ lists where what a run was begun with is not what it would go on with.
func differ(what string, begun, now map[string]string) error {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(merged(begun, now))) {
		if begun[key] != now[key] {
			lines = append(lines, fmt.Sprintf("\n  %s: %s in the run, %s now", key, orNone(begun[key]), orNone(now[key])))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return errors.New("the run was begun " + what + ", and goes on with the same only:" + strings.Join(lines, ""))
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return all
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// fields are a recipe's values by the names that its JSON has.
func (r Recipe) fields() map[string]string {
	out := map[string]string{}
	value := reflect.ValueOf(r)
	for i := range value.NumField() {
		name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		out[name] = fmt.Sprint(value.Field(i).Interface())
	}
	return out
}

// Same is nil if a run that r began can go on by the other recipe: if the two are equal. Else the error lists the fields that
// differ.
func (r Recipe) Same(other Recipe) error {
	return differ("by another recipe", r.fields(), other.fields())
}
