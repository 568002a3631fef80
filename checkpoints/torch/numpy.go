package torch

import (
	"encoding/binary"
	"math"
	"slices"
	"unicode/utf8"
)

// A numpyType is numpy's dtype of a scalar: its code, such as "f8", and whether it is big-endian.
type numpyType struct {
	code      string
	bigEndian bool
}

// newNumpyType is dtype(code, align, copy).
func newNumpyType(m *machine, args Tuple) Value {
	if len(args) > 0 {
		if code, ok := args[0].(string); ok {
			return &numpyType{code: code}
		}
	}
	m.fail("a damaged numpy element type")
	return nil
}

// withState is t with the byte order of a dtype's pickled state: (version, order, …).
func (t *numpyType) withState(m *machine, state Value) Value {
	s, _ := state.(Tuple)
	if len(s) < 2 {
		m.fail("a damaged numpy element type")
		return nil
	}
	return &numpyType{code: t.code, bigEndian: s[1] == ">"}
}

// numpyScalar is a number of numpy's, as metrics in a checkpoint often are: (type, its bytes).
func numpyScalar(m *machine, args Tuple) Value {
	if len(args) == 2 {
		t, ok1 := args[0].(*numpyType)
		raw, ok2 := args[1].([]byte)
		if ok1 && ok2 {
			return t.scalar(m, raw)
		}
	}
	m.fail("a damaged numpy scalar")
	return nil
}

// scalar decodes a boolean, integer or floating-point number.
func (t *numpyType) scalar(m *machine, raw []byte) Value {
	if t.bigEndian {
		raw = slices.Clone(raw)
		slices.Reverse(raw)
	}
	if len(raw) == 0 || len(raw) > 8 || len(t.code) != 2 || int(t.code[1]-'0') != len(raw) {
		m.fail("a numpy scalar of type %.20q in %d bytes", t.code, len(raw))
		return nil
	}
	var wide [8]byte
	copy(wide[:], raw)
	bits := binary.LittleEndian.Uint64(wide[:])
	unused := 64 - 8*len(raw)
	switch {
	case t.code == "f8":
		return math.Float64frombits(bits)
	case t.code == "f4":
		return float64(math.Float32frombits(uint32(bits)))
	case t.code == "b1":
		return bits != 0
	case t.code[0] == 'i':
		return int64(bits<<unused) >> unused
	case t.code[0] == 'u' && bits <= math.MaxInt64:
		return int64(bits)
	}
	m.fail("a numpy scalar of type %q", t.code)
	return nil
}

// encodeLatin1 is how protocol 2 writes bytes: as text whose code points are below 256, and a codec's name.
func encodeLatin1(m *machine, args Tuple) Value {
	if len(args) != 2 || args[1] != "latin1" {
		m.fail("bytes in an unknown encoding")
		return nil
	}
	text, ok := args[0].(string)
	if !ok || !m.charge(len(text)) {
		m.fail("damaged bytes")
		return nil
	}
	raw := make([]byte, 0, utf8.RuneCountInString(text))
	for _, r := range text {
		if r > 0xff {
			m.fail("bytes with the character %q", r)
			return nil
		}
		raw = append(raw, byte(r))
	}
	return raw
}

// noBytes is how protocol 2 writes empty bytes.
func noBytes(m *machine, args Tuple) Value {
	if len(args) > 0 {
		m.fail("bytes that are not empty")
	}
	return []byte{}
}
