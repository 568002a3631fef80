package lab_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gocir/cir"
	"gocir/cir/eval"
	"gocir/cir/tokenize"
	"gocir/datasets"
	"gocir/lab"
)

// A slow is the obvious evaluation: one picture, one text, one query at a time, all in float64 after the encoders.
type slow struct {
	t *testing.T
	s *lab.Session
	d datasets.Dataset
}

func (e slow) image(name string) []float32 {
	data, err := e.d.Image(name)
	if err != nil {
		e.t.Fatal(err)
	}
	size := e.s.Model.Config.Image.ImageSize
	pixels := make([]float32, 3*size*size)
	if err := tinyRecipe(e.t, "text-cirr-tiny").Preprocess(size).Load(pixels, data); err != nil {
		e.t.Fatal(err)
	}
	embedding, err := e.s.Model.EncodeImages(pixels, 1)
	if err != nil {
		e.t.Fatal(err)
	}
	return embedding
}

func (e slow) compose(c lab.Composer, triplet datasets.Triplet) []float64 {
	ids := e.s.Tokenizer.Encode(tokenize.ModificationText(triplet.Captions, tokenize.Forward, tokenize.Both), 40)
	text, err := e.s.Model.EncodeTexts(ids, slices.Repeat([]int32{1}, len(ids)), 1, len(ids))
	if err != nil {
		e.t.Fatal(err)
	}
	image := e.image(triplet.Reference)
	if c == lab.Combiner {
		composed, _, err := e.s.Model.Combine(image, text, 1)
		if err != nil {
			e.t.Fatal(err)
		}
		return unit(composed)
	}
	for i := range text {
		text[i] += image[i]
	}
	return unit(text)
}

func unit(x []float32) []float64 {
	var length float64
	for _, v := range x {
		length += float64(v) * float64(v)
	}
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v) / math.Sqrt(length)
	}
	return out
}

// ranks are the lowest and the highest rank that the target of a triplet can have, given that scores are exact to 1e-5.
func (e slow) ranks(c lab.Composer, triplet datasets.Triplet, gallery map[string][]float64) (low, high int) {
	query := e.compose(c, triplet)
	score := func(name string) (sum float64) {
		for i, v := range gallery[name] {
			sum += v * query[i]
		}
		return sum
	}
	target := score(triplet.Target)
	for name := range gallery {
		if name == triplet.Target || e.d.Name() == "cirr" && name == triplet.Reference {
			continue
		}
		if difference := score(name) - target; difference > 1e-5 {
			low, high = low+1, high+1
		} else if difference > -1e-5 {
			high++
		}
	}
	return low, high
}

