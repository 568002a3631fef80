package report

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/cir/eval"
	"gocir/datasets"
)

// testSplit has 60 images and three pairs without targets.
func testSplit() *datasets.Split {
	split := &datasets.Split{Name: "test1"}
	for i := range 60 {
		split.Gallery = append(split.Gallery, fmt.Sprintf("test1-%d-0-img0", i))
	}
	for i, id := range []string{"980", "12007", "1000"} {
		split.Triplets = append(split.Triplets, datasets.Triplet{ID: id, Reference: split.Gallery[i], Subset: split.Gallery[i : i+6]})
	}
	return split
}

// rankAll ranks every query by falling place in the gallery, so the last image is best.
func rankAll(t testing.TB, split *datasets.Split) []eval.Outcome {
	t.Helper()
	e, err := eval.New(eval.CIRR, split)
	if err != nil {
		t.Fatal(err)
	}
	scores := make([]float32, len(split.Gallery))
	for i := range scores {
		scores[i] = float32(i)
	}
	var outcomes []eval.Outcome
	for i := range split.Triplets {
		o, err := e.Outcome(i, scores)
		if err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// Keys are sorted as strings, as Python does; the golden files test the rest byte by byte.
func TestSubsetSubmissionByHand(t *testing.T) {
	_, subset, err := Submission(rankAll(t, testSplit()))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"1000": ["test1-7-0-img0", "test1-6-0-img0", "test1-5-0-img0"], ` +
		`"12007": ["test1-6-0-img0", "test1-5-0-img0", "test1-4-0-img0"], ` +
		`"980": ["test1-5-0-img0", "test1-4-0-img0", "test1-3-0-img0"], "metric": "recall_subset", "version": "rc2"}`
	if string(subset) != want {
		t.Errorf("got  %s\nwant %s", subset, want)
	}
}

// Python escapes what is not printable ASCII, and does not escape < > & as Go would.
func TestNamesAreEscapedAsPythonDoes(t *testing.T) {
	got := string(encodeSubmission("recall", map[string][]string{"1": {"a<&>\"\\\x7f\t\x01é😀"}}))
	want := `{"1": ["a<&>\"\\\u007f\t\u0001\u00e9\ud83d\ude00"], "metric": "recall", "version": "rc2"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSubmissionRefuses(t *testing.T) {
	outcomes := rankAll(t, testSplit())
	for _, c := range []struct {
		outcomes []eval.Outcome
		want     string
	}{
		{nil, "no query"},
		{append(outcomes, outcomes[0]), `"980"`},
		{[]eval.Outcome{{Triplet: datasets.Triplet{ID: "7"}, Top: []string{"a"}}}, "no ranked subset"},
		{[]eval.Outcome{{Triplet: datasets.Triplet{ID: "version"}, SubsetTop: []string{"a"}}}, "not allowed"},
	} {
		if _, _, err := Submission(c.outcomes); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"", "../x", "a/b"} {
		if _, err := WriteSubmission(dir, name, outcomes); err == nil {
			t.Errorf("name %q: no error", name)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What is written under the original's names passes the check.
func TestWrittenSubmissionsPassTheCheck(t *testing.T) {
	dir, split := t.TempDir(), testSplit()
	paths, err := WriteSubmission(dir, "combiner-bi", rankAll(t, split))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"recall_submission_combiner-bi.json", "recall_subset_submission_combiner-bi.json"} {
		if paths[i] != filepath.Join(dir, name) {
			t.Errorf("path %s, want %s", paths[i], name)
		}
		data, err := os.ReadFile(paths[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckSubmission(data, split); err != nil {
			t.Error(err)
		}
	}
}

func TestCheckSubmissionFinds(t *testing.T) {
	split := testSplit()
	recall, subset, err := Submission(rankAll(t, split))
	if err != nil {
		t.Fatal(err)
	}
	names := `["test1-5-0-img0", "test1-4-0-img0", "test1-3-0-img0"]` // of pair 980
	for _, c := range []struct {
		name, old, new, want string
	}{
		{"version", `"rc2"`, `"rc1"`, `version is "rc1"`},
		{"metric", `"recall_subset"`, `7`, `metric is "7"`},
		{"unknown pair", `"980"`, `"981"`, "pair 981: there is no such pair in test1\n  pair 980 is missing"},
		{"pair twice", `"980"`, `"1000"`, "pair 1000 is there twice"},
		{"version twice", `"980"`, `"version"`, `"version" is there twice`},
		{"no list", names, `{"a": 1}`, "pair 980: not a list of names"},
		{"null", names, `null`, "0 names, want 3"},
		{"too few", names, `["test1-5-0-img0"]`, "1 names, want 3"},
		{"too many", names, `["test1-1-0-img0", "test1-5-0-img0", "test1-4-0-img0", "test1-3-0-img0"]`, "4 names, want 3"},
		{"name twice", names, `["test1-5-0-img0", "test1-4-0-img0", "test1-5-0-img0"]`, `name "test1-5-0-img0" is there twice`},
		{"reference", names, `["test1-5-0-img0", "test1-4-0-img0", "test1-0-0-img0"]`, `the reference "test1-0-0-img0"`},
		{"not in the gallery", names, `["test1-5-0-img0", "test1-4-0-img0", "x"]`, `"x" is not in the gallery`},
		{"not in the subset", names, `["test1-5-0-img0", "test1-4-0-img0", "test1-9-0-img0"]`, "not in the pair's subset"},
		{"cut", `"metric"`, "", "not a JSON object"},
		{"not an object", "{", "[", "not a JSON object"},
		{"something behind", `"rc2"}`, `"rc2"} x`, "not a JSON object"},
	} {
		data := strings.Replace(string(subset), c.old, c.new, 1)
		if c.name == "cut" {
			data = string(subset[:len(subset)/2])
		}
		if err := CheckSubmission([]byte(data), split); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	if err := CheckSubmission([]byte(strings.Replace(string(recall), `"test1-59-0-img0", `, "", 1)), split); err == nil || !strings.Contains(err.Error(), "49 names, want 50") {
		t.Errorf("49 names: error %v", err)
	}
}

// All problems are told at once, but no more than a screenful.
func TestCheckSubmissionListsProblems(t *testing.T) {
	split := testSplit()
	err := CheckSubmission([]byte(`{"version": "rc2", "metric": "recall", "980": ["a", "b"]}`), split)
	for _, want := range []string{"5 problems", "2 names, want 50", `"a"`, `"b"`, "12007 is missing", "1000 is missing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("%q: []", fmt.Sprint(i)))
	}
	err = CheckSubmission([]byte("{"+strings.Join(many, ",")+"}"), split)
	if err == nil || !strings.Contains(err.Error(), "and 35 more") || strings.Count(err.Error(), "\n") != 21 {
		t.Errorf("50 unknown pairs: %v", err)
	}
	if err := CheckSubmission(make([]byte, submissionLimit+1), split); err == nil || !strings.Contains(err.Error(), "5 MB") {
		t.Errorf("large file: %v", err)
	}
}
