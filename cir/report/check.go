package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gocir/datasets"
)

// CheckSubmission tells whether CIRR's test server could take a file: version and metric, each pair id of the split
// exactly once and no other, 50 (of the subset 3) different names of the gallery (of the pair's subset), the reference
// not among them, at most 5 MB. Where the gallery or subset is smaller, all of it but the reference is expected. The
// error lists all problems, up to 20.
func CheckSubmission(data []byte, split *datasets.Split) error {
	if len(data) > submissionLimit {
		return fmt.Errorf("CIRR submission: the file has %d bytes, the server takes %d (5 MB)", len(data), submissionLimit)
	}
	fields, err := objectFields(data)
	if err != nil {
		return fmt.Errorf("CIRR submission: not a JSON object with names per pair id: %w", err)
	}
	c := submissionCheck{split: split, gallery: make(map[string]bool, len(split.Gallery)), seen: map[string]bool{}}
	for _, name := range split.Gallery {
		c.gallery[name] = true
	}
	c.readHead(fields)
	c.checkPairs(fields)
	return c.err()
}

// A field is one key of an object, as written: encoding/json alone would hide a key that comes twice.
type field struct {
	key   string
	value json.RawMessage
}

func objectFields(data []byte) ([]field, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if token, err := decoder.Token(); err != nil {
		return nil, err
	} else if token != json.Delim('{') {
		return nil, fmt.Errorf("it begins with %v", token)
	}
	var fields []field
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		f := field{key: fmt.Sprint(key)}
		if err := decoder.Decode(&f.value); err != nil {
			return nil, fmt.Errorf("at %q: %w", f.key, err)
		}
		fields = append(fields, f)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("it ends too early: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows after the object's end, at byte %d", decoder.InputOffset())
	}
	return fields, nil
}

// A submissionCheck collects what is wrong.
type submissionCheck struct {
	split    *datasets.Split
	gallery  map[string]bool
	subset   bool // the metric is recall_subset
	seen     map[string]bool
	problems []string
}

func (c *submissionCheck) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// readHead checks version and metric, and learns from the latter what the pairs must hold.
func (c *submissionCheck) readHead(fields []field) {
	values := map[string]string{}
	for _, f := range fields {
		if f.key != "version" && f.key != "metric" {
			continue
		}
		if _, twice := values[f.key]; twice {
			c.problem("%q is there twice", f.key)
		}
		var s string
		if err := json.Unmarshal(f.value, &s); err != nil {
			s = string(f.value)
		}
		values[f.key] = s
	}
	if values["version"] != submissionVersion {
		c.problem("version is %q, want %q", values["version"], submissionVersion)
	}
	if m := values["metric"]; m != recallMetric && m != subsetMetric {
		c.problem("metric is %q, want %q or %q", m, recallMetric, subsetMetric)
	}
	c.subset = values["metric"] == subsetMetric
}

func (c *submissionCheck) checkPairs(fields []field) {
	triplets := make(map[string]datasets.Triplet, len(c.split.Triplets))
	for _, t := range c.split.Triplets {
		triplets[t.ID] = t
	}
	for _, f := range fields {
		if f.key == "version" || f.key == "metric" {
			continue
		}
		t, known := triplets[f.key]
		switch {
		case !known:
			c.problem("pair %s: there is no such pair in %s", f.key, c.split.Name)
		case c.seen[f.key]:
			c.problem("pair %s is there twice", f.key)
		default:
			c.checkPair(t, f.value)
		}
		c.seen[f.key] = true
	}
	for _, t := range c.split.Triplets {
		if !c.seen[t.ID] {
			c.problem("pair %s is missing", t.ID)
		}
	}
}

func (c *submissionCheck) checkPair(t datasets.Triplet, value json.RawMessage) {
	var names []string
	if err := json.Unmarshal(value, &names); err != nil {
		c.problem("pair %s: not a list of names", t.ID)
		return
	}
	if want := c.want(t); len(names) != want {
		c.problem("pair %s: %d names, want %d", t.ID, len(names), want)
	}
	for i, name := range names {
		switch {
		case slices.Contains(names[:i], name):
			c.problem("pair %s: name %q is there twice", t.ID, name)
		case name == t.Reference:
			c.problem("pair %s: the reference %q is among the names", t.ID, name)
		case !c.gallery[name]:
			c.problem("pair %s: name %q is not in the gallery", t.ID, name)
		case c.subset && !slices.Contains(t.Subset, name):
			c.problem("pair %s: name %q is not in the pair's subset", t.ID, name)
		}
	}
}

// want is the number of names that a pair must have.
func (c *submissionCheck) want(t datasets.Triplet) int {
	others := func(names []string) int {
		if slices.Contains(names, t.Reference) {
			return len(names) - 1
		}
		return len(names)
	}
	if c.subset {
		return min(subsetNames, others(t.Subset))
	}
	return min(recallNames, others(c.split.Gallery))
}

func (c *submissionCheck) err() error {
	const most = 20
	n := len(c.problems)
	if n == 0 {
		return nil
	}
	shown := c.problems[:min(n, most)]
	if n > most {
		shown = append(slices.Clip(shown), fmt.Sprintf("and %d more", n-most))
	}
	return fmt.Errorf("CIRR submission: %d problems:\n  %s", n, strings.Join(shown, "\n  "))
}
