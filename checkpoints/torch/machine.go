package torch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"gocir/checkpoints/tensor"
)

// A machine runs one pickle. Its first error sticks and ends the run, so opcodes need not return any.
type machine struct {
	rest   []byte // what is left of the pickle and what follows it
	stack  []Value
	marks  []int // heights of the stack
	memo   map[uint32]Value
	done   bool
	err    error
	budget *budget

	storages map[string]*storage
	keys     []string // of storages, in the order in which they were named first
	views    []view   // the tensors to be filled once the storages' data are there
}

func newMachine(data []byte, b *budget) *machine {
	return &machine{rest: data, budget: b, memo: map[uint32]Value{}, storages: map[string]*storage{}}
}

// Estimates of the memory that values cost, growth of the holding slices and maps included.
const (
	costOpcode = 96
	costItem   = 128 // an item of a dictionary, an entry of the memo
	costObject = 256 // a container, a tensor
)

// run executes opcodes up to STOP and returns the value on top of the stack.
func (m *machine) run() (Value, error) {
	size := len(m.rest)
	for !m.done && m.err == nil {
		at := size - len(m.rest)
		code := m.byte()
		if op := opcodes[code]; m.err == nil && op == nil {
			m.fail("opcode %#02x, which plain data don't need", code)
		} else if m.err == nil {
			m.charge(costOpcode)
			op(m)
		}
		if m.err != nil {
			return nil, fmt.Errorf("byte %d: %w", at, m.err)
		}
	}
	return m.pop(), m.err
}

// fail ends the run, unless it failed before.
func (m *machine) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf(format, args...)
	}
}

var errTooLarge = errors.New("it asks for far more memory than the file's size justifies; refused")

// charge accounts for memory that is about to be allocated. It reports whether the run goes on.
func (m *machine) charge(n int) bool {
	if m.err == nil && !m.budget.take(n) {
		m.err = errTooLarge
	}
	return m.err == nil
}

// bytes are the next n bytes of the pickle, a view; nil where there are fewer.
func (m *machine) bytes(n uint64) []byte {
	if n > uint64(len(m.rest)) {
		m.fail("%d bytes announced, %d are left: truncated or damaged", n, len(m.rest))
		return nil
	}
	head := m.rest[:n:n]
	m.rest = m.rest[n:]
	return head
}

func (m *machine) byte() byte {
	if b := m.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// count reads a little-endian unsigned integer of size bytes.
func (m *machine) count(size uint64) uint64 {
	var wide [8]byte
	copy(wide[:], m.bytes(size))
	return binary.LittleEndian.Uint64(wide[:])
}

// text reads n bytes as a string.
func (m *machine) text(n uint64) string {
	if b := m.bytes(n); m.charge(len(b)) {
		return string(b)
	}
	return ""
}

// blob reads n bytes as bytes of their own. They are never nil.
func (m *machine) blob(n uint64) []byte {
	if b := m.bytes(n); m.charge(len(b)) {
		return append(make([]byte, 0, len(b)), b...)
	}
	return []byte{}
}

// line reads up to the next line feed.
func (m *machine) line() string {
	end := bytes.IndexByte(m.rest, '\n')
	if end < 0 {
		m.fail("a line does not end")
		return ""
	}
	line := m.text(uint64(end))
	m.bytes(1)
	return line
}

func (m *machine) push(v Value) { m.stack = append(m.stack, v) }

// pop takes the top of the stack. What lies under the last mark can't be reached.
func (m *machine) pop() Value {
	if len(m.stack) == m.floor() {
		m.fail("the stack is empty")
		return nil
	}
	top := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return top
}

// top is the value that pop would take.
func (m *machine) top() Value {
	if len(m.stack) == m.floor() {
		m.fail("the stack is empty")
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// floor is the height of the last mark.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

// popMark takes everything above the last mark, and the mark.
func (m *machine) popMark() []Value {
	if len(m.marks) == 0 {
		m.fail("a mark is missing")
		return nil
	}
	floor := m.floor()
	values := slices.Clone(m.stack[floor:])
	m.stack, m.marks = m.stack[:floor], m.marks[:len(m.marks)-1]
	return values
}

// popTuple makes a tuple of the n values on top.
func (m *machine) popTuple(n int) {
	if len(m.stack)-m.floor() < n {
		m.fail("the stack is empty")
		return
	}
	cut := len(m.stack) - n
	t := Tuple(slices.Clone(m.stack[cut:]))
	m.stack = m.stack[:cut]
	m.push(t)
}

func (m *machine) memoize(index uint64) {
	if m.charge(costItem) {
		m.memo[uint32(index)] = m.top()
	}
}

func (m *machine) recall(index uint64) {
	v, ok := m.memo[uint32(index)]
	if !ok {
		m.fail("memo entry %d was never set", index)
	}
	m.push(v)
}

// appendTo adds values to the list on top of the stack.
func (m *machine) appendTo(values []Value) {
	list, ok := m.top().(*List)
	if !ok {
		m.fail("items appended to %s", describe(m.top()))
		return
	}
	list.Items = append(list.Items, values...)
}

// setItems adds keys and values in turn to the dictionary on top of the stack.
func (m *machine) setItems(pairs []Value) {
	d, ok := m.top().(*Dict)
	if !ok || len(pairs)%2 != 0 {
		m.fail("%d keys and values set in %s", len(pairs), describe(m.top()))
		return
	}
	for i := 0; i < len(pairs) && m.charge(costItem); i += 2 {
		if err := d.set(pairs[i], pairs[i+1]); err != nil {
			m.fail("%w", err)
		}
	}
}

// describe names a value's kind for an error message.
func describe(v Value) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case *callable:
		return v.name
	case tensor.DType, storageView:
		return "a storage"
	case *tensor.Tensor:
		return "a tensor"
	case *List:
		return "a list"
	case Tuple:
		return "a tuple"
	case *Dict:
		return "a dictionary"
	}
	return fmt.Sprintf("a value of type %T", v)
}
