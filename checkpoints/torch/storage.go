package torch

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"gocir/checkpoints/tensor"
)

// A storage is a run of elements that one or more tensors view.
type storage struct {
	key   string
	dtype tensor.DType
	numel int
	data  []byte // set by the container once the pickle is read
}

// size is the storage's length in bytes.
func (s *storage) size() int { return s.numel * s.dtype.Size() }

// checkSize compares the bytes that a container has for the storage with those it needs.
func (s *storage) checkSize(have int) error {
	if have/s.dtype.Size() != s.numel {
		return fmt.Errorf("storage %q has %d bytes, its %d %s elements need %d: truncated or damaged", s.key, have, s.numel, s.dtype, s.size())
	}
	return nil
}

// A storageView is what a pickle has for a storage: all of it or, in the legacy container, a part.
type storageView struct {
	storage       *storage
	offset, numel int
}

// A view is a tensor whose data are still to be taken from its storage.
type view struct {
	tensor *tensor.Tensor
	storageView
	stride []int
}

// persistent replaces a storage's id by the storage (BINPERSID).
//
//	("storage", type, key, location, elements), in the legacy container followed by None or (key, offset, elements)
func (m *machine) persistent() {
	id, _ := m.pop().(Tuple)
	if len(id) < 5 || len(id) > 6 || id[0] != "storage" {
		m.fail("a reference to something outside that is no storage (whole modules can't be read, only their state dictionaries)")
		return
	}
	dtype, ok1 := id[1].(tensor.DType)
	key, ok2 := id[2].(string)
	numel, ok3 := toSize(id[4])
	if !ok1 || !ok2 || !ok3 || numel > math.MaxInt/8 || len(key) > maxKey || !m.charge(costObject) {
		m.fail("a damaged reference to a storage")
		return
	}
	s := m.storages[key]
	if s == nil {
		s = &storage{key: key, dtype: dtype, numel: numel}
		m.storages[key] = s
		m.keys = append(m.keys, key)
	}
	if s.dtype != dtype || s.numel != numel {
		m.fail("storage %q is %d %s elements here and %d %s there", key, s.numel, s.dtype, numel, dtype)
	}
	part := storageView{s, 0, numel}
	if len(id) == 6 && id[5] != nil {
		part = m.part(s, id[5])
	}
	m.push(part)
}

// part is the range of s that the legacy container's (key, offset, elements) names.
func (m *machine) part(s *storage, metadata Value) storageView {
	if t, ok := metadata.(Tuple); ok && len(t) == 3 {
		offset, ok1 := toSize(t[1])
		numel, ok2 := toSize(t[2])
		if ok1 && ok2 && offset <= s.numel && numel <= s.numel-offset {
			return storageView{s, offset, numel}
		}
	}
	m.fail("a view beyond the end of storage %q", s.key)
	return storageView{}
}

// rebuildTensor is _rebuild_tensor(storage, offset, shape, stride) and _rebuild_tensor_v2, which adds
// (requires_grad, hooks, metadata).
func rebuildTensor(m *machine, args Tuple) Value {
	if len(args) < 4 || len(args) > 7 {
		m.fail("a tensor of %d arguments", len(args))
		return nil
	}
	part, ok1 := args[0].(storageView)
	offset, ok2 := toSize(args[1])
	shape, ok3 := toSizes(args[2])
	stride, ok4 := toSizes(args[3])
	if !ok1 || !ok2 || !ok3 || !ok4 || len(shape) != len(stride) {
		m.fail("a tensor with damaged storage, offset, shape or stride (or with negative ones, which PyTorch never writes)")
		return nil
	}
	if metadata, ok := args[len(args)-1].(*Dict); len(args) == 7 && (!ok || metadata.Len() > 0) {
		m.fail("a tensor that is a negative or conjugate view; save a clone of it")
		return nil
	}
	if !m.charge(costObject + 16*len(shape)) {
		return nil
	}
	v := view{&tensor.Tensor{DType: part.storage.dtype, Shape: shape}, part, stride}
	if err := v.place(offset); err != nil {
		m.fail("a tensor of shape %v and stride %v at %d of %d elements: %w", shape, stride, offset, part.numel, err)
	}
	m.views = append(m.views, v)
	return v.tensor
}

// place moves v's offset on and checks that every element lies within the storage.
func (v *view) place(offset int) error {
	n, err := tensor.Elements(v.tensor.Shape)
	if err != nil {
		return err
	}
	if offset > v.numel {
		return errors.New("it begins beyond the end")
	}
	last := uint64(offset)
	for i, d := range v.tensor.Shape {
		if n == 0 {
			break
		}
		high, low := bits.Mul64(uint64(d-1), uint64(v.stride[i]))
		if last += low; high != 0 || low > math.MaxInt || last > math.MaxInt {
			return errors.New("it ends beyond the end")
		}
	}
	if n > 0 && last >= uint64(v.numel) {
		return errors.New("it ends beyond the end")
	}
	v.offset += offset
	return nil
}

// fill gives the tensor its data: a view of the storage where its elements lie row by row, else a copy.
func (v *view) fill(b *budget) error {
	size := v.storage.dtype.Size()
	n := v.tensor.Len()
	if n == 0 {
		v.tensor.Data = []byte{}
		return nil
	}
	if begin := v.offset * size; v.rowMajor() {
		v.tensor.Data = v.storage.data[begin : begin+n*size : begin+n*size]
		return nil
	}
	if n > math.MaxInt/size || !b.take(n*size) {
		return errTooLarge
	}
	out := make([]byte, 0, n*size)
	v.tensor.Data = v.gather(out, 0, v.offset)
	return nil
}

// rowMajor reports whether v's elements follow each other in the storage.
func (v *view) rowMajor() bool {
	next := 1
	for i, d := range slices.Backward(v.tensor.Shape) {
		if d > 1 && v.stride[i] != next {
			return false
		}
		next *= d
	}
	return true
}

// gather appends the elements of axis and the axes behind it, from the storage's element at offset on.
func (v *view) gather(out []byte, axis, offset int) []byte {
	size, shape := v.storage.dtype.Size(), v.tensor.Shape
	if axis == len(shape)-1 && v.stride[axis] == 1 {
		return append(out, v.storage.data[offset*size:(offset+shape[axis])*size]...)
	}
	for range shape[axis] {
		if axis == len(shape)-1 {
			out = append(out, v.storage.data[offset*size:(offset+1)*size]...)
		} else {
			out = v.gather(out, axis+1, offset)
		}
		offset += v.stride[axis]
	}
	return out
}

// toSize is a pickled integer that is not negative.
func toSize(v Value) (int, bool) {
	i, ok := v.(int64)
	return int(i), ok && i >= 0 && i <= math.MaxInt
}

const maxRank = 32

// toSizes is a pickled shape or stride.
func toSizes(v Value) ([]int, bool) {
	t, ok := v.(Tuple)
	if !ok || len(t) > maxRank {
		return nil, false
	}
	sizes := make([]int, len(t))
	for i := range t {
		if sizes[i], ok = toSize(t[i]); !ok {
			return nil, false
		}
	}
	return sizes, true
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
