package verify

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

var textKinds = []struct {
	kind
	file string
}{
	{kind{name: "tokenizer", check: checkTokenizer}, "tokenizer_cases.json"},
	{kind{name: "prompts", check: checkPrompts}, "prompts_cases.json"},
}

// rowOf runs one kind on a folder.
func rowOf(k kind, dir string) Row {
	r := &recorder{row: Row{Kind: k.name}}
	return r.finish(k.check(&Set{Dir: dir}, r))
}

func TestTextsPass(t *testing.T) {
	for _, k := range textKinds {
		row := rowOf(k.kind, "../../testdata/golden/a")
		t.Logf("%s: %d cases", row.Kind, row.Cases)
		if !row.Pass {
			t.Errorf("%s: %q", row.Kind, row.Misses)
		}
	}
}

// A wrong expected value, in whichever part of a file, makes exactly its case fail.
func TestTextsCatchWrongValues(t *testing.T) {
	changes := map[string][][2]string{
		"tokenizer": {
			{`"[DEC]": 30522`, `"[DEC]": 30521`},
			{`"vocab_size": 30522`, `"vocab_size": 30523`},
			{`"is solid black with no sleeves"`, `"is solid white with no sleeves"`},
			{`"attention_mask": [1, 1,`, `"attention_mask": [1, 0,`},
			{`"text": "[UNK]s"`, `"text": "[UNK]x"`},
		},
		"prompts": {
			{`" [BACKWARD] is solid black`, `"[BACKWARD] is solid black`},
			{`"Is red and IS BLUE!!"`, `"Is red and is blue!!"`},
			{`"draw": 0.25, "branch": 3`, `"draw": 0.25, "branch": 1`},
			{`"flattened": ["`, `"flattened": ["x`},
		},
	}
	for _, k := range textKinds {
		for _, change := range changes[k.name] {
			row := rowOf(k.kind, altered(t, k.file, change[0], change[1]))
			if row.Pass || len(row.Misses) != 1 {
				t.Errorf("%s: %s changed to %s: misses %q, want one", k.name, change[0], change[1], row.Misses)
			}
		}
	}
}

// altered is a folder with one golden file, in which the first place of before reads after.
func altered(t *testing.T, file, before, after string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../testdata/golden/a", file))
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(data, []byte(before), []byte(after), 1)
	if bytes.Equal(changed, data) {
		t.Fatalf("%s does not hold %s", file, before)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTextsReportUnreadableFiles(t *testing.T) {
	for _, k := range textKinds {
		if row := rowOf(k.kind, t.TempDir()); row.Pass || len(row.Misses) != 1 {
			t.Errorf("%s without its file: %+v, want one miss", k.name, row)
		}
	}
}
