package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
	"gocir/checkpoints/torch"
)

// expectedRun is what a run checkpoint of the original holds beside tensors.
type expectedRun struct {
	Epoch     int64    `json:"epoch"`
	Keys      []string `json:"keys"`
	Names     []string `json:"Combiner_keys"`
	Optimizer struct {
		Groups  json.RawMessage `json:"param_groups"`
		Indices []int64         `json:"state_indices"`
	} `json:"optimizer"`
	Parameters []string `json:"optimizer_parameter_order"`
	Entries    map[string]struct {
		expectedTensor
		Digest string `json:"sha256_le_bytes"`
	} `json:"BLIPTextEncoder"`
}

// checkCheckpoints reads the run checkpoints of both stages and the tiny BLIP in three containers, all exact.
func checkCheckpoints(s *Set, r *recorder) error {
	for name, wrapper := range map[string]string{"combiner": "Combiner", "text_encoder": "BLIPTextEncoder"} {
		if err := s.checkRun(r, "combiner/"+name, wrapper); err != nil {
			return err
		}
	}
	want, err := s.tensors("tiny_blip/model.safetensors")
	if err != nil {
		return err
	}
	for _, file := range []string{"tiny_blip/model.pth", "tiny_blip/model_legacy.pth"} {
		s.checkObject(r, file, func(o object) {
			expected := map[string]expectedTensor{}
			for name := range want.all {
				expected["model/"+name] = expectedTensor{Tensor: name}
			}
			o.checkTensors(want, expected)
		})
		if err := s.checkLoaded(r, file, (*checkpoints.Checkpoint).Pretrained, want.all); err != nil {
			return err
		}
	}
	return nil
}

// checkRun checks file.pt against file_pt_expected.json and .safetensors.
func (s *Set) checkRun(r *recorder, file, wrapper string) error {
	var want expectedRun
	if err := s.json(file+"_pt_expected.json", &want); err != nil {
		return err
	}
	tensors, err := s.tensors(file + "_pt_expected.safetensors")
	if err != nil {
		return err
	}
	f, err := torch.Open(s.path(file + ".pt"))
	if err != nil {
		r.exact(file, false, err.Error())
		return nil
	}
	defer f.Close()
	run := savedRun{r, file + ".pt", f.Root()}
	run.equal(want.Epoch, "epoch")
	run.keys(want.Keys)
	if want.Names != nil {
		run.keys(want.Names, wrapper)
	}
	run.checkEntries(want, wrapper)
	run.checkOptimizer(want, wrapper)
	for name, t := range tensors.all {
		run.sameTensor(name, t, goldenKeys(name)...)
	}
	load := (*checkpoints.Checkpoint).Combiner
	if wrapper == "BLIPTextEncoder" {
		load = (*checkpoints.Checkpoint).Text
	}
	saved, _ := run.at(wrapper).(*torch.Dict)
	return s.checkLoaded(r, file+".pt", load, flat(saved))
}

// goldenKeys are the keys that lead to a golden tensor: "Combiner.NAME" or "optimizer.state.INDEX.FIELD".
func goldenKeys(name string) []torch.Value {
	if m := regexp.MustCompile(`^optimizer\.state\.(\d+)\.(\w+)$`).FindStringSubmatch(name); m != nil {
		index, _ := strconv.ParseInt(m[1], 10, 64)
		return []torch.Value{"optimizer_state_dict", "state", index, m[2]}
	}
	wrapper, rest, _ := strings.Cut(name, ".")
	return []torch.Value{wrapper, rest}
}

// A savedRun is the object of a run checkpoint.
type savedRun struct {
	r    *recorder
	file string
	root torch.Value
}

// at is the value that keys lead to, nil where there is none.
func (s savedRun) at(keys ...torch.Value) torch.Value {
	v := s.root
	for _, key := range keys {
		d, ok := v.(*torch.Dict)
		if !ok {
			return nil
		}
		v, _ = d.Get(key)
	}
	return v
}

func (s savedRun) name(keys []torch.Value) string {
	return s.file + " " + strings.TrimSpace(fmt.Sprintln(keys...))
}

// equal checks one plain value.
func (s savedRun) equal(want torch.Value, keys ...torch.Value) {
	got := s.at(keys...)
	s.r.exact(s.name(keys), got == want, fmt.Sprintf("got %v, want %v", got, want))
}

// keys checks a dictionary's keys and their order.
func (s savedRun) keys(want []string, path ...torch.Value) {
	got := keysOf(s.at(path...))
	s.r.exact(s.name(path)+" keys", slices.Equal(got, want), fmt.Sprintf("got %q, want %q", got, want))
}

func keysOf(v torch.Value) []string {
	var keys []string
	if d, ok := v.(*torch.Dict); ok {
		for key := range d.All() {
			keys = append(keys, fmt.Sprint(key))
		}
	}
	return keys
}

