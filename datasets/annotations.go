package datasets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// Explain puts before an error what could not be read, and after it what to do.
func Explain(what string, err error) error {
	advice := "the published files have no such fault; datasets/README.md says where to fetch them"
	if errors.Is(err, fs.ErrNotExist) {
		advice = "datasets/README.md says where to fetch it"
	}
	return fmt.Errorf("%s: %w (%s)", what, err, advice)
}

// Records reads an annotation file that is a list of objects.
func (f *Folder) Records(file string) ([]*Record, error) {
	list, err := f.list(file)
	if err != nil {
		return nil, err
	}
	records, keys := make([]*Record, len(list)), 0
	for i, raw := range list {
		record, err := newRecord(raw, "")
		if err == nil {
			keys += len(record.keys)
		}
		if keys > maxKeys {
			err = fmt.Errorf("more than %d keys up to here: no annotation file has as many", maxKeys)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, record %d: %w", f.Path(file), i, err)
		}
		records[i] = record
	}
	return records, nil
}

// Names reads an annotation file that is a list of image names, each of which occurs once. Names that differ only in
// case are refused too: on many disks they are one file.
func (f *Folder) Names(file string) ([]string, error) {
	list, err := f.list(file)
	if err != nil {
		return nil, err
	}
	names, seen := make([]string, len(list)), make(seenNames, len(list))
	for i, raw := range list {
		if names[i], err = text(raw); err == nil {
			err = seen.add(names[i], i)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, record %d: %w", f.Path(file), i, err)
		}
	}
	return names, nil
}

// Paths reads an annotation file that is an object of image names and relative paths. It returns the names in file
// order, and the cleaned path of each.
func (f *Folder) Paths(file string) ([]string, map[string]string, error) {
	raw, err := f.json(file)
	if err != nil {
		return nil, nil, err
	}
	record, err := newRecord(raw, "")
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Path(file), err)
	}
	if len(record.keys) == 0 {
		return nil, nil, fmt.Errorf("%s: no entries", f.Path(file))
	}
	paths, seen := make(map[string]string, len(record.keys)), make(seenNames, len(record.keys))
	for i, name := range record.keys {
		place := record.Text(name)
		if err := errors.Join(record.Err(), seen.add(name, i)); err != nil {
			return nil, nil, fmt.Errorf("%s, record %d: %w", f.Path(file), i, err)
		}
		if err := CheckName(place); err != nil {
			return nil, nil, fmt.Errorf("%s, record %d, key %q: %w", f.Path(file), i, name, err)
		}
		paths[name] = path.Clean(place)
	}
	return record.keys, paths, nil
}

// seenNames holds, for each name in lower case, the record that it was first seen in.
type seenNames map[string]int

func (s seenNames) add(name string, record int) error {
	if err := CheckName(name); err != nil {
		return err
	}
	folded := strings.ToLower(name)
	if first, ok := s[folded]; ok {
		return fmt.Errorf("%q is already in record %d (upper and lower case are one)", name, first)
	}
	s[folded] = record
	return nil
}

// list reads a file that is a JSON list with at least one element.
func (f *Folder) list(file string) ([]json.RawMessage, error) {
	raw, err := f.json(file)
	if err != nil {
		return nil, err
	}
	elements, err := list(raw)
	if err == nil && len(elements) == 0 {
		err = errors.New("the list is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path(file), err)
	}
	return elements, nil
}

// json reads a file and checks that all of it is one JSON value.
func (f *Folder) json(file string) (json.RawMessage, error) {
	data, err := f.Read(file)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return nil, fmt.Errorf("%s: begins with a byte order mark: save it as UTF-8 without one", f.Path(file))
	}
	if !utf8.Valid(data) { // encoding/json would put U+FFFD there and say nothing
		return nil, fmt.Errorf("%s: not UTF-8", f.Path(file))
	}
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, &raw); errors.As(err, &syntax) {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return nil, fmt.Errorf("%s: not JSON at byte %d of %d (line %d): %w",
			f.Path(file), syntax.Offset, len(data), line, err)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path(file), err)
	}
	return raw, nil
}
