package tokenize

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var small = []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "dress", "##es", "##s", "##", "[", "]", "#"}

// A small vocabulary works: what it lacks, [MASK] included, is [UNK].
func TestSmallVocabulary(t *testing.T) {
	tokenizer, err := New(small)
	if err != nil {
		t.Fatal(err)
	}
	if got := tokenizer.Size(); got != len(small)+2 {
		t.Errorf("Size() = %d, want %d", got, len(small)+2)
	}
	for text, want := range map[string]string{
		"Red DRESSES":  "red dress ##es",
		"redes blue":   "red ##es [UNK]",
		"##es":         "# # [UNK]",
		"[MASK] [SEP]": "[UNK] [SEP]",
		"[ENC]":        "[ENC]",
	} {
		if got := tokensOf(tokenizer, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for id, word := range small {
		if got, ok := tokenizer.ID(word); !ok || int(got) != id {
			t.Errorf("ID(%q) = %d, %v, want %d", word, got, ok, id)
		}
	}
	if got, want := tokenizer.Encode("red [DEC]", 9), []int32{2, 4, 12, 3}; !slices.Equal(got, want) {
		t.Errorf("ids %v, want %v", got, want)
	}
}

func TestNewReportsEveryProblem(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  []string
	}{
		{nil, []string{"[PAD] is missing", "[UNK] is missing", "[CLS] is missing", "[SEP] is missing"}},
		{append([]string{"red"}, small...), []string{"[PAD] is on line 2, want it on line 1", `"red" is on line 1 and again on line 6`}},
		{append(slices.Clone(small), "##s", "", "a\xffb"), []string{`"##s" is on line 8 and again on line 13`, "line 14 is empty", `line 15, "a\xffb", is not UTF-8`}},
		{append(slices.Clone(small), "[ENC]"), []string{"line 13 is [ENC], which is added"}},
		{make([]string, 100), []string{"[PAD] is missing", "line 100 is empty", "and 96 problems more"}},
	} {
		tokenizer, err := New(c.words)
		if err == nil || tokenizer != nil {
			t.Errorf("New(%.60q) gave %v and no error", c.words, tokenizer)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("New(%.60q): %v; want %q in it", c.words, err, want)
			}
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"lf":     {strings.Join(small, "\n") + "\n", ""},
		"no end": {strings.Join(small, "\n"), ""},
		"crlf":   {strings.Join(small, "\r\n") + "\r\n", ""},
		"empty":  {"", "the file is empty"},
		"bom":    {"\ufeff" + strings.Join(small, "\n"), "[PAD] is missing"},
		"blank":  {strings.Join(small, "\n") + "\n\n", "line 13 is empty"},
		"large":  {strings.Repeat("a", maxVocabulary+1), "more than 16777216 bytes"},
		"lines":  {strings.Repeat("a\n", maxWords+1), "1048577 lines"},
		"binary": {"PK\x03\x04\xff\xfe\n\x80", "is not UTF-8"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		tokenizer, err := Open(path)
		if c.want == "" {
			if err != nil || tokenizer.Size() != len(small)+2 {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v; want the path and %q in it", name, err, c.want)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "missing")} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("Open(%s): %v; want the path in it", path, err)
		}
	}
}

// Open of the embedded file's bytes is Default.
func TestOpenPublicVocabulary(t *testing.T) {
	opened, err := Open("vocab.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(opened.tokens, Default().tokens) {
		t.Error("vocab.txt and the embedded vocabulary differ")
	}
}

func TestEmbeddedVocabularyIsChecked(t *testing.T) {
	if _, err := builtIn(publicVocabulary); err != nil {
		t.Error(err)
	}
	altered := bytes.Replace(publicVocabulary, []byte("dress"), []byte("drass"), 1)
	if _, err := builtIn(altered); err == nil || !strings.Contains(err.Error(), publicSHA256) {
		t.Errorf("an altered vocabulary gave %v", err)
	}
}

func TestCheckRows(t *testing.T) {
	if err := Default().CheckRows(30524); err != nil {
		t.Error(err)
	}
	err := Default().CheckRows(30522)
	for _, number := range []int{30522, 30524} {
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(number)) {
			t.Errorf("30522 rows: %v; want %d in it", err, number)
		}
	}
}
