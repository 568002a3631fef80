package models_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/cirtest"
	"gocir/models"
	"gocir/torture"
)

// A victim is a checkpoint that is damaged over and over.
type victim struct {
	name    string // its path
	kind    checkpoints.Kind
	data    []byte
	regions []region
	config  cir.Config
	specs   []tensor.Spec
	files   func(path string) models.Files
	digest  string // of the weights
}

// A region is a part of a file that means one thing: a tensor, a header, what lies between.
type region struct{ begin, end int }

// Every byte of a checkpoint counts: a damaged one, or the file of another model, is an error that names the file, or has
// the very same weights, where what was damaged means nothing.
func TestTortureCheckpoints(t *testing.T) {
	tally := torture.Begin(t, "checkpoint corrupted: each byte region flipped, truncated at random, swapped, wrong model",
		"refused with the file's name (checksum or misfit), or the very same weights; nothing is loaded by halves")
	victims := victims(t)
	swaps(t, tally, victims)
	random := rand.New(rand.NewPCG(7, 8))
	path := filepath.Join(t.TempDir(), "damaged")
	harmless, tries := 0, torture.Times(120, 2000)
	for i := range tries {
		v := victims[i%len(victims)]
		r := v.regions[i/len(victims)%len(v.regions)]
		data := v.damage(random, r)
		if bytes.Equal(data, v.data) {
			continue
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		tally.Tried()
		digest, err := v.load(t, path)
		switch {
		case err == nil && digest != v.digest:
			tally.Lost("%s, damage %d at %v: other weights without an error", v.name, i, r)
		case err == nil:
			harmless++
		case !strings.Contains(err.Error(), path):
			tally.Lost("%s, damage %d at %v: the error does not name the file: %v", v.name, i, r, err)
		}
	}
	t.Logf("%d of %d changed nothing that counts", harmless, tries)
}

// Sizes that a checkpoint makes up, in its metadata or by a tensor, are compared with what it holds before anything as large
// is made.
func TestSizesThatAreMadeUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge")
	for want, change := range map[string]func(c *cir.Config, state map[string]tensor.Tensor){
		"text encoder: depth 1099511627776 is more": func(c *cir.Config, _ map[string]tensor.Tensor) { c.Text.Depth = 1 << 40 },
		"image encoder: width 9223372036854775":     func(c *cir.Config, _ map[string]tensor.Tensor) { c.Image.Width = 1<<63 - 8 },
		"model [1 4294967297 16]":                   func(c *cir.Config, _ map[string]tensor.Tensor) { c.Image.ImageSize = 1 << 19 },
		"nothing was loaded": func(_ *cir.Config, state map[string]tensor.Tensor) {
			state["visual_encoder.pos_embed"] = wide(1_000_000)
		},
	} {
		c := cirtest.TinyConfig()
		state := cirtest.State(append(c.ImageSpecs(), c.TextSpecs()...), 1)
		change(&c, state)
		metadata := models.Metadata(c)
		if c == cirtest.TinyConfig() {
			metadata = nil // a file that does not tell its sizes may be resized
		}
		if err := checkpoints.Write(path, checkpoints.Pretrained, state, metadata); err != nil {
			t.Fatal(err)
		}
		var err error
		grown := torture.Growth(func() {
			var config cir.Config
			if config, err = models.Sizes("base", path); err == nil {
				config.Image.Width = cirtest.TinyConfig().Image.Width
				_, err = models.Load(cirtest.Backend(t), config, models.Files{Pretrained: path})
			}
		})
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
		if grown > 64<<20 {
			t.Errorf("%q: %d MB of memory", want, grown>>20)
		}
	}
}

// wide is a position embedding of one patch.
func wide(width int) tensor.Tensor { return tensor.FromFloat32s(make([]float32, 2*width), 1, 2, width) }

// victims are a checkpoint of each kind of ours, and one of PyTorch's.
func victims(t *testing.T) []*victim {
	t.Helper()
	c := cirtest.TinyConfig()
	files := written(t, c, 1, false)
	encoders := append(c.ImageSpecs(), c.TextSpecs()...)
	golden := goldenConfig(t, "../testdata/golden/a/tiny_blip/config.json")
	pretrained := func(path string) models.Files { return models.Files{Pretrained: path} }
	all := []*victim{
		{name: files.Pretrained, kind: checkpoints.Pretrained, config: c, specs: encoders, files: pretrained},
		{name: files.Text, kind: checkpoints.Text, config: c, specs: c.TextSpecs(), files: func(path string) models.Files { return models.Files{Text: path} }},
		{name: files.Combiner, kind: checkpoints.Combiner, config: c, specs: c.CombinerSpecs(), files: func(path string) models.Files { return models.Files{Combiner: path} }},
		{name: "../testdata/golden/a/tiny_blip/model.pth", kind: checkpoints.Pretrained, config: golden, specs: append(golden.ImageSpecs(), golden.TextSpecs()...), files: pretrained},
	}
	for _, v := range all {
		var err error
		if v.data, err = os.ReadFile(v.name); err != nil {
			t.Fatal(err)
		}
		if v.digest, err = v.load(t, v.name); err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(v.name) == ".pth" {
			v.regions = zipRegions(t, v.data)
		} else {
			v.regions = tensorRegions(t, v.data)
		}
	}
	return all
}

