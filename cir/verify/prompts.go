package verify

import (
	"fmt"
	"slices"

	"gocir/cir/tokenize"
)

// prompts are the golden cases of modification texts.
type prompts struct {
	Prepend []struct {
		Text     string `json:"text"`
		Forward  string `json:"forward"`
		Backward string `json:"backward"`
	} `json:"prepend"`
	Pairs []struct {
		First   string   `json:"cap1"`
		Second  string   `json:"cap2"`
		Outputs []string `json:"outputs"`
		Val     string   `json:"val"`
	} `json:"fiq_pairs"`
	Pipeline []promptPipeline `json:"fiq_pipeline"`
	Draws    []struct {
		Draw   float64 `json:"draw"`
		Branch int     `json:"branch"`
	} `json:"branch_of_draw"`
	Flatten struct {
		Samples   [][]string `json:"samples"`
		Flattened []string   `json:"flattened"`
	} `json:"flatten"`
}

type promptPipeline struct {
	Captions         []string `json:"captions"`
	ForwardCaptions  []string `json:"forward_captions"`
	BackwardCaptions []string `json:"backward_captions"`
	ForwardOutputs   []string `json:"forward_outputs"`
	BackwardOutputs  []string `json:"backward_outputs"`
	Val              string   `json:"val"`
}

// checkPrompts makes every modification text, step by step and as a whole.
func checkPrompts(s *Set, r *recorder) error {
	var golden prompts
	if err := s.json("prompts_cases.json", &golden); err != nil {
		return err
	}
	for _, c := range golden.Prepend {
		r.text("forward mark", c.Text, tokenize.Mark(c.Text, tokenize.Forward), c.Forward)
		r.text("backward mark", c.Text, tokenize.Mark(c.Text, tokenize.Backward), c.Backward)
	}
	for _, c := range golden.Pairs {
		for branch, want := range c.Outputs {
			r.text(fmt.Sprintf("branch %d of", branch), c.First+"|"+c.Second, tokenize.FashionIQText(c.First, c.Second, branch), want)
		}
		r.text("validation text of", c.First+"|"+c.Second, tokenize.FashionIQText(c.First, c.Second, tokenize.Both), c.Val)
	}
	for _, c := range golden.Pipeline {
		c.check(r)
	}
	for _, c := range golden.Draws {
		got := tokenize.BranchOfDraw(c.Draw)
		r.exact(fmt.Sprintf("draw %v", c.Draw), got == c.Branch, fmt.Sprintf("got branch %d, want %d", got, c.Branch))
	}
	got := tokenize.Flatten(golden.Flatten.Samples)
	r.exact("flatten", slices.Equal(got, golden.Flatten.Flattened), fmt.Sprintf("got %q, want %q", got, golden.Flatten.Flattened))
	return nil
}

func (c promptPipeline) check(r *recorder) {
	c.direction(r, tokenize.Forward, c.ForwardCaptions, c.ForwardOutputs)
	c.direction(r, tokenize.Backward, c.BackwardCaptions, c.BackwardOutputs)
	r.text("validation text of", fmt.Sprint(c.Captions), tokenize.ModificationText(c.Captions, tokenize.Forward, tokenize.Both), c.Val)
}

func (c promptPipeline) direction(r *recorder, d tokenize.Direction, captions, outputs []string) {
	var marked, texts []string
	for _, caption := range c.Captions {
		marked = append(marked, tokenize.Mark(caption, d))
	}
	for branch := range tokenize.Branches {
		texts = append(texts, tokenize.ModificationText(c.Captions, d, branch))
	}
	r.exact(fmt.Sprintf("marks of %+q", c.Captions), slices.Equal(marked, captions), fmt.Sprintf("got %+q, want %+q", marked, captions))
	r.exact(fmt.Sprintf("%s texts of %+q", d, c.Captions), slices.Equal(texts, outputs), fmt.Sprintf("got %+q, want %+q", texts, outputs))
}

// text counts a case whose result is text.
func (r *recorder) text(what, name, got, want string) {
	r.exact(fmt.Sprintf("%s %+q", what, name), got == want, fmt.Sprintf("got %+q, want %+q", got, want))
}
