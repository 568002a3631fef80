package wardrobe

import (
	"encoding/json"
	"fmt"
	slashpath "path"
	"slices"
	"strings"
	"testing"
)

func decode[T any](t *testing.T, dir, name string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(mustRead(t, dir, name), &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// The files are those of FashionIQ: names, keys, two captions, no target in the test split, a picture for each name.
func TestFashionFormat(t *testing.T) {
	dir := t.TempDir()
	mustDraw(t, dir, small)
	for _, category := range categories {
		for _, split := range fashionSplits {
			names := decode[[]string](t, dir, fmt.Sprintf("fashionIQ_dataset/image_splits/split.%s.%s.json", category, split))
			for _, name := range names {
				mustRead(t, dir, "fashionIQ_dataset/images/"+name+".png")
			}
			file := fmt.Sprintf("fashionIQ_dataset/captions/cap.%s.%s.json", category, split)
			for _, e := range decode[[]map[string]any](t, dir, file) {
				target, has := e["target"].(string)
				if has == (split == "test") || has && !slices.Contains(names, target) || !slices.Contains(names, e["candidate"].(string)) {
					t.Errorf("%s: %v", file, e)
				}
				if captions := e["captions"].([]any); len(captions) != 2 || captions[0] == "" || captions[1] == "" {
					t.Errorf("%s: captions %q", file, captions)
				}
			}
		}
	}
	text := string(mustRead(t, dir, "fashionIQ_dataset/captions/cap.dress.val.json"))
	if !strings.HasPrefix(text, "[\n    {\n        \"target\": \"B0") || !strings.HasSuffix(text, "    }\n]") {
		t.Errorf("the style is not that of the original: %.60q", text)
	}
}

// The files are those of CIRR: six members with reference and target, pair ids that are used once, no targets in test1.
func TestCIRRFormat(t *testing.T) {
	dir := t.TempDir()
	mustDraw(t, dir, small)
	pairs := map[int]bool{}
	for _, split := range sceneSplits {
		paths := decode[map[string]string](t, dir, fmt.Sprintf("cirr_dataset/cirr/image_splits/split.rc2.%s.json", split))
		for name, file := range paths {
			if !strings.HasPrefix(file, "./"+prefix(split)+"/") || slashpath.Base(file) != name+".png" {
				t.Errorf("%s is at %s", name, file)
			}
			mustRead(t, dir, "cirr_dataset/"+file)
		}
		for _, e := range decode[[]cirrEntry](t, dir, fmt.Sprintf("cirr_dataset/cirr/captions/cap.rc2.%s.json", split)) {
			members := e.ImageSet.Members
			if pairs[e.PairID] || e.Caption == "" || len(members) != 6 || len(slices.Compact(slices.Sorted(slices.Values(members)))) != 6 {
				t.Errorf("pair %d: %+v", e.PairID, e)
			}
			pairs[e.PairID] = true
			if members[e.ImageSet.ReferenceRank] != e.Reference || paths[members[5]] == "" {
				t.Errorf("pair %d: members %v", e.PairID, members)
			}
			if hidden := e.TargetHard == "" && e.ImageSet.TargetRank == nil && e.TargetSoft == nil; hidden != (split == "test1") {
				t.Errorf("%s: pair %d hides its target: %v", split, e.PairID, hidden)
			} else if !hidden && (members[*e.ImageSet.TargetRank] != e.TargetHard || string(e.TargetSoft) != fmt.Sprintf(`{"%s": 1.0}`, e.TargetHard)) {
				t.Errorf("pair %d: %+v", e.PairID, e)
			}
		}
	}
	text := string(mustRead(t, dir, "cirr_dataset/cirr/captions/cap.rc2.val.json"))
	if !strings.HasPrefix(text, `[{"pairid": `) || !strings.Contains(text, `, "reference": "dev-`) || strings.Contains(text, "\n") {
		t.Errorf("the style is not that of the original: %.60q", text)
	}
}

func TestSpaced(t *testing.T) {
	if got, want := string(spaced([]byte(`{"a:b,\"":[1,2],"c":"\\"}`))), `{"a:b,\"": [1, 2], "c": "\\"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Scenes of a group are alike: they differ in few slots, those of other groups in more.
func TestGroupsAreLookAlikes(t *testing.T) {
	s := mustPlan(t, Options{Images: 3000, Seed: 1})[9]
	within, between := 0, 0
	for i, l := range s.gallery.looks {
		within += len(differences(l, s.gallery.looks[i/groupSize*groupSize+(i+1)%groupSize]).list())
		between += len(differences(l, s.gallery.looks[(i+len(s.gallery.looks)/2)%len(s.gallery.looks)]).list())
	}
	if len(s.gallery.looks)%groupSize != 0 || 3*within > 2*between {
		t.Errorf("%d differences within groups, %d between", within, between)
	}
}
