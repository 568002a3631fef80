package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gocir/cir/tokenize"
)

// sums is an encoder whose embedding of a text is its number of tokens and the sum of their ids. It notes its calls.
func sums(calls *[]string) func(ids, mask []int32, rows, length int) ([]float32, error) {
	return func(ids, mask []int32, rows, length int) ([]float32, error) {
		*calls = append(*calls, fmt.Sprintf("%d×%d", rows, length))
		result := make([]float32, 2*rows)
		for i := range ids {
			if mask[i] == 0 && ids[i] != 0 {
				return nil, errors.New("padding is not 0")
			}
			result[2*(i/length)] += float32(mask[i])
			result[2*(i/length)+1] += float32(ids[i])
		}
		return result, nil
	}
}

func TestTextsKeepTheirOrder(t *testing.T) {
	var texts []string
	for n := range 100 { // of 0 to 99 words, the short and the long mixed
		texts = append(texts, strings.Repeat("red ", n*37%100))
	}
	texts = append(texts, texts[3], "", texts[50])
	var calls []string
	tokenizer := tokenize.Default()
	got, err := Texts{Encode: sums(&calls), Width: 2, Tokenizer: tokenizer, BatchSize: 16}.Embed(t.Context(), texts)
	if err != nil || !slices.Equal(got.Names, texts) {
		t.Fatal(err)
	}
	for i, text := range texts {
		ids := tokenizer.Encode(text, 77)
		want := []float32{float32(len(ids)), 0}
		for _, id := range ids {
			want[1] += float32(id)
		}
		if !slices.Equal(got.Row(i), want) {
			t.Errorf("row %d is %v, want %v", i, got.Row(i), want)
		}
	}
	// 100 different texts. 25 fill 77 tokens or more (75 words), the others have 2 to 76; batches run from long to short.
	want := []string{"16×77", "16×77", "16×77", "16×77", "16×40", "16×24", "16×16"}
	if !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
}

func TestLongTextsNeedNoListedLength(t *testing.T) {
	var calls []string
	e := Texts{Encode: sums(&calls), Width: 2, Tokenizer: tokenize.Default(), BatchSize: 1, MaxLength: 20}
	if _, err := e.Embed(t.Context(), []string{"red", strings.Repeat("red ", 90)}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"1×20", "1×16"}; !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
}

func TestFaultyTextEncoders(t *testing.T) {
	for want, encode := range map[string]func(ids, mask []int32, rows, length int) ([]float32, error){
		`the longest "is red": no memory`:       func(_, _ []int32, _, _ int) ([]float32, error) { return nil, errors.New("no memory") },
		`"is red": the encoder panicked: shape`: func(_, _ []int32, _, _ int) ([]float32, error) { panic("shape") },
		`gave 3 numbers, want 64`:               func(_, _ []int32, _, _ int) ([]float32, error) { return make([]float32, 3), nil },
		`"is red": number 0 is NaN`: func(_, _ []int32, rows, _ int) ([]float32, error) {
			return slices.Repeat([]float32{float32(math.NaN())}, 2*rows), nil
		},
	} {
		_, err := Texts{Encode: encode, Width: 2, Tokenizer: tokenize.Default()}.Embed(t.Context(), []string{"is red"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	if _, err := (Texts{BatchSize: -1, MaxLength: 1}).Embed(t.Context(), nil); err == nil {
		t.Error("no error without encoder and tokenizer")
	}
}

func TestCancelledTexts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var calls []string
	_, err := Texts{Encode: sums(&calls), Width: 2, Tokenizer: tokenize.Default()}.Embed(ctx, []string{"red"})
	if !errors.Is(err, context.Canceled) || len(calls) > 0 {
		t.Errorf("error %v after %d calls", err, len(calls))
	}
}
