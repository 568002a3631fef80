package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A scanner reads the little JSON that headers are made of: objects, strings and arrays of whole numbers. It goes
// through the mapped bytes once; encoding/json would hide doubled keys and copy a header several times over.
type scanner struct {
	rest    []byte
	escaped int // bytes of strings with escapes so far
}

const (
	maxName    = 1 << 12 // bytes of a key or a name: error messages repeat it
	maxEscaped = 8 << 20 // bytes of all strings with escapes, each of which takes several times its length to read
)

// A keySet has the keys of an object: a slice for the few that most objects have, which is all a file of many tensors
// can afford.
type keySet struct {
	few  [4]string
	n    int
	many map[string]bool
}

// add reports whether the key is new.
func (k *keySet) add(key string) bool {
	if slices.Contains(k.few[:min(k.n, len(k.few))], key) || k.many[key] {
		return false
	}
	if k.n < len(k.few) {
		k.few[k.n] = key
	} else {
		if k.many == nil {
			k.many = map[string]bool{}
		}
		k.many[key] = true
	}
	k.n++
	return true
}

// object reads an object and calls value for each key, to read that key's value. A key that comes twice is an error.
func (s *scanner) object(value func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	var seen keySet
	for first := true; ; first = false {
		if s.accept('}') {
			return nil
		}
		if !first {
			if err := s.expect(','); err != nil {
				return err
			}
		}
		key, err := s.name()
		if err != nil {
			return err
		}
		if seen.n == maxEntries {
			return fmt.Errorf("more than %d keys", maxEntries)
		}
		if !seen.add(key) {
			return fmt.Errorf("key %q comes twice", key)
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := value(key); err != nil {
			return err
		}
	}
}

// integers reads an array of at most limit whole numbers from 0 on; limit is maxRank or less. It is never nil.
func (s *scanner) integers(limit int) ([]int, error) {
	if err := s.expect('['); err != nil {
		return nil, err
	}
	var values [maxRank]int
	n := 0
	for !s.accept(']') {
		if n > 0 {
			if err := s.expect(','); err != nil {
				return nil, err
			}
		}
		if n == limit {
			return nil, fmt.Errorf("more than %d numbers in an array", limit)
		}
		v, err := s.integer()
		if err != nil {
			return nil, err
		}
		values[n] = v
		n++
	}
	return append(make([]int, 0, n), values[:n]...), nil
}

func (s *scanner) integer() (int, error) {
	s.skipSpace()
	n := 0
	for n < len(s.rest) && n < 20 && s.rest[n] >= '0' && s.rest[n] <= '9' {
		n++
	}
	digits := string(s.rest[:n])
	v, err := strconv.Atoi(digits)
	if err != nil || n > 1 && digits[0] == '0' {
		return 0, fmt.Errorf("no whole number at %q", s.near())
	}
	s.rest = s.rest[n:]
	return v, nil
}

// name reads a string that is a key or a name.
func (s *scanner) name() (string, error) {
	text, err := s.text()
	if len(text) > maxName {
		return "", fmt.Errorf("a name of %d bytes, %.40q…: more than %d", len(text), text, maxName)
	}
	return text, err
}

// text reads a string.
func (s *scanner) text() (string, error) {
	if err := s.expect('"'); err != nil {
		return "", err
	}
	end := 0
	for end < len(s.rest) && s.rest[end] != '"' {
		if s.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(s.rest) {
		return "", errors.New("a string does not end")
	}
	raw := s.rest[:end]
	s.rest = s.rest[end+1:]
	if bytes.IndexByte(raw, '\\') < 0 && bytes.IndexFunc(raw, func(r rune) bool { return r < ' ' }) < 0 {
		return string(raw), nil
	}
	if s.escaped += len(raw); s.escaped > maxEscaped {
		return "", fmt.Errorf("strings with escapes of more than %d bytes, the last one is %.40q", maxEscaped, raw)
	}
	var text string
	if err := json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &text); err != nil {
		return "", fmt.Errorf("string %.40q: %w", raw, err)
	}
	if strings.ContainsRune(text, utf8.RuneError) { // half a surrogate pair
		return "", fmt.Errorf("string %.40q is not valid Unicode", raw)
	}
	return text, nil
}

func (s *scanner) expect(c byte) error {
	if !s.accept(c) {
		return fmt.Errorf("%q expected at %q", c, s.near())
	}
	return nil
}

func (s *scanner) accept(c byte) bool {
	s.skipSpace()
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) skipSpace() { s.rest = bytes.TrimLeft(s.rest, " \t\r\n") }

// near is the text that follows, cut short for an error message.
func (s *scanner) near() string { return string(s.rest[:min(len(s.rest), 24)]) }
