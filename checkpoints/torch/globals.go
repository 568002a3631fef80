package torch

import (
	"math"

	"gocir/checkpoints/tensor"
)

// A callable is a function of the allow-list. It builds a value from pickled arguments and does nothing else.
type callable struct {
	name string
	call func(m *machine, args Tuple) Value
}

// allowed are the names a pickle may use, as PyTorch's own loader has them under weights_only=True, and what each
// stands for here: a storage's element type, a function, or a plain value.
var allowed = map[string]Value{
	"torch.DoubleStorage":   tensor.F64,
	"torch.FloatStorage":    tensor.F32,
	"torch.HalfStorage":     tensor.F16,
	"torch.BFloat16Storage": tensor.BF16,
	"torch.LongStorage":     tensor.I64,
	"torch.IntStorage":      tensor.I32,
	"torch.ShortStorage":    tensor.I16,
	"torch.CharStorage":     tensor.I8,
	"torch.ByteStorage":     tensor.U8,
	"torch.BoolStorage":     tensor.Bool,

	"torch._utils._rebuild_tensor":               &callable{"_rebuild_tensor", rebuildTensor},
	"torch._utils._rebuild_tensor_v2":            &callable{"_rebuild_tensor_v2", rebuildTensor},
	"torch._utils._rebuild_parameter":            &callable{"_rebuild_parameter", firstTensor},
	"torch._utils._rebuild_parameter_with_state": &callable{"_rebuild_parameter_with_state", firstTensor},
	"torch.nn.parameter.Parameter":               &callable{"Parameter", firstTensor},
	"torch.Tensor":                               &callable{"Tensor", firstTensor},
	"torch._tensor._rebuild_from_type_v2":        &callable{nameFromType, rebuildFromType},
	"torch.Size":                                 &callable{"Size", newSize},
	"torch.device":                               &callable{"device", newDevice},
	"collections.OrderedDict":                    &callable{"OrderedDict", newDict},

	"__builtin__.bytes":             &callable{"bytes", noBytes},
	"_codecs.encode":                &callable{"encode", encodeLatin1},
	"numpy.dtype":                   &callable{"dtype", newNumpyType},
	"numpy.core.multiarray.scalar":  &callable{"scalar", numpyScalar},
	"numpy._core.multiarray.scalar": &callable{"scalar", numpyScalar},

	"torch.float64":    "torch.float64",
	"torch.float32":    "torch.float32",
	"torch.float16":    "torch.float16",
	"torch.bfloat16":   "torch.bfloat16",
	"torch.int64":      "torch.int64",
	"torch.int32":      "torch.int32",
	"torch.int16":      "torch.int16",
	"torch.int8":       "torch.int8",
	"torch.uint8":      "torch.uint8",
	"torch.bool":       "torch.bool",
	"torch.complex64":  "torch.complex64",
	"torch.complex128": "torch.complex128",
}

const nameFromType = "_rebuild_from_type_v2"

// firstTensor is a parameter: its tensor, without what autograd wants to know.
func firstTensor(m *machine, args Tuple) Value {
	if len(args) > 0 {
		if t, ok := args[0].(*tensor.Tensor); ok {
			return t
		}
	}
	m.fail("a parameter without a tensor")
	return nil
}

// rebuildFromType is a tensor with attributes: (function, class, its arguments, attributes).
func rebuildFromType(m *machine, args Tuple) Value {
	if len(args) == 4 {
		f, ok1 := args[0].(*callable)
		inner, ok2 := args[2].(Tuple)
		if ok1 && ok2 && f.name != nameFromType {
			return f.call(m, inner)
		}
	}
	m.fail("a damaged tensor subclass")
	return nil
}

// newSize is a torch.Size: a tuple.
func newSize(m *machine, args Tuple) Value {
	if len(args) == 1 {
		switch v := args[0].(type) {
		case Tuple:
			return v
		case *List:
			return Tuple(v.Items)
		}
	}
	m.fail("a damaged torch.Size")
	return nil
}

// newDevice is a torch.device, as text: "cpu", "cuda:0".
func newDevice(m *machine, args Tuple) Value {
	if len(args) > 0 {
		kind, ok := args[0].(string)
		if len(args) == 1 && ok {
			return kind
		}
		if index, isInt := args[1%len(args)].(int64); ok && isInt && index >= 0 && index < math.MaxInt16 {
			return kind + ":" + itoa(index)
		}
	}
	m.fail("a damaged torch.device")
	return nil
}

// newDict is an OrderedDict, empty or from a list of pairs.
func newDict(m *machine, args Tuple) Value {
	d := &Dict{}
	if len(args) == 0 {
		return d
	}
	list, ok := args[0].(*List)
	if !ok || len(args) > 1 {
		m.fail("a damaged OrderedDict")
		return nil
	}
	for _, item := range list.Items {
		key, value, ok := pair(item)
		if !ok || !m.charge(costItem) {
			m.fail("an OrderedDict of something else than pairs")
			return nil
		}
		if err := d.set(key, value); err != nil {
			m.fail("%w", err)
		}
	}
	return d
}

// pair takes a list or tuple of two apart.
func pair(v Value) (first, second Value, ok bool) {
	var both []Value
	switch v := v.(type) {
	case Tuple:
		both = v
	case *List:
		both = v.Items
	}
	if len(both) != 2 {
		return nil, nil, false
	}
	return both[0], both[1], true
}
