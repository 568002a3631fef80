package verify

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"gocir/checkpoints/tensor"
	"gocir/cir"
	"gocir/cir/preprocess"
	"gocir/cir/tokenize"
	"gocir/models"
)

// fullSpec is full_size/spec.json: BLIP base at its real size, its weights given by a rule instead of a file.
type fullSpec struct {
	Captions   []string  `json:"captions"`
	Parameters []ruled   `json:"parameters"`
	Combiner   []ruled   `json:"combiner_parameters"`
	Probes     probesMap `json:"probes"`
}

type ruled struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
}

type probesMap map[string]struct {
	Shape  []int      `json:"shape"`
	First4 [4]float64 `json:"first4"`
	Last   float64    `json:"last"`
	Sum    float64    `json:"sum_float64"`
}

// checkFullSize runs BLIP base and the paper's Combiner on weights made by the rule.
func checkFullSize(s *Set, r *recorder) error {
	var spec fullSpec
	if err := s.json("full_size/spec.json", &spec); err != nil {
		return err
	}
	g, err := s.tensors("full_size/expected.safetensors")
	if err != nil {
		return err
	}
	if err := spec.check(r); err != nil {
		return err
	}
	f := fullSize{set: s, g: g, r: r, config: models.BLIPBase384, spec: spec}
	images, err := f.images()
	if err != nil {
		return err
	}
	texts, err := f.texts()
	if err != nil {
		return err
	}
	return f.compose(images, texts)
}

// check counts the probes, and one case for each list of names and shapes being the model's.
func (spec fullSpec) check(r *recorder) error {
	c := models.BLIPBase384
	combiner := c.CombinerSpecs()
	for i := range combiner {
		combiner[i].Name = "combiner." + combiner[i].Name
	}
	for _, list := range []struct {
		name  string
		ours  []tensor.Spec
		given []ruled
	}{{"parameters", append(c.ImageSpecs(), c.TextSpecs()...), spec.Parameters}, {"combiner_parameters", combiner, spec.Combiner}} {
		shapes := map[string]string{}
		for _, p := range list.ours {
			shapes[p.Name] = fmt.Sprint(p.Shape)
		}
		for _, p := range list.given {
			r.exact("full_size/spec.json "+p.Name, shapes[p.Name] == fmt.Sprint(p.Shape), fmt.Sprintf("the model has shape %s, the file %v", shapes[p.Name], p.Shape))
		}
		r.exact("full_size/spec.json "+list.name, len(shapes) == len(list.given), fmt.Sprintf("the model has %d weights, the file %d", len(shapes), len(list.given)))
	}
	for name, probe := range spec.Probes {
		values := byRule(name, tensor.Tensor{Shape: probe.Shape}.Len())
		sum := 0.0
		for _, v := range values {
			sum += float64(v)
		}
		worst := math.Abs(float64(values[len(values)-1]) - probe.Last)
		for i, want := range probe.First4 {
			worst = max(worst, math.Abs(float64(values[i])-want))
		}
		r.within("full_size/spec.json probe "+name, max(worst, math.Abs(sum-probe.Sum)), 1e-6)
	}
	return nil
}

type fullSize struct {
	set    *Set
	g      golden
	r      *recorder
	config cir.Config
	spec   fullSpec
}

// images checks the image encoder and returns its embeddings.
func (f fullSize) images() (*tensors.Tensor, error) {
	specs := f.config.ImageSpecs()
	weights, err := f.weights("", specs)
	if err != nil {
		return nil, err
	}
	size := f.config.Image.ImageSize
	pixels := tensors.FromFlatDataAndDimensions(byRule("input.images", 2*3*size*size), 2, 3, size, size)
	build := func(observe func(string, *Node)) builder {
		return func(p cir.Params, in []*Node) *Node {
			encoder := cir.ImageEncoder{Config: f.config.Image, EmbedDim: f.config.EmbedDim, Observe: func(name string, x *Node) {
				if name == "norm" {
					observe("norm_tokens", Concatenate([]*Node{token(x, 0), token(x, 1), token(x, 300), token(x, 576)}, 1))
				} else if strings.HasPrefix(name, "block.") && strings.Count(name, ".") == 1 {
					observe("cls", token(x, 0))
				}
			}}
			return encoder.Embed(p, in[0])
		}
	}
	names, out, err := f.set.observed(specs, weights, build, []*tensors.Tensor{pixels})
	if err != nil {
		return nil, err
	}
	if err := f.classTokens("image.block_cls", names, out, 5e-4); err != nil {
		return nil, err
	}
	last := len(out) - 1
	if err := f.r.compare(f.g, "image.norm_tokens", out[last-1], 1e-4); err != nil {
		return nil, err
	}
	if err := f.r.compare(f.g, "image.features", out[last], 1e-4); err != nil {
		return nil, err
	}
	return out[last], f.photo(weights)
}

