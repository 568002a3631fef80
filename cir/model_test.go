package cir_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/models"
)

// wants fails unless err is one line that says each of the words.
func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one about %q", words)
		return
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("error has several lines: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("error %q does not say %q", err, word)
		}
	}
}

// What doesn't fit is an error in one line, never a panic.
func TestModelRefusesWhatDoesNotFit(t *testing.T) {
	m := cirtest.TinyModel(t)
	images := func(pixels, n int) error {
		_, err := m.EncodeImages(make([]float32, pixels), n)
		return err
	}
	wants(t, images(768, 2), "768 numbers are not 2 pictures of 3×16×16")
	wants(t, images(0, 0), "0 pictures")
	wants(t, images(768, -1), "-1 pictures")

	texts := func(ids, mask []int32, rows, length int) error {
		_, err := m.EncodeTexts(ids, mask, rows, length)
		return err
	}
	wants(t, texts([]int32{1, 2}, []int32{1, 1}, 1, 3), "2 ids and 2 mask values are not 1 texts of 3 tokens")
	wants(t, texts([]int32{1, 2}, []int32{1}, 1, 2), "2 ids and 1 mask values")
	wants(t, texts(make([]int32, 4), make([]int32, 4), -2, -2), "-2 texts")
	wants(t, texts([]int32{1, 67}, []int32{1, 1}, 1, 2), "token 67", "vocabulary of 67")
	wants(t, texts([]int32{-1}, []int32{1}, 1, 1), "token -1")
	wants(t, texts([]int32{1}, []int32{2}, 1, 1), "mask value is 2")
	wants(t, texts(make([]int32, 25), make([]int32, 25), 1, 25), "25 tokens", "24 positions")

	_, err := m.Sum(make([]float32, 12), make([]float32, 24), 1)
	wants(t, err, "composing by sum", "1 embeddings of 12")
	_, _, err = m.Combine(nil, nil, 0)
	wants(t, err, "composing by the Combiner", "0 embeddings of 12")
}

// A model without some weights does what it can with the others.
func TestModelWithoutWeights(t *testing.T) {
	c := cirtest.TinyConfig()
	m, err := cir.NewModel(cirtest.Backend(t), c, cirtest.Weights(t, c.TextSpecs(), 1))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Finalize()
	if _, err := m.EncodeTexts([]int32{5}, []int32{1}, 1, 1); err != nil {
		t.Error(err)
	}
	_, err = m.EncodeImages(make([]float32, 768), 1)
	wants(t, err, "image encoder", "visual_encoder.cls_token is not loaded")
	_, _, err = m.Combine(make([]float32, 12), make([]float32, 12), 1)
	wants(t, err, "Combiner", "text_projection_layer.weight is not loaded")

	_, err = m.With(cir.Weights{"text_proj.weight": m.Weights["text_proj.bias"]}).EncodeTexts([]int32{5}, []int32{1}, 1, 1)
	wants(t, err, "text encoder", "shape")
}

// A model works with any number of rows, and the numbers don't depend on it.
func TestModelTakesAnyNumberOfRows(t *testing.T) {
	m := cirtest.TinyModel(t)
	images, texts := cirtest.Normal(34*12, 1), cirtest.Normal(34*12, 2)
	want, err := m.Sum(images, texts, 34)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 34; n++ {
		got, err := m.Sum(images[:n*12], texts[:n*12], n)
		if err != nil {
			t.Fatal(err)
		}
		cirtest.AllClose(t, got, want[:n*12], 1e-6)
	}
}

// Several goroutines at a time get what one alone gets, new shapes included.
func TestModelIsSafeForConcurrentUse(t *testing.T) {
	m := cirtest.TinyModel(t)
	pixels, embeddings := cirtest.Normal(4*768, 1), cirtest.Normal(4*12, 2)
	work := func(n int) ([]float32, error) {
		images, err := m.EncodeImages(pixels[:n*768], n)
		if err != nil {
			return nil, err
		}
		composed, _, err := m.Combine(images, embeddings[:n*12], n)
		return composed, err
	}
	want, err := work(4)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 4 {
				n := 1 + (i+j)%4
				got, err := work(n)
				if err != nil {
					t.Error(err)
					return
				}
				cirtest.AllClose(t, got, want[:n*12], 1e-5)
			}
		})
	}
	wait.Wait()
}

