package fashioniq_test

import (
	"os"
	"testing"

	"gocir/datasets"
	"gocir/datasets/datasetstest"
	"gocir/datasets/fashioniq"
)

// The sums that papers quote: 18,000 triplets to train, 6,016 to validate, 6,118 to test; 15,536 names in val.
func TestPublishedSums(t *testing.T) {
	d, err := fashioniq.Open(datasetstest.Lay(t, quirks))
	if err != nil {
		t.Fatal(err)
	}
	triplets, images, empty, names := map[string]int{}, map[string]int{}, 0, 0
	for _, s := range d.Published().Splits {
		triplets[s.Split] += s.Triplets
		images[s.Split] += s.Images
		empty += s.EmptyCaptions
		names += s.Images
	}
	if triplets["train"] != 18000 || triplets["val"] != 6016 || triplets["test"] != 6118 {
		t.Errorf("triplets %v", triplets)
	}
	if images["val"] != 15536 || names != 77683 || empty != 16 || d.Published().Images != 74381 {
		t.Errorf("images %v, %d names, %d empty captions, %d distinct", images, names, empty, d.Published().Images)
	}
}

func TestCheckComparesWithThePublishedFiles(t *testing.T) {
	d, err := fashioniq.Open(datasetstest.Lay(t, quirks), "shirt")
	if err != nil {
		t.Fatal(err)
	}
	report := datasets.Check(d)
	if report.Images != (datasets.Figure{Found: 3, Published: datasets.Unknown}) || report.Missing != 1 {
		t.Errorf("images %+v, missing %d", report.Images, report.Missing)
	}
	train, val := report.Splits[0], report.Splits[1]
	if train.Verdict != datasets.Absent || train.Images.Published != 19036 {
		t.Errorf("train %+v", train)
	}
	if val.Verdict != datasets.Differs || val.Triplets != (datasets.Figure{Found: 1, Published: 2038}) ||
		val.EmptyCaptions != (datasets.Figure{Found: 1, Published: 1}) {
		t.Errorf("val %+v", val)
	}
}

// BenchmarkCheck reads the published annotations in the folder that GOCIR_ANNOTATIONS names: the readers must accept
// all of them and count what is published.
func BenchmarkCheck(b *testing.B) {
	dir := os.Getenv("GOCIR_ANNOTATIONS")
	if dir == "" {
		b.Log("GOCIR_ANNOTATIONS names no folder: nothing read")
		return
	}
	for b.Loop() {
		d, err := fashioniq.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if report := datasets.Check(d); !report.AsPublished() {
			b.Fatalf("not as published: %+v", report)
		}
	}
}