// photo runs the photograph of images/, where the set expects it.
func (f fullSize) photo(weights cir.Weights) error {
	if _, ok := f.g.all["photo.features"]; !ok {
		return nil
	}
	pictures, err := f.set.tensors("images/expected_384.safetensors")
	if err != nil {
		return err
	}
	bytes, ok := pictures.all["large.targetpad.u8"]
	size := f.config.Image.ImageSize
	if !ok || len(bytes.Data) != 3*size*size {
		return fmt.Errorf("golden file %s has no picture large.targetpad.u8 of %d pixels", pictures.file, size)
	}
	pixels := make([]float32, 3*size*size)
	preprocess.Normalize(pixels, bytes.Data)
	model, err := cir.NewModel(f.set.Backend, f.config, weights)
	if err != nil {
		return err
	}
	defer model.Finalize()
	embedding, err := model.EncodeImages(pixels, 1)
	if err != nil {
		return err
	}
	want, err := f.g.floats("photo.features")
	f.r.within(f.g.file+" photo.features", largestDifference(embedding, want), 1e-4)
	return err
}

// texts checks the text encoder and returns its embeddings.
func (f fullSize) texts() (*tensors.Tensor, error) {
	specs := f.config.TextSpecs()
	weights, err := f.weights("", specs)
	if err != nil {
		return nil, err
	}
	if err := f.tokens(); err != nil {
		return nil, err
	}
	in, err := f.g.upload("text.input_ids", "text.attention_mask")
	if err != nil {
		return nil, err
	}
	build := func(observe func(string, *Node)) builder {
		return func(p cir.Params, in []*Node) *Node {
			encoder := cir.TextEncoder{Config: f.config.Text, EmbedDim: f.config.EmbedDim, Observe: func(name string, x *Node) {
				if name == "embeddings" || strings.Count(name, ".") == 1 {
					observe("cls", token(x, 0))
				}
			}}
			return encoder.Embed(p, in[0], in[1], nil)
		}
	}
	names, out, err := f.set.observed(specs, weights, build, in)
	if err != nil {
		return nil, err
	}
	if err := f.classTokens("text.layer_cls", names, out, 1e-4); err != nil {
		return nil, err
	}
	last := len(out) - 1
	return out[last], f.r.compare(f.g, "text.features", out[last], 1e-4)
}

// tokens checks that the captions become the ids and the mask that the encoder is given.
func (f fullSize) tokens() error {
	batch := tokenize.Default().Batch(f.spec.Captions, tokenize.MaxLength)
	for name, got := range map[string][]int32{"text.input_ids": batch.IDs, "text.attention_mask": batch.Mask} {
		want, err := f.g.all[name].Int64s()
		if err != nil {
			return fmt.Errorf("golden file %s, %s: %w", f.g.file, name, err)
		}
		equal := slices.EqualFunc(got, want, func(a int32, b int64) bool { return int64(a) == b })
		f.r.exact(f.g.file+" "+name, equal, fmt.Sprintf("the captions give %v", got))
	}
	return nil
}

// classTokens compares the class tokens [layers, B, D] one below the other.
func (f fullSize) classTokens(name string, names []string, out []*tensors.Tensor, tolerance float64) error {
	want, err := f.g.floats(name)
	if err != nil {
		return err
	}
	var got []float32
	for i := range names {
		if names[i] == "cls" {
			values, err := tensors.CopyFlatData[float32](out[i])
			if err != nil {
				return err
			}
			got = append(got, values...)
		}
	}
	f.r.within(f.g.file+" "+name, largestDifference(got, want), tolerance)
	return nil
}

// compose checks both composers on the embeddings that were computed.
func (f fullSize) compose(images, texts *tensors.Tensor) error {
	weights, err := f.weights("combiner.", f.config.CombinerSpecs())
	if err != nil {
		return err
	}
	program, err := cir.NewProgram(f.set.Backend, "full-size composers", cir.Names(f.config.CombinerSpecs()), func(p cir.Params, in []*Node) []*Node {
		composed, lambda := cir.Combiner{Config: f.config.Combiner, Params: p}.Compose(in[0], in[1], nil)
		return []*Node{cir.Sum(in[0], in[1]), composed, lambda}
	})
	if err != nil {
		return err
	}
	defer program.Finalize()
	out, err := program.Call(weights, images, texts)
	if err != nil {
		return err
	}
	for i, name := range []string{"sum.combined", "combiner.combined", "combiner.dynamic_scalar"} {
		if err := f.r.compare(f.g, name, out[i], 1e-5); err != nil {
			return err
		}
	}
	return nil
}

// weights makes weights by the rule, under their names with prefix, and uploads them without it.
func (f fullSize) weights(prefix string, specs []tensor.Spec) (cir.Weights, error) {
	made := make(map[string]tensor.Tensor, len(specs))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, spec := range specs {
		wg.Go(func() {
			t := tensor.FromFloat32s(byRule(prefix+spec.Name, tensor.Tensor{Shape: spec.Shape}.Len()), spec.Shape...)
			mu.Lock()
			defer mu.Unlock()
			made[spec.Name] = t
		})
	}
	wg.Wait()
	return cir.Upload(f.set.Backend, made, specs)
}

func token(x *Node, at int) *Node { return SliceAxis(x, 1, AxisElem(at)) }
