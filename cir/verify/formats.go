package verify

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"os"
	"reflect"
	"runtime"
	"slices"

	"gocir/checkpoints"
	"gocir/checkpoints/tensor"
	"gocir/checkpoints/torch"
)

// checkFormats reads the unusual checkpoint files of the set, and sees the corrupt and hostile ones refused.
func checkFormats(s *Set, r *recorder) error {
	var golden struct {
		Files     []string                   `json:"files"`
		Tensors   map[string]expectedTensor  `json:"tensors"`
		Values    map[string]json.RawMessage `json:"values"`
		Empty     []string                   `json:"empty_containers"`
		BareFiles []string                   `json:"bare_files"`
		Bare      map[string]string          `json:"bare_tensors"`
		Handmade  struct {
			File string `json:"file"`
			Path string `json:"path"`
			expectedTensor
		} `json:"handmade"`
	}
	want, err := s.pair("formats/expected", &golden)
	if err != nil {
		return err
	}
	bare := map[string]expectedTensor{}
	for name, tensor := range golden.Bare {
		bare[name] = expectedTensor{Tensor: tensor}
	}
	for _, file := range golden.Files {
		s.checkObject(r, "formats/"+file, func(o object) {
			o.checkTensors(want, golden.Tensors)
			o.checkValues(golden.Values, golden.Empty)
		})
	}
	for _, file := range golden.BareFiles {
		s.checkObject(r, "formats/"+file, func(o object) { o.checkTensors(want, bare) })
	}
	s.checkObject(r, "formats/"+golden.Handmade.File, func(o object) {
		o.checkTensors(want, map[string]expectedTensor{golden.Handmade.Path: golden.Handmade.expectedTensor})
	})
	return s.checkBad(r)
}

// An expectedTensor says what a file's tensor is, and which golden tensor has its values.
type expectedTensor struct {
	DType  string `json:"dtype"` // PyTorch's name; empty: that of the golden tensor
	Shape  []int  `json:"shape"`
	Tensor string `json:"expected_tensor"`
}

// An object is what was saved in a PyTorch file, by path: dictionary keys and list indices joined by "/".
type object struct {
	r      *recorder
	file   string
	leaves map[string]torch.Value // with the empty containers
}

// checkObject opens a file of the set for check. That it can't be opened is a failed case.
func (s *Set) checkObject(r *recorder, file string, check func(object)) {
	f, err := torch.Open(s.path(file))
	if err != nil {
		r.exact(file, false, err.Error())
		return
	}
	defer f.Close()
	o := object{r, file, map[string]torch.Value{}}
	o.collect("", f.Root())
	check(o)
}

func (o object) collect(path string, v torch.Value) {
	below := func(key any, child torch.Value) {
		if path == "" {
			o.collect(fmt.Sprint(key), child)
			return
		}
		o.collect(fmt.Sprintf("%s/%v", path, key), child)
	}
	switch v := v.(type) {
	case *torch.Dict:
		for key, child := range v.All() {
			below(key, child)
		}
	case *torch.List:
		for i, child := range v.Items {
			below(i, child)
		}
	case torch.Tuple:
		for i, child := range v {
			below(i, child)
		}
	}
	if isLeaf(v) {
		o.leaves[path] = v
	}
}

func isLeaf(v torch.Value) bool {
	switch v := v.(type) {
	case *torch.Dict:
		return v.Len() == 0
	case *torch.List:
		return len(v.Items) == 0
	case torch.Tuple:
		return len(v) == 0
	}
	return true
}

// checkTensors compares every tensor of the file with the expected ones, of which none may be missing.
func (o object) checkTensors(want golden, expected map[string]expectedTensor) {
	for path, e := range expected {
		t, ok := o.leaves[path].(*tensor.Tensor)
		if !ok {
			o.r.exact(o.file+" "+path, false, "is no tensor or missing")
			continue
		}
		detail := e.compare(*t, want)
		o.r.exact(o.file+" "+path, detail == "", detail)
	}
	for path, v := range o.leaves {
		if _, ok := v.(*tensor.Tensor); ok && expected[path].Tensor == "" {
			o.r.exact(o.file+" "+path, false, "a tensor that the set does not expect")
		}
	}
}

var torchNames = map[string]tensor.DType{
	"float64": tensor.F64, "float32": tensor.F32, "float16": tensor.F16, "bfloat16": tensor.BF16, "int64": tensor.I64,
	"int32": tensor.I32, "int16": tensor.I16, "int8": tensor.I8, "uint8": tensor.U8, "bool": tensor.Bool,
}

