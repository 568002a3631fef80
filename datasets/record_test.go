package datasets_test

import (
	"slices"
	"testing"

	"gocir/datasets/datasetstest"
)

// Brackets, quotes and commas inside strings end nothing; blanks may stand around everything.
func TestValuesAreCutWhereTheyEnd(t *testing.T) {
	const text = "[ {\"a]},\\\"\" : \"x\\\"],{[\\\\\" ,\n\t\"n\": 1 ,\"l\":[ \"\\\\\" ,\"[,\", \"\" ] ,\"o\": {\"k\":{}, \"i\":[[ ]]},\"last\":-12}\r\n,{ }, {\"n\":0}]"
	records, err := open(t, map[string]string{"a.json": text}).Records("a.json")
	if err != nil || len(records) != 3 {
		t.Fatal(len(records), err)
	}
	r := records[0]
	if got := r.Text(`a]},"`); got != `x"],{[\` {
		t.Errorf("text %q", got)
	}
	if got := r.Texts("l"); !slices.Equal(got, []string{`\`, "[,", ""}) {
		t.Errorf("texts %q", got)
	}
	if n, last := r.Whole("n"), r.Whole("last"); n != 1 || last != -12 {
		t.Errorf("numbers %d, %d", n, last)
	}
	if o := r.Record("o"); !o.Has("k") || !o.Has("i") || o.Record("k").Has("i") || r.Err() != nil {
		t.Error("record in a record:", r.Err())
	}
	if records[1].Has("n") || records[2].Whole("n") != 0 || records[2].Err() != nil {
		t.Error("last records:", records[2].Err())
	}
}

func TestWholeNumbersOnly(t *testing.T) {
	for number, want := range map[string]string{
		"1.5": "found a number 1.5, want a whole number", "1e3": "1e3", "9223372036854775808": "whole number",
		`"7"`: `found a string "7"`, "true": "found a truth value", "null": "found null",
	} {
		records, err := open(t, map[string]string{"a.json": `[{"n": ` + number + `}]`}).Records("a.json")
		if err != nil {
			t.Fatal(err)
		}
		records[0].Whole("n")
		datasetstest.WantError(t, records[0].Err(), `key "n"`, want)
	}
}
