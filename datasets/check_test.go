package datasets_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"gocir/datasets"
)

// shop is a data set in memory: a complete split, one with other counts, one without captions, one that is absent,
// one that is broken.
type shop struct{ pictures []string }

func (shop) Name() string         { return "shop" }
func (shop) Categories() []string { return []string{"hat"} }
func (shop) Splits() []string     { return []string{"whole", "other", "bare", "absent", "broken"} }

func (shop) Gallery(_, split string) ([]string, error) {
	switch split {
	case "absent":
		return nil, datasets.Explain("shop", fs.ErrNotExist)
	case "broken":
		return nil, errors.New("not JSON")
	}
	return []string{"a", "b", split}, nil
}

func (s shop) Split(category, split string) (*datasets.Split, error) {
	gallery, err := s.Gallery(category, split)
	if err != nil {
		return nil, err
	}
	if split == "bare" {
		return nil, datasets.Explain("shop bare", fs.ErrNotExist)
	}
	triplets := []datasets.Triplet{{ID: "0", Captions: []string{"is red", " "}}, {ID: "1", Captions: []string{"", "x"}}}
	return &datasets.Split{Name: split, Category: category, Gallery: gallery, Triplets: triplets}, nil
}

func (s shop) HasImage(name string) bool         { return slices.Contains(s.pictures, name) }
func (s shop) Image(name string) ([]byte, error) { return nil, fs.ErrNotExist }

func (shop) Published() datasets.Published {
	return datasets.Published{
		Images: 5,
		Splits: []datasets.PublishedSplit{
			{Category: "hat", Split: "whole", Triplets: 2, Images: 3, EmptyCaptions: 2},
			{Category: "hat", Split: "other", Triplets: 7, Images: 3, EmptyCaptions: datasets.Unknown},
		},
		Notes: []string{"The counts are ours."},
	}
}

func TestCheckTellsWhatIsThere(t *testing.T) {
	report := datasets.Check(shop{pictures: []string{"a", "whole", "other"}})
	var verdicts []string
	for _, s := range report.Splits {
		verdicts = append(verdicts, s.Verdict)
	}
	want := []string{datasets.AsPublished, datasets.Differs, datasets.CaptionsAbsent, datasets.Absent, datasets.Unreadable}
	if !slices.Equal(verdicts, want) {
		t.Errorf("verdicts %q, want %q", verdicts, want)
	}
	whole := report.Splits[0]
	if whole.Triplets != (datasets.Figure{Found: 2, Published: 2}) || whole.EmptyCaptions.Found != 2 {
		t.Errorf("%+v", whole)
	}
	if whole.Missing != 1 || !slices.Equal(whole.FirstMissing, []string{"b"}) {
		t.Errorf("missing %d: %q", whole.Missing, whole.FirstMissing)
	}
	if bare := report.Splits[2]; bare.Images.Found != 3 || bare.Triplets.Found != datasets.Unknown || bare.Missing != 2 {
		t.Errorf("%+v", bare)
	}
	if report.Images != (datasets.Figure{Found: 5, Published: 5}) || report.Missing != 2 {
		t.Errorf("images %+v, missing %d", report.Images, report.Missing)
	}
	if report.Whole() || report.AsPublished() {
		t.Error("neither whole nor as published")
	}
	data, err := json.Marshal(report)
	if err != nil || !strings.Contains(string(data), `"triplets":{"found":2,"published":2}`) {
		t.Errorf("%s, %v", data, err)
	}
}

// hats is the shop with its good split only.
type hats struct{ shop }

func (hats) Splits() []string { return []string{"whole"} }

func (hats) Published() datasets.Published {
	p := shop{}.Published()
	p.Images = datasets.Unknown
	return p
}

func TestWholeAndAsPublished(t *testing.T) {
	for _, c := range []struct {
		pictures []string
		whole    bool
	}{{[]string{"a", "b"}, false}, {[]string{"a", "b", "whole"}, true}} {
		report := datasets.Check(hats{shop{c.pictures}})
		if report.Whole() != c.whole || !report.AsPublished() {
			t.Errorf("pictures %q: whole %v, as published %v", c.pictures, report.Whole(), report.AsPublished())
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestTextThatCanNotBeWritten(t *testing.T) {
	if err := datasets.Check(shop{}).WriteText(fullDisk{}); err == nil {
		t.Error("no error")
	}
}

func ExampleCheck() {
	report := datasets.Check(shop{pictures: []string{"a", "whole", "other"}})
	if err := report.WriteText(os.Stdout); err != nil {
		panic(err)
	}
	fmt.Println(report.Whole())
	// Output:
	// split       triplets  published  images  published  empty captions  published  no picture  verdict
	// hat/whole   2         2          3       3          2               2          1           as published
	// hat/other   2         7          3       3          2               ?          1           differs
	// hat/bare    ?         ?          3       ?          ?               ?          2           captions absent
	// hat/absent  ?         ?          ?       ?          ?               ?          ?           absent
	// hat/broken  ?         ?          ?       ?          ?               ?          ?           unreadable
	//
	// shop: the split files name 5 distinct images, as the published ones do: they are complete. 3 of the pictures are there, 2 are missing.
	// hat/whole: no picture for b
	// hat/other: no picture for b
	// hat/bare: shop bare: file does not exist (datasets/README.md says where to fetch it)
	// hat/bare: no picture for b, bare
	// hat/absent: shop: file does not exist (datasets/README.md says where to fetch it)
	// hat/broken: not JSON
	// - The counts are ours.
	// false
}