func TestUploadAndDownload(t *testing.T) {
	specs := cirtest.AllSpecs(cirtest.TinyConfig())
	state := cirtest.State(specs, 3)
	weights, err := cir.Upload(cirtest.Backend(t), state, specs)
	if err != nil {
		t.Fatal(err)
	}
	back, err := weights.Download(specs)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range state {
		got := back[name]
		if got.DType != want.DType || !slices.Equal(got.Shape, want.Shape) || !slices.Equal(got.Data, want.Data) {
			t.Errorf("%s came back changed", name)
		}
	}
	_, err = weights.Download([]tensor.Spec{{Name: "other"}})
	wants(t, err, "saving other", "no such weight")

	_, err = cir.Upload(cirtest.Backend(t), state, []tensor.Spec{{Name: "text_proj.bias", Shape: []int{13}}})
	wants(t, err, "loading text_proj.bias", "needs shape [13], found [12]")
	half := map[string]tensor.Tensor{"x": {DType: tensor.BF16, Shape: []int{2}, Data: []byte{0x80, 0x3f, 0x00, 0xc0}}}
	weights, err = cir.Upload(cirtest.Backend(t), half, []tensor.Spec{{Name: "x", Shape: []int{2}}})
	if err != nil {
		t.Fatal(err)
	}
	back, err = weights.Download([]tensor.Spec{{Name: "x", Shape: []int{2}}})
	if err != nil {
		t.Fatal(err)
	}
	values, err := back["x"].Float32s()
	if err != nil {
		t.Fatal(err)
	}
	cirtest.AllClose(t, values, []float32{1, -2}, 0)
}

// The digest is a function of the weights, and of each of them.
func TestDigest(t *testing.T) {
	specs := cirtest.TinyConfig().CombinerSpecs()
	digest := func(state map[string]tensor.Tensor) string {
		t.Helper()
		weights, err := cir.Upload(cirtest.Backend(t), state, specs)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := weights.Digest(specs)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	seen := map[string]string{digest(cirtest.State(specs, 1)): "none"}
	if seen[digest(cirtest.State(specs, 1))] == "" {
		t.Error("equal weights have two digests")
	}
	for _, spec := range specs {
		state := cirtest.State(specs, 1)
		state[spec.Name].Data[0] ^= 1
		sum := digest(state)
		if same, ok := seen[sum]; ok {
			t.Errorf("a change of %s has the digest of a change of %s", spec.Name, same)
		}
		seen[sum] = spec.Name
	}
	_, err := cir.Weights{}.Digest(specs)
	wants(t, err, "text_projection_layer.weight", "no such weight")
}

// BLIP base as its parts are known: a ViT-B/16 at 384 pixels without a head has 86,090,496 weights. The text encoder is
// BERT base (109,482,240) less the pooler (590,592) and the token types (1,536), with two rows (1,536) more, and twelve
// cross-attentions of 2,363,904.
func TestNumParamsOfBLIP(t *testing.T) {
	const projection = 768*256 + 256
	c := models.BLIPBase384
	for _, part := range []struct {
		name  string
		specs []tensor.Spec
		want  int
	}{
		{"image encoder", c.ImageSpecs(), 86_090_496 + projection},
		{"text encoder", c.TextSpecs(), 109_482_240 - 590_592 - 1_536 + 1_536 + 12*2_363_904 + projection},
		{"Combiner", c.CombinerSpecs(), 2*(2560*256+2560) + 2*(5120*5120+5120) + 256*5120 + 256 + 5120 + 1},
		{"ViT-L/16", models.BLIPLarge384.ImageSpecs(), 303_690_752 + 1024*256 + 256},
	} {
		if got := cir.NumParams(part.specs); got != part.want {
			t.Errorf("%s has %d weights, want %d", part.name, got, part.want)
		}
	}
}

func TestValidateListsAllProblems(t *testing.T) {
	if err := cirtest.TinyConfig().Validate(); err != nil {
		t.Error(err)
	}
	c := cirtest.TinyConfig()
	c.EmbedDim, c.Image.ImageSize, c.Image.Heads, c.Text.Heads, c.Text.Positions = 0, 17, 3, 4, -1
	c.Text.Dropout, c.Combiner.Dropout, c.Combiner.Hidden = math.NaN(), 1, 0
	err := c.Validate()
	for _, problem := range []string{
		"embedding width 0", "image size 17 is not a multiple of patch size 8", "image width 16 does not split into 3 heads",
		"text width 18 does not split into 4 heads", "positions -1", "text dropout NaN", "Combiner dropout 1", "hidden 0",
	} {
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("%q is not in: %v", problem, err)
		}
	}
	c = cirtest.TinyConfig()
	c.Image.PatchSize = 0
	if _, err := cir.NewModel(cirtest.Backend(t), c, nil); err == nil || !strings.Contains(err.Error(), "patch size 0") {
		t.Errorf("patches of no size: %v", err)
	}
}

func ExampleNumParams() {
	c := models.BLIPBase384
	fmt.Printf("image encoder %.1f M, text encoder %.1f M, Combiner %.1f M\n",
		float64(cir.NumParams(c.ImageSpecs()))/1e6, float64(cir.NumParams(c.TextSpecs()))/1e6, float64(cir.NumParams(c.CombinerSpecs()))/1e6)
	// Output: image encoder 86.3 M, text encoder 137.5 M, Combiner 55.1 M
}
