package retrieve

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gocir/checkpoints/safetensors"
	"gocir/cir/embed"
)

// A goldenSplit is a gallery, its queries, and where the original finds their targets, counted from 1.
type goldenSplit struct {
	Names    []string `json:"index_names"`
	Triplets []struct{ Candidate, Target string }
	Queries  []struct {
		Reference string
		Target    string `json:"target_hard"`
	}
	TargetRank    []int `json:"target_rank"`
	ReferenceRank []int `json:"reference_rank"`
}

func TestFashionIQRanksAreTheOriginals(t *testing.T) {
	paths := goldenFiles(t, "fiq_val.json")
	for _, path := range paths {
		var golden struct{ Categories map[string]goldenSplit }
		read(t, path, &golden)
		for category, split := range golden.Categories {
			x, queries := goldenIndex(t, path, category+".", split, func(q int) string { return split.Triplets[q].Candidate })
			for q, triplet := range split.Triplets {
				names := rankNames(t, x, queries.Row(q))
				if at := slices.Index(names, triplet.Target) + 1; at != split.TargetRank[q] {
					t.Errorf("%s %s, query %d: target rank %d, want %d", path, category, q, at, split.TargetRank[q])
				}
				if at := slices.Index(names, triplet.Candidate) + 1; at != split.ReferenceRank[q] {
					t.Errorf("%s %s, query %d: reference rank %d, want %d", path, category, q, at, split.ReferenceRank[q])
				}
			}
		}
	}
}

func TestCIRRRanksAreTheOriginals(t *testing.T) {
	for _, path := range goldenFiles(t, "cirr_val.json") {
		var split goldenSplit
		read(t, path, &split)
		x, queries := goldenIndex(t, path, "", split, func(q int) string { return split.Queries[q].Reference })
		for q, query := range split.Queries {
			hits, err := x.Search(queries.Row(q), x.Len(), query.Reference)
			at := slices.IndexFunc(hits, func(h Hit) bool { return h.Name == query.Target }) + 1
			if err != nil || len(hits) != x.Len()-1 || at != split.TargetRank[q] {
				t.Errorf("%s, query %d: target rank %d, want %d (%v)", path, q, at, split.TargetRank[q], err)
			}
		}
	}
}

func goldenFiles(t *testing.T, name string) []string {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*/metrics/" + name)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden file %s (%v)", name, err)
	}
	return paths
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// goldenIndex is the index of a split, and its queries composed by the normalised sum of raw embeddings.
func goldenIndex(t *testing.T, path, prefix string, split goldenSplit, reference func(q int) string) (*Index, *embed.Embeddings) {
	t.Helper()
	tensors, _, err := safetensors.Read(path[:len(path)-len("json")] + "safetensors")
	if err != nil {
		t.Fatal(err)
	}
	data, err := tensors[prefix+"index_features"].Float32s()
	if err != nil {
		t.Fatal(err)
	}
	gallery := &embed.Embeddings{Names: split.Names, Width: len(data) / len(split.Names), Data: data}
	x := mustNew(t, gallery, true)
	texts, err := tensors[prefix+"text_features"].Float32s()
	if err != nil {
		t.Fatal(err)
	}
	queries := &embed.Embeddings{Width: gallery.Width, Data: texts}
	for q := range len(texts) / gallery.Width {
		i, ok := gallery.Index(reference(q))
		if !ok {
			t.Fatalf("%s: query %d has no reference", path, q)
		}
		for j, v := range gallery.Row(i) {
			queries.Row(q)[j] += v
		}
		Normalize(queries.Row(q))
	}
	return x, queries
}

func rankNames(t *testing.T, x *Index, query []float32) []string {
	t.Helper()
	ranking, err := x.Rank(query)
	if err != nil {
		t.Fatal(err)
	}
	return ranking.Names
}
