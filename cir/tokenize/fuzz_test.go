package tokenize

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

// Whatever a vocabulary file holds, there is a tokenizer that gives ids of its size, or an error of readable length.
func FuzzVocabulary(f *testing.F) {
	good := strings.Join(small, "\n")
	for _, text := range []string{"", "red dresses [MASK]", "[ENC][PAD]##", strings.Repeat("é", 130), "日本\xff"} {
		f.Add([]byte(good), text)
		f.Add([]byte(strings.ReplaceAll(good, "\n", "\r\n")), text)
	}
	for _, more := range []string{"\n", "\n\n", "\n[ENC]", "\n[PAD]", "\n\xff", "\n" + strings.Repeat("a", 300), "\n##" + strings.Repeat("漢", 90), "\n##\n####", "\n\x00"} {
		f.Add([]byte(good+more), "aaa 漢漢 ####")
	}
	f.Add(bytes.Repeat([]byte("\n"), 1000), "x")
	f.Fuzz(func(t *testing.T, vocabulary []byte, text string) {
		if err := torture.Within(uint64(1<<20+500*(len(vocabulary)+len(text))), 5*time.Second, func() { encodeFuzzed(t, vocabulary, text) }); err != nil {
			t.Error(err)
		}
	})
}

func encodeFuzzed(t *testing.T, vocabulary []byte, text string) {
	tokenizer, err := parse(slices.Clone(vocabulary))
	if err != nil {
		if len(err.Error()) > 2000 {
			t.Errorf("the error has %d bytes", len(err.Error()))
		}
		return
	}
	ids := tokenizer.Encode(text, MaxLength)
	if len(ids) < 2 || len(ids) > MaxLength || ids[0] != tokenizer.begin || ids[len(ids)-1] != tokenizer.end {
		t.Errorf("%q: ids %v", text, ids)
	}
	for _, id := range ids {
		if id < 0 || int(id) >= tokenizer.Size() {
			t.Errorf("%q: id %d is outside the vocabulary", text, id)
		}
	}
	for _, token := range tokenizer.Tokens(ids) {
		if id, ok := tokenizer.ID(token); !ok || !slices.Contains(ids, id) {
			t.Errorf("token %q has the id %d, %v", token, id, ok)
		}
	}
}

// A vocabulary that is wrong on each of its lines takes no more memory than one that is right.
func TestWrongVocabularyTakesLittleMemory(t *testing.T) {
	for name, data := range map[string][]byte{
		"empty lines": bytes.Repeat([]byte("\n"), maxVocabulary), "empty lines, as many as may be": bytes.Repeat([]byte("\n"), maxWords),
		"one word": bytes.Repeat([]byte("\xff"), maxVocabulary), "one word twice": append(append(bytes.Repeat([]byte("a"), 1<<20), '\n'), bytes.Repeat([]byte("a"), 1<<20)...),
	} {
		var err error
		if over := torture.Within(400<<20, 20*time.Second, func() { _, err = parse(data) }); over != nil {
			t.Errorf("%s: %v", name, over)
		}
		if err == nil || len(err.Error()) > 2000 {
			t.Errorf("%s: err = %.200v", name, err)
		}
	}
}