// Batches, caches, indexes and tiles of queries change nothing: the ranks are those of the obvious evaluation, for both
// data sets and both composers, and the recalls are those of the ranks.
func TestMeasureEqualsTheObvious(t *testing.T) {
	s := session(t, "combiner-cirr-tiny", nil)
	for _, name := range []string{"fashioniq", "cirr"} {
		d := dataset(t, name)
		prepared, err := s.PrepareAll(t.Context(), d, "val")
		if err != nil {
			t.Fatal(err)
		}
		e := slow{t, s, d}
		galleries := make([]map[string][]float64, len(prepared))
		for i, p := range prepared {
			galleries[i] = map[string][]float64{}
			for _, name := range p.Split.Gallery {
				galleries[i][name] = unit(e.image(name))
			}
		}
		for _, c := range []lab.Composer{lab.Sum, lab.Combiner} {
			ranks := make([][]int, len(prepared))
			results, err := s.Measure(t.Context(), prepared, c, eval.Protocols(name), func(split int, o eval.Outcome) {
				ranks[split] = append(ranks[split], o.Rank)
				if low, high := e.ranks(c, o.Triplet, galleries[split]); o.Rank < low || o.Rank > high {
					t.Errorf("%s %s, triplet %s: rank %d, want %d to %d", name, c, o.Triplet.ID, o.Rank, low, high)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(results) != len(eval.Protocols(name)) {
				t.Errorf("%s: %d results", name, len(results))
			}
			checkRecall(t, results[0], ranks)
		}
	}
}

// checkRecall computes R@10 from ranks: of each category, and their mean.
func checkRecall(t *testing.T, result eval.Result, ranks [][]int) {
	t.Helper()
	var mean float64
	for _, category := range ranks {
		found := 0
		for _, rank := range category {
			if rank < 10 {
				found++
			}
		}
		mean += 100 * float64(found) / float64(len(category)) / float64(len(ranks))
	}
	if got, ok := result.Metric("R@10"); !ok || math.Abs(got-mean) > 1e-9 {
		t.Errorf("%s: R@10 is %v, of the ranks %v", result.Dataset, got, mean)
	}
}

// A second evaluation on the same cache encodes no picture and gives the same result.
func TestSecondPrepareEncodesNothing(t *testing.T) {
	cache := t.TempDir()
	var before *lab.Results
	for run := range 2 {
		s := session(t, "text-fashioniq-tiny", func(o *lab.Options) { o.Cache = cache })
		results, err := s.Evaluate(t.Context(), dataset(t, "fashioniq"), "val", lab.Sum)
		if err != nil {
			t.Fatal(err)
		}
		if (results.Encoded == 0) != (run == 1) || (results.Cached == 0) != (run == 0) {
			t.Errorf("run %d: %d encoded, %d cached", run, results.Encoded, results.Cached)
		}
		if before != nil {
			sameResults(t, results.Results, before.Results)
		}
		before = results
	}
}

func sameResults(t *testing.T, got, want []eval.Result) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d results, want %d", len(got), len(want))
	}
	for i := range got {
		if !slices.Equal(got[i].Metrics, want[i].Metrics) {
			t.Errorf("%s: %v, want %v", got[i].Protocol, got[i].Metrics, want[i].Metrics)
		}
	}
}

// Another image encoder, or another way to prepare pictures, finds nothing in the cache; the same one finds all.
func TestCacheIsOfOneEncoder(t *testing.T) {
	cache := t.TempDir()
	first := session(t, "text-cirr-tiny", func(o *lab.Options) { o.Cache = cache })
	bias, err := first.Model.Weights["text_proj.bias"].OnDeviceClone(first.Model.Backend, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		open    func() *lab.Session
		encodes bool
	}{
		{"the first", func() *lab.Session { return first }, true},
		{"the same", func() *lab.Session { return first.With(nil) }, false},
		{"another text encoder", func() *lab.Session { return first.With(cir.Weights{"text_proj.bias": bias}) }, false},
		{"another image encoder", func() *lab.Session { return first.With(cir.Weights{"vision_proj.bias": bias}) }, true},
		{"another padding", func() *lab.Session {
			return session(t, "text-cirr-tiny", func(o *lab.Options) { o.Cache, o.Recipe.Transform = cache, "squarepad" })
		}, true},
		{"bfloat16", func() *lab.Session {
			return session(t, "text-cirr-tiny", func(o *lab.Options) { o.Cache, o.Recipe.Precision = cache, cir.BFloat16 })
		}, true},
		{"float32 by its name", func() *lab.Session {
			return session(t, "text-cirr-tiny", func(o *lab.Options) { o.Cache, o.Recipe.Precision = cache, cir.Float32 })
		}, false},
	} {
		prepared, err := c.open().PrepareAll(t.Context(), dataset(t, "cirr"), "val")
		if err != nil {
			t.Fatal(err)
		}
		if n := prepared[0].Report.Encoded; (n > 0) != c.encodes {
			t.Errorf("%s: %d pictures encoded", c.name, n)
		}
	}
}

// Without a picture the run stops and names it; with SkipMissing its queries are left out and counted.
func TestMissingPictures(t *testing.T) {
	d := dataset(t, "fashioniq")
	split, err := d.Split("shirt", "val")
	if err != nil {
		t.Fatal(err)
	}
	lost := split.Triplets[0].Target
	without := lacking{d, map[string]bool{lost: true}}
	_, err = session(t, "text-fashioniq-tiny", nil).Evaluate(t.Context(), without, "val", lab.Sum)
	if err == nil || !strings.Contains(err.Error(), lost) {
		t.Errorf("err = %v", err)
	}

	var want []string
	for _, triplet := range split.Triplets {
		if triplet.Reference == lost || triplet.Target == lost {
			want = append(want, triplet.ID)
		}
	}
	s := session(t, "text-fashioniq-tiny", func(o *lab.Options) { o.SkipMissing = true })
	results, err := s.Evaluate(t.Context(), without, "val", lab.Sum)
	if err != nil {
		t.Fatal(err)
	}
	if got := results.Results[0].LeftOut; !slices.Equal(got, want) {
		t.Errorf("left out are %v, want %v", got, want)
	}
	shirts := results.Results[0].Categories[1]
	if shirts.Category != "shirt" || shirts.Queries != len(split.Triplets)-len(want) {
		t.Errorf("%d queries of %s measured, %d of %d left out", shirts.Queries, shirts.Category, len(want), len(split.Triplets))
	}
}

// A split that hides its targets is refused before any picture of it is encoded.
func TestHiddenTargetsCostNothing(t *testing.T) {
	encoded := false
	s := session(t, "text-cirr-tiny", func(o *lab.Options) { o.Watch = func(string, int, int) { encoded = true } })
	_, err := s.Evaluate(t.Context(), dataset(t, "cirr"), "test1", lab.Sum)
	if err == nil || !strings.Contains(err.Error(), "hides its targets") {
		t.Errorf("err = %v", err)
	}
	if encoded {
		t.Error("pictures were encoded for nothing")
	}
}
