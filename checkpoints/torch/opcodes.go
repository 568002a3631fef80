package torch

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
)

const opProto = 0x80

// opcodes are those that protocols 2 to 5 use for plain data, by Python's names.
var opcodes = [256]func(*machine){
	opProto: func(m *machine) { // PROTO
		if v := m.byte(); v < 2 || v > 5 {
			m.fail("pickle protocol %d; 2 to 5 are read", v)
		}
	},
	0x95: func(m *machine) { m.bytes(8) }, // FRAME: its length is of no use here
	'.':  func(m *machine) { m.done = true },
	'(':  func(m *machine) { m.marks = append(m.marks, len(m.stack)) }, // MARK
	'0':  func(m *machine) { m.pop() },                                 // POP
	'1':  func(m *machine) { m.popMark() },                             // POP_MARK
	'2':  func(m *machine) { m.push(m.top()) },                         // DUP

	'N':  func(m *machine) { m.push(nil) },                                           // NONE
	0x88: func(m *machine) { m.push(true) },                                          // NEWTRUE
	0x89: func(m *machine) { m.push(false) },                                         // NEWFALSE
	'K':  func(m *machine) { m.push(int64(m.count(1))) },                             // BININT1
	'M':  func(m *machine) { m.push(int64(m.count(2))) },                             // BININT2
	'J':  func(m *machine) { m.push(int64(int32(m.count(4)))) },                      // BININT
	0x8a: func(m *machine) { m.pushLong(m.count(1)) },                                // LONG1
	0x8b: func(m *machine) { m.pushLong(m.count(4)) },                                // LONG4
	'G':  func(m *machine) { m.push(math.Float64frombits(bigEndian(m.bytes(8)))) },   // BINFLOAT
	'X':  func(m *machine) { m.push(m.text(m.count(4))) },                            // BINUNICODE
	0x8c: func(m *machine) { m.push(m.text(m.count(1))) },                            // SHORT_BINUNICODE
	0x8d: func(m *machine) { m.push(m.text(m.count(8))) },                            // BINUNICODE8
	'T':  func(m *machine) { m.push(m.text(m.count(4))) },                            // BINSTRING, of Python 2
	'U':  func(m *machine) { m.push(m.text(m.count(1))) },                            // SHORT_BINSTRING
	'B':  func(m *machine) { m.push(m.blob(m.count(4))) },                            // BINBYTES
	'C':  func(m *machine) { m.push(m.blob(m.count(1))) },                            // SHORT_BINBYTES
	0x8e: func(m *machine) { m.push(m.blob(m.count(8))) },                            // BINBYTES8
	0x96: func(m *machine) { m.push(m.blob(m.count(8))) },                            // BYTEARRAY8
	']':  func(m *machine) { m.charge(costObject); m.push(&List{}) },                 // EMPTY_LIST
	'a':  func(m *machine) { v := m.pop(); m.appendTo([]Value{v}) },                  // APPEND
	'e':  func(m *machine) { m.appendTo(m.popMark()) },                               // APPENDS
	')':  func(m *machine) { m.push(Tuple{}) },                                       // EMPTY_TUPLE
	't':  func(m *machine) { m.push(Tuple(m.popMark())) },                            // TUPLE
	0x85: func(m *machine) { m.popTuple(1) },                                         // TUPLE1
	0x86: func(m *machine) { m.popTuple(2) },                                         // TUPLE2
	0x87: func(m *machine) { m.popTuple(3) },                                         // TUPLE3
	'}':  func(m *machine) { m.charge(costObject); m.push(&Dict{}) },                 // EMPTY_DICT
	's':  func(m *machine) { v := m.pop(); k := m.pop(); m.setItems([]Value{k, v}) }, // SETITEM
	'u':  func(m *machine) { m.setItems(m.popMark()) },                               // SETITEMS

	'q':  func(m *machine) { m.memoize(m.count(1)) },          // BINPUT
	'r':  func(m *machine) { m.memoize(m.count(4)) },          // LONG_BINPUT
	0x94: func(m *machine) { m.memoize(uint64(len(m.memo))) }, // MEMOIZE
	'h':  func(m *machine) { m.recall(m.count(1)) },           // BINGET
	'j':  func(m *machine) { m.recall(m.count(4)) },           // LONG_BINGET

	'c':  func(m *machine) { module := m.line(); m.pushGlobal(module, m.line()) }, // GLOBAL
	0x93: (*machine).stackGlobal,
	'R':  (*machine).reduce,
	0x81: (*machine).reduce, // NEWOBJ: for the names of the allow-list, the same as a call
	'b':  (*machine).build,
	'Q':  (*machine).persistent,
}

func bigEndian(b []byte) uint64 {
	var wide [8]byte
	copy(wide[:], b)
	return binary.BigEndian.Uint64(wide[:])
}

// maxLong is the most bytes of an integer; longer ones take long to print.
const maxLong = 1 << 10

// pushLong reads a two's complement integer of n bytes, lowest first.
func (m *machine) pushLong(n uint64) {
	if n > maxLong {
		m.fail("an integer of %d bytes", n)
		return
	}
	b := slices.Clone(m.bytes(n))
	m.charge(6*len(b) + costItem) // copies, and the sign
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if v.IsInt64() {
		m.push(v.Int64())
		return
	}
	m.push(v)
}

// stackGlobal takes module and name off the stack (STACK_GLOBAL).
func (m *machine) stackGlobal() {
	name, ok1 := m.pop().(string)
	module, ok2 := m.pop().(string)
	if !ok1 || !ok2 {
		m.fail("a name that is no text")
		return
	}
	m.pushGlobal(module, name)
}

// pushGlobal looks a name up in the allow-list. Nothing is imported or called here.
func (m *machine) pushGlobal(module, name string) {
	if len(module)+len(name) > maxGlobal {
		module, name = cut(module), cut(name)
	}
	v, ok := allowed[module+"."+name]
	if !ok {
		m.fail("it asks for %.80q, which is not on the list of names that are safe; nothing was run. "+
			"If you trust the file, load it in PyTorch and save its state dictionary alone", module+"."+name)
		return
	}
	m.push(v)
}

// maxGlobal is more than the bytes of any name on the list.
const maxGlobal = 80

// cut is the beginning of a name that is too long to be on the list.
func cut(name string) string { return name[:min(len(name), maxGlobal)] }

// reduce calls what lies under the arguments (REDUCE).
func (m *machine) reduce() {
	args, ok1 := m.pop().(Tuple)
	f, ok2 := m.pop().(*callable)
	if m.err == nil && (!ok1 || !ok2) {
		m.fail("a call of something that can't be called")
	}
	if m.charge(costObject) {
		m.push(f.call(m, args))
	}
}

// build gives the object on the stack a state (BUILD). Attributes of dictionaries, such as the version numbers that
// PyTorch adds to a state dictionary, are dropped.
func (m *machine) build() {
	state := m.pop()
	switch v := m.top().(type) {
	case *Dict:
		if _, ok := state.(*Dict); !ok {
			m.fail("a dictionary's attributes are %s", describe(state))
		}
	case *numpyType:
		m.stack[len(m.stack)-1] = v.withState(m, state)
	default:
		m.fail("a state for %s", describe(v))
	}
}
