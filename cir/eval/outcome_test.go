package eval_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gocir/cir/eval"
)

// The way from scores and the way from a full stable sort agree, ties included, under every protocol.
func TestOutcomeEqualsFullSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, protocol := range []eval.Protocol{eval.FashionIQ, eval.FashionIQVAL, eval.CIRR} {
		tied := 0
		for range 20 {
			split := drawSplit(r, 6+r.IntN(120), 5)
			e := mustNew(t, protocol, split)
			for query := range split.Triplets {
				scores := drawScores(r, len(split.Gallery))
				got, err := e.Outcome(query, scores)
				if err != nil {
					t.Fatal(err)
				}
				want, err := e.FromRanking(query, sorted(split.Gallery, scores))
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("%s: from scores %+v\nfrom the sorted ranking %+v", protocol, got, want)
				}
				if got.Tied {
					tied++
				}
			}
		}
		if tied == 0 {
			t.Errorf("%s: no tie among the drawn scores, so the test shows nothing about ties", protocol)
		}
	}
}

// a, the reference, is best; then d; b, the target, ties with c, which stands behind it.
func TestOutcomeByHand(t *testing.T) {
	scores := []float32{0.9, 0.5, 0.5, 0.7}
	for _, c := range []struct {
		protocol eval.Protocol
		rank     int
		top      string
	}{{eval.FashionIQ, 2, "a d b c"}, {eval.FashionIQVAL, 1, "a b c"}} {
		o, err := mustNew(t, c.protocol, small()).Outcome(0, scores)
		if err != nil {
			t.Fatal(err)
		}
		if o.Rank != c.rank || !o.Tied || strings.Join(o.Top, " ") != c.top || o.SubsetRank != -1 {
			t.Errorf("%s: rank %d tied %v top %v, want rank %d, a tie, %s", c.protocol, o.Rank, o.Tied, o.Top, c.rank, c.top)
		}
	}
}

// In CIRR the reference is in neither list, whatever its score.
func TestCIRROutcomeByHand(t *testing.T) {
	o, err := mustNew(t, eval.CIRR, smallCIRR()).Outcome(0, []float32{1, 0.1, 0.4, 0.2, 0.6, 0.3})
	if err != nil {
		t.Fatal(err)
	}
	if o.Rank != 1 || o.SubsetRank != 1 || o.Tied || strings.Join(o.Top, "") != "ecfdb" || strings.Join(o.SubsetTop, "") != "ecfdb" {
		t.Errorf("outcome %+v, want rank 1 and e c f d b", o)
	}
}

// An approximate search returns few names: a target beyond them is not found.
func TestShortRankingMayMissTheTarget(t *testing.T) {
	e := mustNew(t, eval.FashionIQ, small())
	o, err := e.FromRanking(0, eval.Ranking{Names: []string{"a", "c"}})
	if err != nil || o.Rank != -1 || o.Tied {
		t.Errorf("outcome %+v, error %v, want rank -1", o, err)
	}
}

func TestBadScoresAreRefused(t *testing.T) {
	e := mustNew(t, eval.FashionIQ, small())
	nan := float32(math.NaN())
	for _, c := range []struct {
		query  int
		scores []float32
		want   string
	}{
		{0, []float32{1, 2, 3}, "3 scores for a gallery of 4"},
		{0, []float32{1, 2, nan, 3}, `score of "c" is NaN`},
		{1, []float32{1, 2, 3, float32(math.Inf(1))}, `score of "d" is +Inf`},
		{2, []float32{1, 2, 3, 4}, "no query 2"},
		{-1, []float32{1, 2, 3, 4}, "no query -1"},
	} {
		if _, err := e.Outcome(c.query, c.scores); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("query %d, scores %v: error %v, want one with %q", c.query, c.scores, err, c.want)
		}
	}
}

func TestBadRankingsAreRefused(t *testing.T) {
	e := mustNew(t, eval.FashionIQ, small())
	nan := float32(math.NaN())
	for _, c := range []struct {
		ranking eval.Ranking
		want    string
	}{
		{eval.Ranking{Names: []string{"a", "x"}}, `"x" is not in the gallery`},
		{eval.Ranking{Names: []string{"a", "b", "a"}}, `"a" is in the ranking twice`},
		{eval.Ranking{Names: []string{"a", "b"}, Scores: []float32{1}}, "2 names and 1 scores"},
		{eval.Ranking{Names: []string{"a", "b"}, Scores: []float32{1, 2}}, "rise"},
		{eval.Ranking{Names: []string{"a"}, Scores: []float32{nan}}, "NaN"},
	} {
		if _, err := e.FromRanking(0, c.ranking); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ranking %v: error %v, want one with %q", c.ranking, err, c.want)
		}
	}
	if _, err := e.FromRanking(9, eval.Ranking{}); err == nil {
		t.Error("query 9 of 2: no error")
	}
}

func BenchmarkOutcome(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	split := drawSplit(r, 15536, 1)
	e, err := eval.New(eval.CIRR, split)
	if err != nil {
		b.Fatal(err)
	}
	scores := make([]float32, len(split.Gallery))
	for i := range scores {
		scores[i] = r.Float32()
	}
	for b.Loop() {
		if _, err := e.Outcome(0, scores); err != nil {
			b.Fatal(err)
		}
	}
}
