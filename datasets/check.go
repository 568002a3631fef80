package datasets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"text/tabwriter"
)

// Unknown stands for a count that was not made or that is not published.
const Unknown = -1

// Checked is what a Dataset must have besides for Check to compare it with the published one.
type Checked interface {
	Dataset
	// Splits are the names that Split takes.
	Splits() []string
	// Gallery reads the image names of a split without its triplets.
	Gallery(category, split string) ([]string, error)
	// Published are the published sizes, for the chosen categories.
	Published() Published
}

// Published are the sizes of a data set as its authors publish it.
type Published struct {
	Images int              // distinct image names in all splits, or Unknown
	Splits []PublishedSplit // the known ones
	Notes  []string         // where the figures come from, and where sources disagree
}

// A PublishedSplit is one row of Published. A count may be Unknown.
type PublishedSplit struct {
	Category, Split                 string
	Triplets, Images, EmptyCaptions int
}

// A Figure is a count as found and as published; either may be Unknown.
type Figure struct {
	Found     int `json:"found"`
	Published int `json:"published"`
}

// The verdicts on a split. They are about its annotation files, not about the pictures.
const (
	AsPublished    = "as published"
	Differs        = "differs"         // at least one count is not the published one
	CaptionsAbsent = "captions absent" // only the image names are there
	Absent         = "absent"          // no file of image names
	Unreadable     = "unreadable"      // a file is there, and broken
)

// A SplitReport is what Check found in one split of one category.
type SplitReport struct {
	Category      string   `json:"category,omitempty"`
	Split         string   `json:"split"`
	Triplets      Figure   `json:"triplets"`
	Images        Figure   `json:"images"`         // names in the gallery
	EmptyCaptions Figure   `json:"empty_captions"` // captions that are empty or blank
	Missing       int      `json:"missing"`        // names without a picture file
	FirstMissing  []string `json:"first_missing,omitempty"`
	Verdict       string   `json:"verdict"`
	Problem       string   `json:"problem,omitempty"` // what is absent or broken, and the way out
}

// A Report is what is there of a data set, what is missing, and how the counts compare with the published ones.
type Report struct {
	Dataset string        `json:"dataset"`
	Splits  []SplitReport `json:"splits"`
	Images  Figure        `json:"images"`  // distinct names in all splits
	Missing int           `json:"missing"` // distinct names without a picture file
	Notes   []string      `json:"notes,omitempty"`
}

// Check reads every split of d and looks for every picture, without opening pictures. It takes about a second for
// 100,000 images. What is absent or broken is in the report.
func Check(d Checked) *Report {
	published := d.Published()
	report := &Report{Dataset: d.Name(), Images: Figure{Published: published.Images}, Notes: published.Notes}
	pictures := make(map[string]bool)
	for _, category := range d.Categories() {
		for _, split := range d.Splits() {
			report.Splits = append(report.Splits, checkSplit(d, published.split(category, split), pictures))
		}
	}
	report.Images.Found = len(pictures)
	for _, there := range pictures {
		if !there {
			report.Missing++
		}
	}
	return report
}

func (p Published) split(category, split string) PublishedSplit {
	for _, s := range p.Splits {
		if s.Category == category && s.Split == split {
			return s
		}
	}
	return PublishedSplit{category, split, Unknown, Unknown, Unknown}
}

// checkSplit fills pictures: for each image name, whether there is a file.
func checkSplit(d Checked, published PublishedSplit, pictures map[string]bool) SplitReport {
	report := SplitReport{
		Category: published.Category, Split: published.Split,
		Triplets:      Figure{Unknown, published.Triplets},
		Images:        Figure{Unknown, published.Images},
		EmptyCaptions: Figure{Unknown, published.EmptyCaptions},
	}
	gallery, err := d.Gallery(report.Category, report.Split)
	if err != nil {
		return report.fail(err, Absent)
	}
	report.Images.Found = len(gallery)
	report.look(d, gallery, pictures)
	split, err := d.Split(report.Category, report.Split)
	if err != nil {
		return report.fail(err, CaptionsAbsent)
	}
	report.Triplets.Found, report.EmptyCaptions.Found = len(split.Triplets), emptyCaptions(split.Triplets)
	report.Verdict = AsPublished
	if report.Triplets.differs() || report.Images.differs() || report.EmptyCaptions.differs() {
		report.Verdict = Differs
	}
	return report
}

