package cirr_test

import (
	"os"
	"testing"

	"gocir/datasets"
	"gocir/datasets/cirr"
)

func TestCheckComparesWithThePublishedFiles(t *testing.T) {
	d, err := cirr.Open(lay(t, "cirr", "."))
	if err != nil {
		t.Fatal(err)
	}
	report := datasets.Check(d)
	if report.Images != (datasets.Figure{Found: 15, Published: 21551}) || report.Missing != 12 {
		t.Errorf("images %+v, missing %d", report.Images, report.Missing)
	}
	test := report.Splits[2]
	if test.Verdict != datasets.Differs || test.Triplets != (datasets.Figure{Found: 1, Published: 4148}) ||
		test.EmptyCaptions != (datasets.Figure{Found: 1, Published: 1}) {
		t.Errorf("test1 %+v", test)
	}
}

// BenchmarkCheck reads the published annotations in the folder that GOCIR_ANNOTATIONS names: the readers must accept
// all of them and count what is published. The captions of train may be absent.
func BenchmarkCheck(b *testing.B) {
	dir := os.Getenv("GOCIR_ANNOTATIONS")
	if dir == "" {
		b.Log("GOCIR_ANNOTATIONS names no folder: nothing read")
		return
	}
	for b.Loop() {
		d, err := cirr.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		report := datasets.Check(d)
		for _, s := range report.Splits {
			absent := s.Split == "train" && s.Verdict == datasets.CaptionsAbsent
			if s.Verdict != datasets.AsPublished && !absent {
				b.Errorf("%s: %s %s", s.Split, s.Verdict, s.Problem)
			}
		}
	}
}
