package tokenize

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// testdata/adversarial.py made the cases with transformers 4.15.0 and Python 3.11.
func TestAdversarialStrings(t *testing.T) {
	data, err := os.ReadFile("testdata/adversarial.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text        string  `json:"text"`
		IDs         []int32 `json:"ids"`
		Capitalized string  `json:"capitalized"`
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 400 {
		t.Errorf("%d cases, want 400 at least", len(cases))
	}
	for _, c := range cases {
		if got := Default().Encode(c.Text, MaxLength); !slices.Equal(got, c.IDs) {
			t.Errorf("%+q: got %v, want %v", c.Text, Default().Tokens(got), Default().Tokens(c.IDs))
		}
		if got := capitalize(c.Text); got != c.Capitalized {
			t.Errorf("capitalize(%+q) = %+q, want %+q", c.Text, got, c.Capitalized)
		}
	}
}

// tokensOf encodes text and names its tokens without [CLS] and [SEP].
func tokensOf(t *Tokenizer, text string) string {
	names := t.Tokens(t.Encode(text, MaxLength))
	return strings.Join(names[1:len(names)-1], " ")
}

// Each rule of the tokenizer by hand.
func TestRules(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		" \t\n\v\u0085\u200b\u2028":    "",
		"Sleeveless DRESSES":           "sleeve ##less dresses",
		"tie-dyed $5":                  "tie - dyed $ 5",
		"café cafe\u0301 İstanbul":     "cafe cafe istanbul",
		"ΣΑΣ":                          "σ ##α ##σ",           // no final sigma
		"a\x00b\x1fc\ufffdd":           "abc ##d",             // dropped, not white space
		"a\u3000b\u2029c":              "a b c",               // white space
		"a\xff\xfeb":                   "ab",                  // invalid UTF-8
		"a\U00011f00\ue000\U0010ffffb": "ab",                  // Unicode 15, private, unassigned
		"日本a本":                         "日 本 a 本",             // ideographs stand alone
		"[FORWARD]":                    "[ forward ]",         // no token of its own
		"x[DEC]y [ENC]":                "x [DEC] y [ENC]",     // tokens anywhere
		"[dec]":                        "[ dec ]",             // in that spelling only
		"[SEP] 中[MASK]\u200b":          "[SEP] 中 [MASK]",      // alone after cleaning
		"red[SEP] [SEP]\u0301":         "red [ sep ] [ sep ]", // glued
		"[SEP][DEC][PAD]":              "[SEP] [DEC] [PAD]",   // [DEC] cuts
		strings.Repeat("a", 100):       tokensOf(Default(), strings.Repeat("A", 100)),
		strings.Repeat("a", 101):       "[UNK]",
		strings.Repeat("é", 101):       "[UNK]",
		strings.Repeat("\u0301", 101):  "",
	} {
		if got := tokensOf(Default(), text); got != want {
			t.Errorf("%+q: got %q, want %q", text, got, want)
		}
	}
}

// The public vocabulary's ids that the original's configuration names.
func TestPublicIDs(t *testing.T) {
	if got := Default().Size(); got != 30524 {
		t.Errorf("Size() = %d, want 30524", got)
	}
	for token, want := range map[string]int32{
		"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, "forward": 2830, "##less": 3238, "[DEC]": 30522, "[ENC]": 30523,
	} {
		if got, ok := Default().ID(token); !ok || got != want {
			t.Errorf("ID(%s) = %d, %v, want %d", token, got, ok, want)
		}
	}
	if id, ok := Default().ID("no such word"); ok {
		t.Errorf("ID of no word = %d", id)
	}
	if got := Default().Tokens([]int32{-1, 0, 30524}); !slices.Equal(got, []string{"<-1>", "[PAD]", "<30524>"}) {
		t.Errorf("Tokens = %q", got)
	}
}

// Texts are cut off before [SEP], in the middle of a word if need be.
func TestTruncation(t *testing.T) {
	long := strings.Repeat("sleeveless ", 100)
	for _, c := range []struct{ maxLength, want int }{{77, 77}, {5, 5}, {3, 3}, {2, 2}, {1, 2}, {0, 2}, {-4, 2}, {512, 202}} {
		got := Default().Encode(long, c.maxLength)
		if len(got) != c.want || got[0] != 101 || got[len(got)-1] != 102 {
			t.Errorf("at most %d: got %v, want %d ids between [CLS] and [SEP]", c.maxLength, got, c.want)
		}
	}
}

// With another Unicode version sinceUnicode15 has to name what came since 14: run testdata/adversarial.py with a large
// count and compare.
func TestUnicodeVersion(t *testing.T) {
	if unicode.Version != "15.0.0" {
		t.Errorf("Go has Unicode %s, and sinceUnicode15 was made for 15.0.0", unicode.Version)
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range []string{"", "is red and [DEC]", "[SEP]\u0301 中é\xff", "a\u0315\u0300\u302e", strings.Repeat("가", 120)} {
		f.Add(text, MaxLength)
	}
	f.Fuzz(func(t *testing.T, text string, maxLength int) {
		ids := Default().Encode(text, maxLength)
		if len(ids) < 2 || len(ids) > max(maxLength, 2) {
			t.Errorf("%+q: %d ids, want 2 to %d", text, len(ids), maxLength)
		}
		for _, id := range ids {
			if id < 0 || int(id) >= Default().Size() {
				t.Errorf("%+q: id %d is outside the vocabulary", text, id)
			}
		}
		capitalize(text)
	})
}