func (r SplitReport) fail(err error, absent string) SplitReport {
	r.Problem, r.Verdict = err.Error(), Unreadable
	if errors.Is(err, fs.ErrNotExist) {
		r.Verdict = absent
	}
	return r
}

// look counts the images without a picture and keeps the names of the first five.
func (r *SplitReport) look(d Dataset, gallery []string, pictures map[string]bool) {
	for _, name := range gallery {
		there, known := pictures[name]
		if !known {
			there = d.HasImage(name)
			pictures[name] = there
		}
		if there {
			continue
		}
		if r.Missing++; r.Missing <= 5 {
			r.FirstMissing = append(r.FirstMissing, name)
		}
	}
}

func emptyCaptions(triplets []Triplet) int {
	empty := 0
	for _, t := range triplets {
		for _, caption := range t.Captions {
			if strings.TrimSpace(caption) == "" {
				empty++
			}
		}
	}
	return empty
}

func (f Figure) differs() bool {
	return f.Published != Unknown && f.Found != f.Published
}

// Whole reports whether every annotation file is there and readable, and every picture is there.
func (r *Report) Whole() bool {
	for _, s := range r.Splits {
		if s.Problem != "" {
			return false
		}
	}
	return r.Missing == 0
}

// AsPublished reports whether every count is the published one, where there is one.
func (r *Report) AsPublished() bool {
	for _, s := range r.Splits {
		if s.Verdict != AsPublished {
			return false
		}
	}
	return !r.Images.differs()
}

// WriteText writes the report for people: a table with a row per split, what is missing, and the notes.
func (r *Report) WriteText(w io.Writer) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "split\ttriplets\tpublished\timages\tpublished\tempty captions\tpublished\tno picture\tverdict")
	for _, s := range r.Splits {
		missing := count(s.Missing)
		if s.Images.Found == Unknown {
			missing = count(Unknown)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.part(),
			count(s.Triplets.Found), count(s.Triplets.Published), count(s.Images.Found), count(s.Images.Published),
			count(s.EmptyCaptions.Found), count(s.EmptyCaptions.Published), missing, s.Verdict)
	}
	table.Flush() // into memory, where nothing fails
	fmt.Fprintf(&text, "\n%s\n", r.sum())
	for _, s := range r.Splits {
		if s.Problem != "" {
			fmt.Fprintf(&text, "%s: %s\n", s.part(), s.Problem)
		}
		if s.Missing > 0 {
			fmt.Fprintf(&text, "%s: no picture for %s%s\n", s.part(), strings.Join(s.FirstMissing, ", "), s.more())
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&text, "- %s\n", note)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (s SplitReport) part() string {
	if s.Category == "" {
		return s.Split
	}
	return s.Category + "/" + s.Split
}

func (s SplitReport) more() string {
	if s.Missing == len(s.FirstMissing) {
		return ""
	}
	return fmt.Sprintf(" and %d more", s.Missing-len(s.FirstMissing))
}

// sum is the line about the distinct images.
func (r *Report) sum() string {
	line := fmt.Sprintf("%s: the split files name %d distinct images", r.Dataset, r.Images.Found)
	switch {
	case r.Images.Published == Unknown:
	case r.Images.differs():
		line += fmt.Sprintf(", the published ones %d", r.Images.Published)
	default:
		line += ", as the published ones do: they are complete"
	}
	return fmt.Sprintf("%s. %d of the pictures are there, %d are missing.", line, r.Images.Found-r.Missing, r.Missing)
}

func count(n int) string {
	if n == Unknown {
		return "?"
	}
	return fmt.Sprint(n)
}
