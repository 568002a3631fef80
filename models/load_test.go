package models_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints"
	"gocir/checkpoints/safetensors"
	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/models"
)

// written are the files of a tiny model of a seed. Their metadata hold its sizes, unless bare.
func written(t *testing.T, c cir.Config, seed uint64, bare bool) models.Files {
	t.Helper()
	dir := t.TempDir()
	metadata := models.Metadata(c)
	if bare {
		metadata = nil
	}
	files := models.Files{
		Pretrained: filepath.Join(dir, "pretrained.safetensors"), Text: filepath.Join(dir, "text.safetensors"),
		Combiner: filepath.Join(dir, "combiner.safetensors"),
	}
	for _, part := range []struct {
		path  string
		kind  checkpoints.Kind
		specs []tensor.Spec
		seed  uint64
	}{
		{files.Pretrained, checkpoints.Pretrained, append(c.ImageSpecs(), c.TextSpecs()...), seed},
		{files.Text, checkpoints.Text, c.TextSpecs(), seed + 1},
		{files.Combiner, checkpoints.Combiner, c.CombinerSpecs(), seed + 2},
	} {
		if err := checkpoints.Write(part.path, part.kind, cirtest.State(part.specs, part.seed), metadata); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func values(t *testing.T, m *cir.Model, specs []tensor.Spec) map[string][]float32 {
	t.Helper()
	host, err := m.Weights.Download(specs)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]float32{}
	for name, each := range host {
		if out[name], err = each.Float32s(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// same fails unless the model holds the drawn weights.
func same(t *testing.T, m *cir.Model, specs []tensor.Spec, seed uint64) {
	t.Helper()
	want := cirtest.State(specs, seed)
	for name, got := range values(t, m, specs) {
		numbers, err := want[name].Float32s()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, numbers) {
			t.Errorf("%s is not what was written", name)
		}
	}
}

// What was written is loaded; a fine-tuned text encoder takes the place of the pretrained one.
func TestLoad(t *testing.T) {
	c := cirtest.TinyConfig()
	files := written(t, c, 1, true)
	m, err := models.Load(cirtest.Backend(t), c, files)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Finalize()
	same(t, m, c.TextSpecs(), 2)
	same(t, m, c.CombinerSpecs(), 3)
	host := values(t, m, c.ImageSpecs())
	pretrained, err := cirtest.State(append(c.ImageSpecs(), c.TextSpecs()...), 1)["visual_encoder.pos_embed"].Float32s()
	if err != nil || !slices.Equal(host["visual_encoder.pos_embed"], pretrained) {
		t.Errorf("the position embedding is not what was written (%v)", err)
	}
	if m, err = models.Load(cirtest.Backend(t), c, models.Files{Pretrained: files.Pretrained}); err != nil || m.Weights["output_layer.weight"] != nil {
		t.Errorf("without a Combiner: %v", err)
	}
}

// Our own files say their sizes, and the Combiner's widths are read from any file.
func TestLoadTakesSizesFromTheFile(t *testing.T) {
	c := cirtest.TinyConfig()
	c.Combiner.Projection, c.Combiner.Hidden = 10, 30
	files := written(t, c, 1, false)
	config, err := models.Sizes("tiny", files.Pretrained)
	if err != nil {
		t.Fatal(err)
	}
	m, err := models.Load(cirtest.Backend(t), config, files)
	if err != nil {
		t.Fatal(err)
	}
	if m.Config != c {
		t.Errorf("loaded sizes %+v, want %+v", m.Config, c)
	}
	bare := written(t, c, 1, true)
	m, err = models.Load(cirtest.Backend(t), cirtest.TinyConfig(), models.Files{Combiner: bare.Combiner})
	if err != nil || m.Config.Combiner.Projection != 10 || m.Config.Combiner.Hidden != 30 {
		t.Errorf("Combiner of %+v, %v", m.Config.Combiner, err)
	}
	if config, err := models.Sizes("base", "no such file"); err != nil || config != models.BLIPBase384 {
		t.Errorf("%+v, %v", config, err)
	}
}

// For pictures of another size the position embedding is resized, as ResizePositions does it, and the model runs.
func TestLoadResizesPositions(t *testing.T) {
	c := cirtest.TinyConfig()
	files := written(t, c, 1, false)
	larger := c
	larger.Image.ImageSize = 32
	m, err := models.Load(cirtest.Backend(t), larger, models.Files{Pretrained: files.Pretrained})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Finalize()
	const name = "visual_encoder.pos_embed"
	fitted, err := checkpoints.ResizePositions(cirtest.State(append(c.ImageSpecs(), c.TextSpecs()...), 1)[name], 4)
	if err != nil {
		t.Fatal(err)
	}
	want, err := fitted.Float32s()
	if err != nil {
		t.Fatal(err)
	}
	if got := values(t, m, larger.ImageSpecs())[name]; !slices.Equal(got, want) {
		t.Error("the position embedding is not the resized one")
	}
	if _, err := m.EncodeImages(make([]float32, 3*32*32), 1); err != nil {
		t.Error(err)
	}
	larger.Image.ImageSize = 33
	if _, err := models.Load(cirtest.Backend(t), larger, models.Files{Pretrained: files.Pretrained}); err == nil || !strings.Contains(err.Error(), "33 is not a multiple of patch size 8") {
		t.Errorf("err = %v", err)
	}
}

// Weights that don't fit are all listed, with the file.
func TestLoadListsMisfits(t *testing.T) {
	c := cirtest.TinyConfig()
	specs := append(c.ImageSpecs(), c.TextSpecs()...)
	state := cirtest.State(specs, 1)
	delete(state, "vision_proj.bias")
	state["visual_encoder.extra"] = tensor.FromFloat32s([]float32{1}, 1)
	state["text_proj.bias"] = tensor.FromFloat32s(make([]float32, 13), 13)
	path := filepath.Join(t.TempDir(), "bad.safetensors")
	if err := checkpoints.Write(path, checkpoints.Pretrained, state, nil); err != nil {
		t.Fatal(err)
	}
	m, err := models.Load(cirtest.Backend(t), c, models.Files{Pretrained: path})
	misfit := new(checkpoints.MismatchError)
	if !errors.As(err, &misfit) || m != nil {
		t.Fatalf("err = %v", err)
	}
	if !slices.Equal(misfit.Missing, []string{"vision_proj.bias"}) || !slices.Equal(misfit.Unexpected, []string{"visual_encoder.extra"}) || len(misfit.Shapes) != 1 {
		t.Errorf("%+v", misfit)
	}
	if !strings.Contains(err.Error(), path) {
		t.Errorf("error does not name the file: %v", err)
	}
}

// Sizes that are none, and files of another kind, are named.
func TestLoadRefuses(t *testing.T) {
	c := cirtest.TinyConfig()
	files := written(t, c, 1, true)
	path := filepath.Join(t.TempDir(), "odd.safetensors")
	metadata := map[string]string{models.ConfigKey: `{"embed_dim": "wide"}`, "gocir.kind": "pretrained"}
	if err := safetensors.Write(path, map[string]tensor.Tensor{"x": tensor.FromFloat32s([]float32{1}, 1)}, metadata); err != nil {
		t.Fatal(err)
	}
	for want, f := range map[string]models.Files{
		"gocir.config": {Pretrained: path},
		"text encoder": {Text: files.Combiner},
		"no such file": {Pretrained: filepath.Join(t.TempDir(), "absent")},
	} {
		if _, err := models.Load(cirtest.Backend(t), c, f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error about %s, got %v", want, err)
		}
	}
}

// The same seed draws the same weights; norms begin at 1, biases of encoders at 0.
func TestRandom(t *testing.T) {
	c := cirtest.TinyConfig()
	specs := cirtest.AllSpecs(c)
	draw := func(seed uint64) (cir.Weights, string) {
		weights, err := models.Random(cirtest.Backend(t), specs, seed)
		if err != nil {
			t.Fatal(err)
		}
		digest, err := weights.Digest(specs)
		if err != nil {
			t.Fatal(err)
		}
		return weights, digest
	}
	weights, first := draw(1)
	if _, again := draw(1); again != first {
		t.Error("one seed draws two models")
	}
	if _, other := draw(2); other == first {
		t.Error("two seeds draw one model")
	}
	m := &cir.Model{Weights: weights}
	all := values(t, m, specs)
	for name, want := range map[string]float32{"visual_encoder.norm.weight": 1, "text_encoder.embeddings.LayerNorm.weight": 1, "text_proj.bias": 0} {
		if slices.Min(all[name]) != want || slices.Max(all[name]) != want {
			t.Errorf("%s begins as %v", name, all[name])
		}
	}
	if bias := all["combiner_layer.bias"]; slices.Max(bias) > 0.2 || slices.Max(bias) == 0 { // 1/√28 is 0.19
		t.Errorf("combiner_layer.bias begins as %v", bias)
	}
}

// The names of the original's checkpoint are ours: its tiny BLIP, in each container, loads as the same weights.
func TestNamesOfTheOriginal(t *testing.T) {
	const dir = "../testdata/golden/a/tiny_blip/"
	c := goldenConfig(t, dir+"config.json")
	digests := map[string]string{}
	for _, name := range []string{"model.safetensors", "model.pth", "model_legacy.pth"} {
		m, err := models.Load(cirtest.Backend(t), c, models.Files{Pretrained: dir + name})
		if err != nil {
			t.Fatal(err)
		}
		digest, err := m.Weights.Digest(append(c.ImageSpecs(), c.TextSpecs()...))
		if err != nil {
			t.Fatal(err)
		}
		digests[digest] = name
	}
	if len(digests) != 1 {
		t.Errorf("one model has the digests %v", digests)
	}
	all, _, err := safetensors.Read(dir + "model.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range append(c.ImageSpecs(), c.TextSpecs()...) {
		if theirs, ok := all[spec.Name]; !ok || !slices.Equal(theirs.Shape, spec.Shape) {
			t.Errorf("%s %v: the original has %v", spec.Name, spec.Shape, theirs.Shape)
		}
		delete(all, spec.Name)
	}
	for name := range maps.Keys(all) {
		if checkpoints.Surplus(name) == "" {
			t.Errorf("the original's %s is not ours", name)
		}
	}
}

// goldenConfig reads the sizes of the golden tiny BLIP.
func goldenConfig(t *testing.T, path string) cir.Config {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vision, Text map[string]any
		EmbedDim     int `json:"embed_dim"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	size := func(part map[string]any, name string) int { return int(part[name].(float64)) }
	v, x := file.Vision, file.Text
	return cir.Config{
		EmbedDim: file.EmbedDim,
		Image: cir.ImageConfig{
			ImageSize: size(v, "image_size"), PatchSize: size(v, "patch_size"), Width: size(v, "width"),
			Depth: size(v, "depth"), Heads: size(v, "heads"), Hidden: size(v, "mlp_hidden"),
		},
		Text: cir.TextConfig{
			Vocabulary: size(x, "vocab_size"), Positions: size(x, "max_position_embeddings"), Width: size(x, "hidden_size"),
			Depth: size(x, "layers"), Heads: size(x, "heads"), Hidden: size(x, "intermediate_size"), CrossWidth: size(x, "encoder_width"),
		},
		Combiner: cir.CombinerConfig{Projection: 1, Hidden: 1},
	}
}
