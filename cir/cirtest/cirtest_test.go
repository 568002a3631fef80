package cirtest_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gocir/cir/cirtest"
)

// A printer is a test that prints what would fail it.
type printer struct {
	testing.TB
	printed []string
}

func (p *printer) Helper() {}

func (p *printer) Errorf(format string, args ...any) {
	p.printed = append(p.printed, fmt.Sprintf(format, args...))
}

func ExampleAllClose() {
	t := &printer{} // a *testing.T in a test
	cirtest.AllClose(t, []float32{1, 2.0001, 3}, []float32{1, 2, 3}, 1e-3)
	cirtest.AllClose(t, []float32{1, 2.5, 7}, []float32{1, 2, 3}, 1e-3)
	fmt.Println(strings.Join(t.printed, "\n"))
	// Output: 2 of 3 numbers differ by more than 0.001; most at 2: got 7, want 3
}

func TestAllCloseFailsWhereItShould(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		got, want []float32
		fails     bool
	}{
		{nil, nil, false},
		{[]float32{1}, []float32{1.5}, false},
		{[]float32{1}, []float32{1.75}, true},
		{[]float32{1}, []float32{1, 2}, true},
		{[]float32{nan}, []float32{1}, true},
		{[]float32{nan}, []float32{nan}, true},
		{[]float32{inf}, []float32{1}, true},
	} {
		p := &printer{}
		cirtest.AllClose(p, c.got, c.want, 0.5)
		if failed := len(p.printed) > 0; failed != c.fails {
			t.Errorf("%v against %v: %q", c.got, c.want, p.printed)
		}
	}
}

// The tiny model is the same in each test, and every part of it answers.
func TestTinyModel(t *testing.T) {
	encode := func() [][]float32 {
		m := cirtest.TinyModel(t)
		images, err := m.EncodeImages(cirtest.Normal(3*16*16, 7), 1)
		if err != nil {
			t.Fatal(err)
		}
		texts, err := m.EncodeTexts([]int32{1, 20, 2}, []int32{1, 1, 1}, 1, 3)
		if err != nil {
			t.Fatal(err)
		}
		composed, lambda, err := m.Combine(images, texts, 1)
		if err != nil {
			t.Fatal(err)
		}
		return [][]float32{images, texts, composed, lambda}
	}
	first, second := encode(), encode()
	for i := range first {
		if !slices.Equal(first[i], second[i]) {
			t.Errorf("result %d: %v, then %v", i, first[i], second[i])
		}
		if slices.Max(first[i]) == 0 {
			t.Errorf("result %d is %v", i, first[i])
		}
	}
}

func TestSeedsDraw(t *testing.T) {
	if slices.Equal(cirtest.Normal(8, 1), cirtest.Normal(8, 2)) {
		t.Error("seeds 1 and 2 draw the same numbers")
	}
}

// Config and vocabulary fit each other.
func TestTinyConfig(t *testing.T) {
	c := cirtest.TinyConfig()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	tokenizer := cirtest.TinyTokenizer(t)
	if err := tokenizer.CheckRows(c.Text.Vocabulary); err != nil {
		t.Error(err)
	}
	if got := tokenizer.Tokens(tokenizer.Encode("red [FORWARD]", 77)); !slices.Equal(got, []string{"[CLS]", "red", "[", "forward", "]", "[SEP]"}) {
		t.Errorf("tokens %q", got)
	}
}