// load loads the victim's file, from path, and returns the digest of the weights.
func (v *victim) load(t *testing.T, path string) (string, error) {
	m, err := models.Load(cirtest.Backend(t), v.config, v.files(path))
	if err != nil {
		return "", err
	}
	defer m.Finalize()
	return m.Weights.Digest(v.specs)
}

// swaps gives files that are whole, but not the ones that are asked for: of another kind, and of another size of model.
func swaps(t *testing.T, tally *torture.Tally, victims []*victim) {
	t.Helper()
	other := cirtest.TinyConfig()
	other.Text.Hidden, other.Image.Hidden, other.EmbedDim = 2*other.Text.Hidden, 2*other.Image.Hidden, 2*other.EmbedDim
	larger := written(t, other, 1, true)
	for _, v := range victims {
		paths := []string{larger.Pretrained, larger.Text, larger.Combiner, "../testdata/golden/a/combiner/combiner.pt", "../testdata/golden/a/combiner/text_encoder.pt"}
		for _, w := range victims {
			if w.kind != v.kind {
				paths = append(paths, w.name)
			}
		}
		for _, path := range paths {
			tally.Tried()
			if _, err := v.load(t, path); err == nil || !strings.Contains(err.Error(), path) {
				tally.Lost("%s in the place of %s: %v", path, v.name, err)
			}
		}
	}
}

// tensorRegions are a safetensors file's length, header, padding, and each tensor.
func tensorRegions(t *testing.T, data []byte) []region {
	t.Helper()
	body := 8 + int(binary.LittleEndian.Uint64(data))
	text := bytes.TrimRight(data[8:body], " ")
	var header map[string]struct {
		Offsets []int `json:"data_offsets"`
	}
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	regions := []region{{0, 8}, {8, 8 + len(text)}, {8 + len(text), body}}
	for _, entry := range header {
		if len(entry.Offsets) == 2 {
			regions = append(regions, region{body + entry.Offsets[0], body + entry.Offsets[1]})
		}
	}
	return tidy(regions)
}

// zipRegions are a zip archive's records, what lies before and between them, and the directory.
func zipRegions(t *testing.T, data []byte) []region {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var regions []region
	for _, f := range archive.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		regions = append(regions, region{int(at), int(at) + int(f.CompressedSize64)})
	}
	for _, r := range tidy(regions) {
		regions = append(regions, region{max(0, r.begin-64), r.begin})
	}
	directory := bytes.Index(data, []byte("PK\x01\x02"))
	return tidy(append(regions, region{directory, len(data) - 22}, region{len(data) - 22, len(data)}))
}

// tidy leaves out empty regions and sorts, so that one seed damages one place.
func tidy(regions []region) []region {
	regions = slices.DeleteFunc(regions, func(r region) bool { return r.begin == r.end })
	slices.SortFunc(regions, func(a, b region) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	return regions
}

// damage is the victim's file, damaged in a region or, where it is cut off, lengthened or zeroed by the page, from there on.
func (v *victim) damage(random *rand.Rand, r region) []byte {
	data := slices.Clone(v.data)
	at := r.begin + random.IntN(r.end-r.begin)
	switch random.IntN(8) {
	case 0, 1:
		data[at] ^= 1 << random.IntN(8)
	case 2:
		for range 2 + random.IntN(30) {
			data[r.begin+random.IntN(r.end-r.begin)] ^= 1 << random.IntN(8)
		}
	case 3:
		return data[:at]
	case 4:
		return append(data, make([]byte, 1+random.IntN(5000))...)
	case 5:
		page := at / 4096 * 4096
		clear(data[page:min(page+4096, len(data))])
	case 6: // another region's bytes
		other := v.regions[random.IntN(len(v.regions))]
		copy(data[r.begin:r.end], v.data[other.begin:other.end])
	case 7:
		return slices.Concat(data[:at], data[min(len(data), at+1+random.IntN(100)):])
	}
	return data
}
