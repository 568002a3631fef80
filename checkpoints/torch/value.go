package torch

import (
	"errors"
	"fmt"
	"iter"

	"gocir/checkpoints/tensor"
)

// A Value is one of the things a saved object is made of:
//
//	nil, bool, int64, *big.Int (integers beyond 64 bits), float64, string, []byte,
//	*tensor.Tensor (parameters too), *List, Tuple (torch.Size too), *Dict (ordered ones too)
//
// Element types and devices are strings: "torch.float32", "cuda:0".
type Value = any

// A List is a Python list.
type List struct {
	Items []Value
}

// A Tuple is a Python tuple.
type Tuple []Value

// A Dict is a Python dictionary, in the order in which keys were first set. Keys are string, int64, float64 or bool.
type Dict struct {
	keys   []Value
	values map[Value]Value
}

// Len is the number of keys.
func (d *Dict) Len() int { return len(d.keys) }

// Get is the value of key, and whether there is one.
func (d *Dict) Get(key Value) (Value, bool) {
	switch key.(type) {
	case string, int64, float64, bool:
		v, ok := d.values[key]
		return v, ok
	}
	return nil, false
}

// All yields keys and values in order.
func (d *Dict) All() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		for _, key := range d.keys {
			if !yield(key, d.values[key]) {
				return
			}
		}
	}
}

// set adds or replaces a key.
func (d *Dict) set(key, value Value) error {
	switch key := key.(type) {
	case string:
		if len(key) > maxKey {
			return fmt.Errorf("dictionary key of %d bytes", len(key))
		}
	case int64, float64, bool:
	default:
		return fmt.Errorf("dictionary key of type %T; only text and numbers are read", key)
	}
	if d.values == nil {
		d.values = map[Value]Value{}
	}
	if _, ok := d.values[key]; !ok {
		d.keys = append(d.keys, key)
	}
	d.values[key] = value
	return nil
}

// What a saved object may be at most. Real ones are far below.
const (
	maxKey   = 1 << 10 // bytes of a dictionary key
	maxDepth = 100     // containers within containers
	maxNodes = 1 << 20 // values, those that are reached on several ways counted each time
)

// checkTree refuses what a user of the value could not walk through: a container that contains itself, one too deep,
// one that few bytes blow up by naming the same parts over and over, and things that are no data.
func checkTree(root Value) error {
	s := surveyor{seen: map[any]extent{}}
	_, err := s.measure(root, 0)
	return err
}

// An extent is the size of a value's tree. Within its own measurement it is open.
type extent struct {
	height, nodes int
	open          bool
}

type surveyor struct {
	seen map[any]extent
}

func (s *surveyor) measure(v Value, depth int) (extent, error) {
	id, children, err := parts(v)
	if err != nil || id == nil {
		return extent{nodes: 1}, err
	}
	total, known := s.seen[id]
	if total.open {
		return extent{}, errors.New("a container that contains itself")
	}
	if depth+total.height > maxDepth {
		return extent{}, fmt.Errorf("containers nested more than %d deep", maxDepth)
	}
	if known {
		return total, nil
	}
	s.seen[id] = extent{open: true}
	total = extent{nodes: 1}
	for child := range children {
		e, err := s.measure(child, depth+1)
		if err != nil {
			return extent{}, err
		}
		total.height = max(total.height, e.height+1)
		if total.nodes += e.nodes; total.nodes > maxNodes {
			return extent{}, fmt.Errorf("more than %d values", maxNodes)
		}
	}
	s.seen[id] = total
	return total, nil
}

// parts are a container's identity and its children; the identity of any other value, and of empty tuples, is nil.
func parts(v Value) (id any, children iter.Seq[Value], err error) {
	switch v := v.(type) {
	case *List:
		return v, items(v.Items), nil
	case Tuple:
		if len(v) == 0 {
			return nil, nil, nil
		}
		return &v[0], items(v), nil
	case *Dict:
		return v, func(yield func(Value) bool) {
			for _, key := range v.keys {
				if !yield(v.values[key]) {
					return
				}
			}
		}, nil
	case *callable, tensor.DType, storageView, *numpyType:
		return nil, nil, fmt.Errorf("%s outside of a tensor", describe(v))
	}
	return nil, nil, nil
}

func items(values []Value) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for _, v := range values {
			if !yield(v) {
				return
			}
		}
	}
}
