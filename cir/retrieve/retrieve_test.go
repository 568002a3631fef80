package retrieve

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gocir/cir/embed"
	"gocir/cir/eval"
)

// gallery is n random embeddings, named by their place.
func gallery(n, width int) *embed.Embeddings {
	draw := rand.New(rand.NewPCG(1, uint64(n)))
	e := &embed.Embeddings{Width: width}
	for i := range n {
		e.Names = append(e.Names, fmt.Sprint(i))
		for range width {
			e.Data = append(e.Data, float32(draw.NormFloat64()))
		}
	}
	return e
}

func mustNew(tb testing.TB, e *embed.Embeddings, normalise bool) *Index {
	tb.Helper()
	x, err := New(e, normalise)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

func TestNormalizeByHand(t *testing.T) {
	for _, c := range []struct{ in, want []float32 }{
		{[]float32{3, 4}, []float32{0.6, 0.8}},
		{[]float32{0, 0}, []float32{0, 0}},
		{[]float32{1e-13, 0}, []float32{0.1, 0}},             // the norm is taken as 1e-12
		{[]float32{3 << 100, 4 << 100}, []float32{0.6, 0.8}}, // the squares are beyond float32
	} {
		got := slices.Clone(c.in)
		if Normalize(got); got[0] != c.want[0] || got[1] != c.want[1] {
			t.Errorf("Normalize(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestNewCopies(t *testing.T) {
	e := &embed.Embeddings{Names: []string{"a"}, Width: 2, Data: []float32{3, 4}}
	normalised, raw := mustNew(t, e, true), mustNew(t, e, false)
	e.Data[0], e.Names[0] = 9, "b"
	for x, want := range map[*Index][]float32{normalised: {0.6, 0.8}, raw: {3, 4}} {
		if got, ok := x.Embedding("a"); !ok || !slices.Equal(got, want) {
			t.Errorf("embedding %v, want %v", got, want)
		}
	}
}

func TestBadGalleriesAreRefused(t *testing.T) {
	for want, e := range map[string]*embed.Embeddings{
		`"a" is image 0 and image 2`:   {Names: []string{"a", "b", "a"}, Width: 1, Data: []float32{1, 2, 3}},
		"the gallery is empty":         {Width: 2},
		"3 numbers for 1 names":        {Names: []string{"a"}, Width: 2, Data: []float32{1, 2, 3}},
		`"a": number 0 is +Inf, not f`: {Names: []string{"a"}, Width: 1, Data: []float32{float32(math.Inf(1))}},
	} {
		if _, err := New(e, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Scores are the float32 nearest to the exact sum, and the same bits one by one and in batches of all sizes.
func TestScoresAreExactAndTheSameInBatches(t *testing.T) {
	for _, size := range []struct{ rows, width, batch int }{{1, 1, 2}, {7, 5, 3}, {601, 33, 71}, {300, 256, 130}} {
		x, queries := mustNew(t, gallery(size.rows, size.width), true), gallery(size.batch, size.width).Data
		all, one := make([]float32, size.batch*size.rows), make([]float32, size.rows)
		if err := x.ScoresBatch(queries, all); err != nil {
			t.Fatal(err)
		}
		for q := range size.batch {
			query := queries[q*size.width : (q+1)*size.width]
			if err := x.Scores(query, one); err != nil || !slices.Equal(one, all[q*size.rows:(q+1)*size.rows]) {
				t.Fatalf("%+v: query %d alone scores otherwise (%v)", size, q, err)
			}
			for i, got := range one {
				var want float64
				for j, v := range x.embeddings.Row(i) {
					want += float64(v) * float64(query[j])
				}
				if got != float32(want) {
					t.Fatalf("%+v: score of query %d and image %d is %v, want %v", size, q, i, got, float32(want))
				}
			}
		}
	}
}

func TestTiesAreOrderedByPlace(t *testing.T) {
	negative := float32(math.Copysign(0, -1))
	e := &embed.Embeddings{
		Names: []string{"low", "zero", "high", "minus zero", "high again", "lowest"},
		Width: 2, Data: []float32{-1, 0, 0, 0, 1, 0, negative, 0, 1, 0, -2, 0},
	}
	x := mustNew(t, e, false)
	got, err := x.Rank([]float32{1, negative})
	want := []string{"high", "high again", "zero", "minus zero", "low", "lowest"}
	if err != nil || !slices.Equal(got.Names, want) || !slices.Equal(got.Scores, []float32{1, 1, 0, 0, -1, -2}) {
		t.Errorf("ranking %v, want %v (%v)", got, want, err)
	}
}

// Small and large galleries are sorted in two ways, with the same result: by score, then by place.
func TestRankingsAreSorted(t *testing.T) {
	for _, size := range []int{1, 2, 511, 512, 4000} {
		e := gallery(size, 3)
		for i := range e.Data {
			e.Data[i] = float32(math.Round(float64(2 * e.Data[i]))) // so that there are ties
		}
		x := mustNew(t, e, false)
		ranking, err := x.Rank([]float32{1, -1, 0.25})
		if err != nil || len(ranking.Names) != size {
			t.Fatal(err, len(ranking.Names))
		}
		for i := 1; i < size; i++ {
			a, b := ranking.Scores[i-1], ranking.Scores[i]
			before, _ := e.Index(ranking.Names[i-1])
			after, _ := e.Index(ranking.Names[i])
			if a < b || a == b && before >= after {
				t.Fatalf("of %d: image %d (%v) comes before image %d (%v)", size, before, a, after, b)
			}
		}
	}
}

// Search agrees with the head of the full ranking, for few and many results, with and without excluded names.
func TestSearchIsTheHeadOfTheRanking(t *testing.T) {
	e := gallery(500, 8)
	for i := range e.Data {
		e.Data[i] = float32(math.Round(float64(e.Data[i]))) // so that there are ties
	}
	x := mustNew(t, e, false)
	for q := range 20 {
		query := x.embeddings.Row(q)
		ranking, err := x.Rank(query)
		if err != nil {
			t.Fatal(err)
		}
		exclude := []string{ranking.Names[0], ranking.Names[5], "not there"}
		for _, k := range []int{1, 3, 10, 62, 63, 400, 500, 1000} {
			checkHits(t, ranking, must(x.Search(query, k)), k)
			checkHits(t, without(ranking, exclude), must(x.Search(query, k, exclude...)), k)
		}
	}
}

// Galleries of several blocks, more queries than go through at a time, ties at the edge of the results, and names
// passed over: query by query, SearchBatch is the head of the ranking.
func TestSearchBatchIsTheHeadOfTheRankings(t *testing.T) {
	for _, size := range []struct{ rows, width, batch, k int }{
		{1, 3, 2, 5}, {700, 300, 300, 7}, {3000, 200, 5, 1}, {3000, 200, 3, 2000}, {900, 256, 1, math.MaxInt},
	} {
		e := gallery(size.rows, size.width)
		for i := range e.Data {
			if i/size.width%3 == 0 {
				e.Data[i] = e.Data[i%size.width] // every third image is the same one
			}
		}
		x, queries := mustNew(t, e, true), gallery(size.batch, size.width).Data
		exclude := make([][]string, size.batch)
		for q := range exclude {
			exclude[q] = []string{fmt.Sprint(3 * q), "not there", fmt.Sprint(q + 1)}[:q%4]
		}
		plain, err := x.SearchBatch(queries, size.k, nil)
		rest, err2 := x.SearchBatch(queries, size.k, exclude)
		if err != nil || err2 != nil || len(plain) != size.batch || len(rest) != size.batch {
			t.Fatalf("%+v: %d and %d lists of hits (%v, %v)", size, len(plain), len(rest), err, err2)
		}
		for q := range size.batch {
			ranking, err := x.Rank(queries[q*size.width : (q+1)*size.width])
			if err != nil {
				t.Fatal(err)
			}
			checkHits(t, ranking, plain[q], size.k)
			checkHits(t, without(ranking, exclude[q]), rest[q], size.k)
		}
	}
}

// without is the ranking without some names.
func without(ranking eval.Ranking, exclude []string) (rest eval.Ranking) {
	for i, name := range ranking.Names {
		if !slices.Contains(exclude, name) {
			rest.Names, rest.Scores = append(rest.Names, name), append(rest.Scores, ranking.Scores[i])
		}
	}
	return rest
}

func must(hits []Hit, err error) []Hit {
	if err != nil {
		panic(err)
	}
	return hits
}

func checkHits(t *testing.T, ranking eval.Ranking, hits []Hit, k int) {
	t.Helper()
	if want := min(k, len(ranking.Names)); len(hits) != want {
		t.Fatalf("%d hits, want %d", len(hits), want)
	}
	for i, hit := range hits {
		if hit.Name != ranking.Names[i] || hit.Score != ranking.Scores[i] {
			t.Fatalf("hit %d of %d is %v, want %s %v", i, k, hit, ranking.Names[i], ranking.Scores[i])
		}
	}
}

func TestRankingsAreTheRankings(t *testing.T) {
	x, queries := mustNew(t, gallery(50, 4), true), gallery(150, 4).Data
	all, err := x.Rankings(queries)
	if err != nil {
		t.Fatal(err)
	}
	q := 0
	for got := range all {
		want, err := x.Rank(queries[4*q : 4*q+4])
		if err != nil || !slices.Equal(got.Names, want.Names) || !slices.Equal(got.Scores, want.Scores) {
			t.Fatalf("query %d: %v, want %v (%v)", q, got, want, err)
		}
		q++
	}
	if q != 150 {
		t.Errorf("%d rankings", q)
	}
	for range all {
		break // leaving early is fine
	}
	if _, ok := x.Embedding("not there"); ok {
		t.Error("found an image that is not there")
	}
}

func TestBadQueriesAreRefused(t *testing.T) {
	x, nan := mustNew(t, gallery(3, 2), true), float32(math.NaN())
	scores := make([]float32, 3)
	_, searched := x.Search([]float32{1, 0}, 0)
	_, ranked := x.Rank([]float32{1, nan})
	_, wide := x.Search([]float32{1}, 1)
	_, many := x.Rankings([]float32{1, 2, 3})
	_, lists := x.SearchBatch([]float32{1, 2, 3, 4}, 1, [][]string{{"0"}})
	_, batch := x.SearchBatch([]float32{1, 2, nan, 4}, 1, nil)
	for want, err := range map[string]error{
		"query of width 3, index of width 2":  x.Scores([]float32{1, 2, 3}, scores),
		"query of width 4, index of width 2":  x.Scores([]float32{1, 2, 3, 4}, scores),
		"room for 2 scores, want 1 queries ×": x.Scores([]float32{1, 2}, scores[:2]),
		"0 results asked for":                 searched,
		"query of width 1, index of width 2":  wide,
		"number 1 of query 0 is NaN":          ranked,
		"3 numbers are no queries of width 2": many,
		"1 lists of excluded names for 2 que": lists,
		"number 0 of query 1 is NaN":          batch,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
