package lab_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocir/cir/cirtest"
	"gocir/cir/eval"
	"gocir/lab"
)

// A short demo leaves everything that a long one does.
func TestDemoLeavesResultsRunsAndReport(t *testing.T) {
	dir := t.TempDir()
	made, err := lab.Demo(t.Context(), lab.WorkbenchOptions{
		Dir: dir, Backend: cirtest.Backend(t), Images: 400, Quick: true, About: map[string]string{"backend": "test"},
	}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Tables) != 2 || len(made.Tables[0].Rows) != 5 || len(made.Findings) != 6 || len(made.Submissions) != 2 {
		t.Errorf("%d tables, %d findings, %d submissions", len(made.Tables), len(made.Findings), len(made.Submissions))
	}
	runs, err := filepath.Glob(filepath.Join(dir, "runs", "*", "metrics.jsonl"))
	if want := 1 + 2*2*2*2; err != nil || len(runs) != want {
		t.Errorf("%d runs (%v), want pretraining and %d", len(runs), err, want-1)
	}
	page, err := os.ReadFile(made.HTML)
	if err != nil || !bytes.Contains(page, []byte("data:image/png;base64,")) || bytes.Contains(page, []byte("src=\"http")) {
		t.Errorf("the report holds no pictures, or some from elsewhere (%v)", err)
	}
	for _, name := range []string{"fashioniq-curves.svg", "fashioniq-recall.png", "cirr-curves.png", "cirr-queries.png", "report.md"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 500 {
			t.Errorf("%s is missing or empty (%v)", name, err)
		}
	}
	var results struct {
		Results map[string][]eval.Result `json:"results"`
	}
	data, err := os.ReadFile(filepath.Join(dir, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &results); err != nil {
		t.Fatal(err)
	}
	for row, runs := range results.Results {
		if want := 2; len(runs) != want && !strings.HasSuffix(row, "pretrained, sum") {
			t.Errorf("%s has %d runs, want %d", row, len(runs), want)
		}
	}
	if len(results.Results) != 10 {
		t.Errorf("%d rows of results, want 10", len(results.Results))
	}
}
