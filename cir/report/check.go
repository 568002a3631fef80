package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
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
		return nil, fmt.Errorf("it begins with %.60q", fmt.Sprint(token))
	}
	var fields []field
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		f := field{key: fmt.Sprint(key)}
		if err := decoder.Decode(&f.value); err != nil {
			return nil, fmt.Errorf("at %.60q: %w", f.key, err)
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
	problems []string // the first of them
	count    int      // of all
}

// mostProblems are told: a wrong file has one for each of its names.
const mostProblems = 20

func (c *submissionCheck) problem(format string, args ...any) {
	if c.count++; c.count <= mostProblems {
		c.problems = append(c.problems, fmt.Sprintf(format, args...))
	}
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
		c.problem("version is %.60q, want %q", values["version"], submissionVersion)
	}
	if m := values["metric"]; m != recallMetric && m != subsetMetric {
		c.problem("metric is %.60q, want %q or %q", m, recallMetric, subsetMetric)
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
			c.problem("pair %s: there is no such pair in %s", shownID(f.key), c.split.Name)
		case c.seen[f.key]:
			c.problem("pair %s is there twice", shownID(f.key))
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

// shownID is a pair id for a message: a number as it is, anything else quoted and cut.
func shownID(id string) string {
	if _, err := strconv.ParseUint(id, 10, 64); err == nil && len(id) < 21 { // it may begin with zeros
		return id
	}
	return fmt.Sprintf("%.60q", id)
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
	seen := map[string]bool{}
	for _, name := range names {
		twice := seen[name]
		seen[name] = true
		switch {
		case twice:
			c.problem("pair %s: name %.60q is there twice", t.ID, name)
		case name == t.Reference:
			c.problem("pair %s: the reference %q is among the names", t.ID, name)
		case !c.gallery[name]:
			c.problem("pair %s: name %.60q is not in the gallery", t.ID, name)
		case c.subset && !slices.Contains(t.Subset, name):
			c.problem("pair %s: name %.60q is not in the pair's subset", t.ID, name)
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
	if c.count == 0 {
		return nil
	}
	if more := c.count - len(c.problems); more > 0 {
		c.problems = append(c.problems, fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("CIRR submission: %d problems:\n  %s", c.count, strings.Join(c.problems, "\n  "))
}