// compare says how t differs from what is expected; "" where it does not.
func (e expectedTensor) compare(t tensor.Tensor, want golden) string {
	w, ok := want.all[e.Tensor]
	if !ok {
		return fmt.Sprintf("golden file %s has no tensor %s", want.file, e.Tensor)
	}
	if e.DType != "" && t.DType != torchNames[e.DType] {
		return fmt.Sprintf("type %s, want %s", t.DType, e.DType)
	}
	if !slices.Equal(t.Shape, w.Shape) || e.Shape != nil && !slices.Equal(t.Shape, e.Shape) {
		return fmt.Sprintf("shape %v, want %v", t.Shape, w.Shape)
	}
	got, err1 := bitsOf(t)
	bits, err2 := bitsOf(w)
	if err1 != nil || err2 != nil || !slices.Equal(got, bits) {
		return fmt.Sprint("other values than expected ", err1, err2)
	}
	return ""
}

// bitsOf are a tensor's values for an exact comparison: F64 as it is, other floats as float32, integers as int64. All
// NaN are one.
func bitsOf(t tensor.Tensor) ([]uint64, error) {
	if !t.DType.Float() {
		values, err := t.Int64s()
		return mapped(values, func(v int64) uint64 { return uint64(v) }), err
	}
	if t.DType == tensor.F64 {
		t.DType = tensor.I64
		values, err := t.Int64s()
		return mapped(values, func(v int64) uint64 { return floatBits(math.Float64frombits(uint64(v))) }), err
	}
	values, err := t.Float32s()
	return mapped(values, func(v float32) uint64 { return floatBits(float64(v)) }), err
}

func floatBits(v float64) uint64 {
	if math.IsNaN(v) {
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(v)
}

func mapped[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// checkValues compares what is no tensor.
func (o object) checkValues(values map[string]json.RawMessage, empty []string) {
	for path, want := range values {
		got, ok := o.leaves[path]
		o.r.exact(o.file+" "+path, ok && equalsJSON(got, want), fmt.Sprintf("got %v, want %s", got, want))
	}
	for _, path := range empty {
		got, ok := o.leaves[path]
		_, isTensor := got.(*tensor.Tensor)
		o.r.exact(o.file+" "+path, ok && got != nil && !isTensor && isContainer(got), fmt.Sprintf("got %v, want an empty container", got))
	}
}

func isContainer(v torch.Value) bool {
	switch v.(type) {
	case *torch.Dict, *torch.List, torch.Tuple:
		return true
	}
	return false
}

// equalsJSON compares a value with its JSON form, in which integers beyond 53 bits are {"big_integer": "…"}.
func equalsJSON(got torch.Value, want json.RawMessage) bool {
	var big64 struct {
		Digits string `json:"big_integer"`
	}
	if json.Unmarshal(want, &big64) == nil && big64.Digits != "" {
		return fmt.Sprint(got) == big64.Digits
	}
	if _, isBig := got.(*big.Int); isBig {
		return false
	}
	var a, b any
	encoded, err := json.Marshal(plain(got))
	return err == nil && json.Unmarshal(encoded, &a) == nil && json.Unmarshal(want, &b) == nil && reflect.DeepEqual(a, b)
}

// checkBad opens every corrupt or hostile file: an ordinary error where it must be refused, and in any case little
// memory and no file created.
func (s *Set) checkBad(r *recorder) error {
	var golden struct {
		Cases []struct {
			File    string `json:"file"`
			Problem string `json:"problem"`
			Refuse  bool   `json:"must_be_refused"`
		} `json:"cases"`
	}
	if err := s.json("formats/bad/bad_cases.json", &golden); err != nil {
		return err
	}
	for _, c := range golden.Cases {
		path := s.path("formats/bad/" + c.File)
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("reading golden case: %w", err)
		}
		before := allocated()
		f, err := checkpoints.Open(path)
		if err == nil {
			f.Close()
		}
		r.exact(c.File, err != nil || !c.Refuse, "was not refused: "+c.Problem)
		grown := allocated() - before
		r.exact(c.File+" memory", grown <= 2*uint64(info.Size())+64<<20, fmt.Sprintf("%d bytes allocated", grown))
		r.exact(c.File+" code", !fileExists("PICKLE_PAYLOAD_WAS_EXECUTED"), "its code was run")
	}
	return nil
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

func fileExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
