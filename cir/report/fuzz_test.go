package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"gocir/torture"
)

// Whatever a submission holds, it is taken only if it is one, and what is wrong with it is told on a screenful.
func FuzzCheckSubmission(f *testing.F) {
	split := testSplit()
	recall, subset, err := Submission(rankAll(f, split))
	if err != nil {
		f.Fatal(err)
	}
	for _, data := range [][]byte{recall, subset, nil, []byte("{}"), []byte("[]"), []byte(`{"version": {}, "metric": [], "980": "x"}`), bytes.Repeat([]byte("["), 99)} {
		f.Add(data)
	}
	for _, change := range [][2]string{{"980", "1000"}, {"rc2", "rc1"}, {"test1-7-0-img0", `\ud800`}, {"[", "[["}, {`"`, `'`}, {"version", "980"}} {
		f.Add([]byte(strings.Replace(string(subset), change[0], change[1], 1)))
	}
	long := strings.Repeat("0", 20_000)
	f.Add([]byte(`"` + long + `"`))
	f.Add([]byte(`{"version": "` + long + `", "` + long + `1": []}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var err error
		if over := torture.Within(uint64(1<<20+100*len(data)), 5*time.Second, func() { err = CheckSubmission(data, split) }); over != nil {
			t.Error(over)
		}
		if err == nil && (!bytes.Contains(data, []byte("rc2")) && !bytes.Contains(data, []byte(`\u`)) || len(data) < 100) {
			t.Errorf("%q passed", data)
		}
		if err != nil && (strings.Count(err.Error(), "\n") > 22 || len(err.Error()) > 10_000) {
			t.Errorf("the error has %d bytes", len(err.Error()))
		}
	})
}

// A pair with a million names is checked at once, and not name by name against all others.
func TestManyNamesOfAPair(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"version": "rc2", "metric": "recall", "980": ["a"`)
	for i := range 600_000 {
		b.WriteString(`,"` + string(rune(0x4e00+i%20_000)) + string(rune('a'+i/20_000)) + `"`)
	}
	b.WriteString(`]}`)
	var err error
	if over := torture.Within(1<<30, 20*time.Second, func() { err = CheckSubmission([]byte(b.String()), testSplit()) }); over != nil {
		t.Error(over)
	}
	if err == nil || !strings.Contains(err.Error(), "600001 names, want 50") {
		t.Errorf("err = %.200v", err)
	}
}