// sameTensor checks a tensor bit for bit.
func (s savedRun) sameTensor(name string, want tensor.Tensor, keys ...torch.Value) {
	t, ok := s.at(keys...).(*tensor.Tensor)
	s.r.exact(s.file+" "+name, ok && sameBytes(*t, want), "missing or other values than expected")
}

func sameBytes(a, b tensor.Tensor) bool {
	return a.DType == b.DType && slices.Equal(a.Shape, b.Shape) && bytes.Equal(a.Data, b.Data)
}

// checkEntries compares every entry of the state dictionary with its type, shape and digest, where the set has them.
func (s savedRun) checkEntries(want expectedRun, wrapper string) {
	if want.Entries == nil {
		return
	}
	got, expected := keysOf(s.at(wrapper)), slices.Collect(maps.Keys(want.Entries))
	slices.Sort(got)
	slices.Sort(expected)
	s.r.exact(s.file+" names", slices.Equal(got, expected), fmt.Sprintf("got %q, want %q", got, expected))
	for name, e := range want.Entries {
		t, ok := s.at(wrapper, name).(*tensor.Tensor)
		if !ok {
			s.r.exact(s.file+" "+name, false, "missing")
			continue
		}
		digest := sha256.Sum256(t.Data)
		ok = t.DType == torchNames[e.DType] && slices.Equal(t.Shape, e.Shape) && hex.EncodeToString(digest[:]) == e.Digest
		s.r.exact(s.file+" "+name, ok, fmt.Sprintf("got %s %v, want %s %v with SHA-256 %s", t.DType, t.Shape, e.DType, e.Shape, e.Digest))
	}
}

// checkOptimizer compares the optimizer's settings and which parameters it has a state for. Where the set names the
// parameters, they are the state dictionary's in its order, and each state has its parameter's shape.
func (s savedRun) checkOptimizer(want expectedRun, wrapper string) {
	groups := s.at("optimizer_state_dict", "param_groups")
	s.r.exact(s.file+" param_groups", equalsJSON(groups, want.Optimizer.Groups), fmt.Sprintf("got %v, want %s", plain(groups), want.Optimizer.Groups))
	indices := mapped(want.Optimizer.Indices, func(i int64) string { return fmt.Sprint(i) })
	s.keys(indices, "optimizer_state_dict", "state")
	if want.Parameters == nil {
		return
	}
	names := slices.DeleteFunc(keysOf(s.at(wrapper)), func(name string) bool { return checkpoints.Surplus(name) != "" })
	s.r.exact(s.file+" parameter order", slices.Equal(names, want.Parameters), fmt.Sprintf("got %q, want %q", names, want.Parameters))
	for _, i := range want.Optimizer.Indices {
		moment, ok1 := s.at("optimizer_state_dict", "state", i, "exp_avg").(*tensor.Tensor)
		if i < 0 || i >= int64(len(want.Parameters)) || !ok1 {
			s.r.exact(fmt.Sprint(s.file, " state ", i), false, "no exp_avg, or no parameter of that index")
			continue
		}
		parameter, ok2 := s.at(wrapper, want.Parameters[i]).(*tensor.Tensor)
		s.r.exact(fmt.Sprint(s.file, " state ", i), ok2 && slices.Equal(moment.Shape, parameter.Shape), "has another shape than "+want.Parameters[i])
	}
}

// checkLoaded loads a file's weights as a user does: all but the surplus, unchanged.
func (s *Set) checkLoaded(r *recorder, file string, load func(*checkpoints.Checkpoint) (map[string]tensor.Tensor, error), all map[string]tensor.Tensor) error {
	c, err := checkpoints.Open(s.path(file))
	if err != nil {
		r.exact(file, false, err.Error())
		return nil
	}
	defer c.Close()
	got, err := load(c)
	if err != nil {
		r.exact(file, false, err.Error())
		return nil
	}
	want := maps.Clone(all)
	maps.DeleteFunc(want, func(name string, _ tensor.Tensor) bool { return checkpoints.Surplus(name) != "" })
	r.exact(file+" loaded", len(want) > 0 && maps.EqualFunc(got, want, sameBytes), "other tensors than the file's own without the surplus")
	return nil
}

// flat is a state dictionary as a map.
func flat(d *torch.Dict) map[string]tensor.Tensor {
	all := map[string]tensor.Tensor{}
	if d == nil {
		return all
	}
	for key, value := range d.All() {
		if t, ok := value.(*tensor.Tensor); ok {
			all[fmt.Sprint(key)] = *t
		}
	}
	return all
}

// plain is a value as encoding/json takes it.
func plain(v torch.Value) any {
	switch v := v.(type) {
	case *torch.Dict:
		out := map[string]any{}
		for key, child := range v.All() {
			out[fmt.Sprint(key)] = plain(child)
		}
		return out
	case *torch.List:
		return mapped(v.Items, plain)
	case torch.Tuple:
		return mapped(v, plain)
	case *tensor.Tensor:
		return "a tensor"
	}
	return v
}
