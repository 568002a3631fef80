package datasets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// A Record is an object of an annotation file. Its methods read the value of a key; the first that is missing or of
// another type makes the error that Err returns, and zero values follow.
type Record struct {
	keys   []string // in file order
	values map[string]json.RawMessage
	within string // the key of the record around it, with a dot
	err    *error // shared with the records inside
}

// newRecord takes an object apart. Keys that occur twice are refused: readers differ in which of the two they take.
func newRecord(raw json.RawMessage, within string) (*Record, error) {
	if kind(raw) != "an object" {
		return nil, fmt.Errorf("found %s, want an object", kind(raw))
	}
	r := &Record{values: make(map[string]json.RawMessage), within: within, err: new(error)}
	parts, err := split(raw)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(parts); i += 2 {
		key, err := text(parts[i])
		if err != nil {
			return nil, err
		}
		if r.Has(key) {
			return nil, fmt.Errorf("key %q occurs twice", key)
		}
		r.keys, r.values[key] = append(r.keys, key), parts[i+1]
	}
	return r, nil
}

// Err is the first error of the record and the records inside it.
func (r *Record) Err() error {
	return *r.err
}

// Has reports whether the record has the key.
func (r *Record) Has(key string) bool {
	return r.values[key] != nil
}

// Text is the string at key.
func (r *Record) Text(key string) string {
	return read(r, key, text)
}

// Texts is the list of strings at key.
func (r *Record) Texts(key string) []string {
	return read(r, key, func(raw json.RawMessage) ([]string, error) {
		elements, err := list(raw)
		texts := make([]string, len(elements))
		for i := 0; i < len(elements) && err == nil; i++ {
			if texts[i], err = text(elements[i]); err != nil {
				err = fmt.Errorf("element %d: %w", i, err)
			}
		}
		return texts, err
	})
}

// Whole is the whole number at key.
func (r *Record) Whole(key string) int64 {
	return read(r, key, func(raw json.RawMessage) (int64, error) {
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("found %s %s, want a whole number", kind(raw), short(string(raw)))
		}
		return n, nil
	})
}

// Record is the object at key. Its errors are the outer record's too.
func (r *Record) Record(key string) *Record {
	inner := read(r, key, func(raw json.RawMessage) (*Record, error) {
		return newRecord(raw, r.within+key+".")
	})
	if inner == nil {
		inner = &Record{within: r.within + key + "."}
	}
	inner.err = r.err
	return inner
}

// read reads the value at key, unless an error came before.
func read[T any](r *Record, key string, parse func(json.RawMessage) (T, error)) T {
	var none T
	if *r.err != nil {
		return none
	}
	raw, ok := r.values[key]
	if !ok {
		*r.err = fmt.Errorf("key %q is missing", r.within+key)
		return none
	}
	value, err := parse(raw)
	if err != nil {
		*r.err = fmt.Errorf("key %q: %w", r.within+key, err)
		return none
	}
	return value
}

func text(raw json.RawMessage) (string, error) {
	if kind(raw) != "a string" {
		return "", fmt.Errorf("found %s, want a string", kind(raw))
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

func list(raw json.RawMessage) ([]json.RawMessage, error) {
	if kind(raw) != "a list" {
		return nil, fmt.Errorf("found %s, want a list", kind(raw))
	}
	return split(raw)
}

// MaxElements is the most elements that a list of an annotation file may have, and keys that an object may: eighteen times
// those of the largest real file. A file of commas and little else would take many times its size of memory.
const MaxElements = 1 << 19

// maxKeys are those of all records of a file together.
const maxKeys = 8 * MaxElements

// split cuts a list into its elements, and an object into keys and values in turn. It leans on raw being valid JSON,
// and so is several times as fast as a decoder for each record.
func split(raw json.RawMessage) ([]json.RawMessage, error) {
	var parts []json.RawMessage
	raw = bytes.TrimLeft(raw, blanks)
	most := MaxElements
	if raw[0] == '{' {
		most *= 2 // a key and a value
	}
	raw = raw[1:]
	for {
		raw = bytes.TrimLeft(raw, blanks+",:")
		if raw[0] == ']' || raw[0] == '}' {
			return parts, nil
		}
		if len(parts) == most {
			return nil, fmt.Errorf("more than %d elements: no annotation file has as many", MaxElements)
		}
		n := length(raw)
		parts, raw = append(parts, raw[:n:n]), raw[n:]
	}
}

// length is how many bytes the value takes that raw begins with.
func length(raw json.RawMessage) int {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return i // the end of what is around a number
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case depth == 0 && bytes.IndexByte([]byte(blanks+","), c) >= 0:
			return i
		}
	}
	return len(raw)
}

const blanks = " \t\r\n"

// kind names the type of a valid JSON value.
func kind(raw json.RawMessage) string {
	raw = bytes.TrimLeft(raw, blanks)
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a truth value"
	case 'n':
		return "null"
	}
	return "a number"
}
