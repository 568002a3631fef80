package tokenize_test

import (
	"fmt"

	"gocir/cir/tokenize"
)

// From the two captions of a FashionIQ triplet to what the text encoder reads.
func Example() {
	captions := []string{"is red and sleeveless.", "has a handbag"}
	text := tokenize.ModificationText(captions, tokenize.Forward, tokenize.Both)
	fmt.Println(text)

	t := tokenize.Default()
	batch := t.Batch([]string{text, "is blue"}, tokenize.MaxLength).Bucket(nil)
	fmt.Println(batch.Rows, "rows of", batch.Length)
	fmt.Println(t.Tokens(batch.IDs[:12]))
	// Output:
	// [forward] is red and [forward]  sleeveless and [FORWARD] has a hand [FORWARD] bag
	// 2 rows of 24
	// [[CLS] [ forward ] is red and [ forward ] sleeve ##less]
}

func ExampleMark() {
	fmt.Printf("%q\n", tokenize.Mark("is shorter and has a handbag", tokenize.Backward))
	// Output: " [BACKWARD] is shorter and [BACKWARD]  has a hand [BACKWARD] bag"
}

// A vocabulary of one's own: its words, and [DEC] and [ENC] behind them.
func ExampleNew() {
	t, err := tokenize.New([]string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "dress", "##es"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Size(), t.Tokens(t.Encode("Red dresses, please", 8)))
	// Output: 9 [[CLS] red dress ##es [UNK] [UNK] [SEP]]
}
