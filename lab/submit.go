package lab

import (
	"context"
	"fmt"
	"os"

	"gocir/cir/eval"
	"gocir/cir/report"
	"gocir/datasets"
)

// Submission is what Submit makes.
type Submission struct {
	Paths   []string // of the two files
	Queries int
	Missing []string // gallery images that were left out for want of a picture
}

// Submit ranks a split of CIRR and writes the two files of its test server into dir, recall_submission_NAME.json and
// recall_subset_submission_NAME.json. Nothing is written unless the server would take both.
func (s *Session) Submit(ctx context.Context, d datasets.Dataset, splitName string, c Composer, dir, name string) (*Submission, error) {
	split, err := d.Split("", splitName)
	if err != nil {
		return nil, err
	}
	e, err := s.Prepare(ctx, d, split)
	if err != nil {
		return nil, err
	}
	if n := len(e.LeftOut); n > 0 {
		return nil, fmt.Errorf("%d queries of %s %s lack a picture (%s first): the test server wants every query answered", n, d.Name(), splitName, e.LeftOut[0])
	}
	outcomes, err := s.outcomes(ctx, e, c)
	if err != nil {
		return nil, err
	}
	recall, subset, err := report.Submission(outcomes)
	if err != nil {
		return nil, err
	}
	for _, file := range [][]byte{recall, subset} {
		if err := report.CheckSubmission(file, e.Split); err != nil {
			return nil, err
		}
	}
	made := &Submission{Queries: len(outcomes)}
	for _, image := range e.Report.Missing {
		made.Missing = append(made.Missing, image.Name)
	}
	made.Paths, err = report.WriteSubmission(dir, name, outcomes)
	return made, err
}

func (s *Session) outcomes(ctx context.Context, e *Evaluation, c Composer) ([]eval.Outcome, error) {
	ranked, err := eval.New(eval.CIRR, e.Split)
	if err != nil {
		return nil, err
	}
	var outcomes []eval.Outcome
	err = s.Scores(ctx, e, c, func(query int, scores []float32) error {
		outcome, err := ranked.Outcome(query, scores)
		outcomes = append(outcomes, outcome)
		return err
	})
	return outcomes, err
}

// CheckSubmission tells whether CIRR's test server could take the file at path for a split of d.
func CheckSubmission(path string, d datasets.Dataset, splitName string) error {
	split, err := d.Split("", splitName)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("checking a submission: %w", err)
	}
	const most = 64 << 20 // the server takes 5 MB; what is larger than this is no submission at all
	if !info.Mode().IsRegular() || info.Size() > most {
		return fmt.Errorf("checking %s: it is no file of at most %d MB, so no submission", path, most>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("checking a submission: %w", err)
	}
	if err := report.CheckSubmission(data, split); err != nil {
		return fmt.Errorf("checking %s against %s %s: %w", path, d.Name(), splitName, err)
	}
	return nil
}
