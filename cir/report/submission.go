package report

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"unicode/utf16"

	"gocir/atomicfile"
	"gocir/cir/eval"
)

// CIRR's test server takes two files, "recall" and "recall_subset".
const (
	submissionVersion = "rc2"
	recallMetric      = "recall"
	subsetMetric      = "recall_subset"
	recallNames       = eval.TopNames
	subsetNames       = 3
	submissionLimit   = 5 << 20 // bytes
)

// Submission gives the two files of CIRR's test server for the outcomes of all queries of a split: the 50 best names
// per pair id, and the 3 best of the subset, the reference in neither. They are byte for byte what the original writes:
// keys sorted as strings, ", " and ": " between values, ASCII only, no line feed at the end.
func Submission(outcomes []eval.Outcome) (recall, subset []byte, err error) {
	if len(outcomes) == 0 {
		return nil, nil, fmt.Errorf("CIRR submission: there is no query to submit")
	}
	best := map[string][]string{}
	bestOfSubset := map[string][]string{}
	for _, o := range outcomes {
		id := o.Triplet.ID
		if _, twice := best[id]; twice || id == "" || id == "version" || id == "metric" {
			return nil, nil, fmt.Errorf("CIRR submission: query %d has the pair id %q, which is not allowed or comes twice", o.Query, id)
		}
		if len(o.SubsetTop) == 0 {
			return nil, nil, fmt.Errorf("CIRR submission: pair %s has no ranked subset: rank it under the protocol %s", id, eval.CIRR)
		}
		best[id] = o.Top[:min(recallNames, len(o.Top))]
		bestOfSubset[id] = o.SubsetTop[:min(subsetNames, len(o.SubsetTop))]
	}
	return encodeSubmission(recallMetric, best), encodeSubmission(subsetMetric, bestOfSubset), nil
}

// WriteSubmission writes both files into dir, named as the original names them, and returns their paths:
// recall_submission_NAME.json and recall_subset_submission_NAME.json.
func WriteSubmission(dir, name string, outcomes []eval.Outcome) (paths []string, err error) {
	if name == "" || name != filepath.Base(name) {
		return nil, fmt.Errorf("CIRR submission: %q can't be part of a file name: give letters and digits", name)
	}
	recall, subset, err := Submission(outcomes)
	if err != nil {
		return nil, err
	}
	for _, file := range []struct {
		kind string
		data []byte
	}{{"recall_submission", recall}, {"recall_subset_submission", subset}} {
		path := filepath.Join(dir, file.kind+"_"+name+".json")
		if err := atomicfile.WriteFile(path, file.data); err != nil {
			return paths, fmt.Errorf("CIRR submission: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// encodeSubmission writes JSON as Python's json.dump(…, sort_keys=True) does.
func encodeSubmission(metric string, best map[string][]string) []byte {
	keys := []string{"version", "metric"}
	for id := range best {
		keys = append(keys, id)
	}
	slices.Sort(keys)
	var b bytes.Buffer
	for i, key := range keys {
		b.WriteString(map[bool]string{true: "{", false: ", "}[i == 0])
		writePythonString(&b, key)
		b.WriteString(": ")
		switch key {
		case "version":
			writePythonString(&b, submissionVersion)
		case "metric":
			writePythonString(&b, metric)
		default:
			writeNames(&b, best[key])
		}
	}
	b.WriteString("}")
	return b.Bytes()
}

func writeNames(b *bytes.Buffer, names []string) {
	b.WriteString("[")
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		writePythonString(b, name)
	}
	b.WriteString("]")
}

// writePythonString writes a JSON string with everything but printable ASCII escaped; encoding/json escapes other
// characters than Python does.
func writePythonString(b *bytes.Buffer, s string) {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}
	b.WriteByte('"')
	for _, r := range s {
		escape, ok := short[r]
		switch {
		case ok:
			b.WriteString(escape)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(b, `\u%04x`, unit)
			}
		}
	}
	b.WriteByte('"')
}
