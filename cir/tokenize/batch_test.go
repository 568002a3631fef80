package tokenize

import (
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Rows are padded with id 0 and mask 0 to the longest; [PAD] in a text is id 0 and mask 1.
func TestBatch(t *testing.T) {
	b := Default().Batch([]string{"is red", "", "[PAD]"}, MaxLength)
	if b.Rows != 3 || b.Length != 4 {
		t.Fatalf("%d rows of %d, want 3 of 4", b.Rows, b.Length)
	}
	if want := []int32{101, 2003, 2417, 102, 101, 102, 0, 0, 101, 0, 102, 0}; !slices.Equal(b.IDs, want) {
		t.Errorf("ids %v, want %v", b.IDs, want)
	}
	if want := []int32{1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0}; !slices.Equal(b.Mask, want) {
		t.Errorf("mask %v, want %v", b.Mask, want)
	}
	if got := Default().Batch([]string{"is red", "", "[PAD]"}, math.MaxInt); !slices.Equal(got.IDs, b.IDs) {
		t.Errorf("without limit: ids %v, want %v", got.IDs, b.IDs)
	}
	if b := Default().Batch(nil, MaxLength); b.Rows != 0 || len(b.IDs) != 0 || b.Bucket(nil).Rows != 0 {
		t.Errorf("no text gave %+v", b)
	}
}

func TestBucket(t *testing.T) {
	b := Default().Batch([]string{"is red", ""}, MaxLength)
	got := b.Bucket([]int{8, 6, 24})
	if want := []int32{101, 2003, 2417, 102, 0, 0, 101, 102, 0, 0, 0, 0}; !slices.Equal(got.IDs, want) {
		t.Errorf("ids %v, want %v", got.IDs, want)
	}
	if want := []int32{1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0}; !slices.Equal(got.Mask, want) {
		t.Errorf("mask %v, want %v", got.Mask, want)
	}
}

func TestBucketLengths(t *testing.T) {
	for _, c := range []struct {
		words   int // the batch has two ids more
		lengths []int
		want    int
	}{
		{14, nil, 16},
		{15, nil, 24},
		{30, nil, 32},
		{31, nil, 40},
		{39, nil, 48},
		{60, nil, 77},
		{200, nil, 200 + 2},
		{2, []int{24, 6, 8}, 6},
		{2, []int{4, 8}, 4},
		{2, []int{2, 3}, 4},
		{2, []int{}, 4},
		{2, []int{-1, 0, 5}, 5},
	} {
		got := Default().Batch([]string{strings.Repeat("red ", c.words), "is"}, 300).Bucket(c.lengths)
		if got.Length != c.want || got.Rows != 2 || len(got.IDs) != 2*c.want || len(got.Mask) != 2*c.want {
			t.Errorf("%d words in %v: %d rows of %d, want 2 of %d", c.words, c.lengths, got.Rows, got.Length, c.want)
		}
	}
}

var captions = []string{
	" [FORWARD] is a brighter red and [FORWARD]  has longer sleeves",
	" [FORWARD] Make the dog stand [FORWARD]  on sand [FORWARD]  and [FORWARD]  add another dog behind it.",
	" [FORWARD] has a rhinestone-encrusted waistband [FORWARD] ",
}

// Goroutines share one tokenizer; run with -race.
func TestConcurrentUse(t *testing.T) {
	want := Default().Batch(captions, MaxLength)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if got := Default().Batch(captions, MaxLength); !slices.Equal(got.IDs, want.IDs) {
					t.Errorf("got %v, want %v", got.IDs, want.IDs)
				}
			}
		})
	}
	wg.Wait()
}

// A batch allocates a few slices, however long its ASCII texts are.
func TestASCIIAllocations(t *testing.T) {
	texts := []string{strings.Repeat(captions[0], 50)}
	if n := testing.AllocsPerRun(20, func() { Default().Batch(texts, 10000) }); n > 40 {
		t.Errorf("%.0f allocations for %d bytes", n, len(texts[0]))
	}
}

func BenchmarkBatch(b *testing.B) {
	for name, texts := range map[string][]string{
		"captions": slices.Repeat(captions, 128/len(captions)),
		"unicode":  slices.Repeat([]string{"une robe légère à fleurs, 赤いドレス, короткое платье"}, 128),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Default().Batch(texts, MaxLength)
			}
			b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "texts/s")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		if _, err := Open("vocab.txt"); err != nil {
			b.Fatal(err)
		}
	}
}
