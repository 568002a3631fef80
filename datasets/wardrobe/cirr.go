package wardrobe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// The folders of CIRR's public layout.
const (
	cirrRoot     = "cirr_dataset"
	cirrCaptions = cirrRoot + "/cirr/captions"
	cirrSplitDir = cirrRoot + "/cirr/image_splits"
)

// cirrEntry is one line of CIRR's caption files.
type cirrEntry struct {
	PairID     int             `json:"pairid"`
	Reference  string          `json:"reference"`
	TargetHard string          `json:"target_hard,omitempty"`
	TargetSoft json.RawMessage `json:"target_soft,omitempty"`
	Caption    string          `json:"caption"`
	ImageSet   cirrSet         `json:"img_set"`
}

type cirrSet struct {
	ID            int      `json:"id"`
	Members       []string `json:"members"`
	ReferenceRank int      `json:"reference_rank"`
	TargetRank    *int     `json:"target_rank,omitempty"`
}

// cirrFiles adds the split and caption files of one shelf, in CIRR's format: one line each, and no targets in test1.
// Pair ids count from firstPair.
func (s *shelf) cirrFiles(files map[string][]byte, firstPair int) error {
	entries := make([]cirrEntry, len(s.triplets))
	for i, t := range s.triplets {
		entries[i] = s.cirrEntry(t, firstPair+i)
	}
	captions, err := json.Marshal(entries)
	if err != nil {
		return fmt.Errorf("writing CIRR captions of %s: %w", s.split, err)
	}
	files[fmt.Sprintf("%s/cap.rc2.%s.json", cirrCaptions, s.split)] = spaced(captions)

	var split bytes.Buffer // by hand, since the order of the names is part of the file
	for _, at := range s.order {
		fmt.Fprintf(&split, ", %q: %q", s.names[at], "./"+s.scenePath(at))
	}
	files[fmt.Sprintf("%s/split.rc2.%s.json", cirrSplitDir, s.split)] = fmt.Appendf(nil, "{%s}", bytes.TrimPrefix(split.Bytes(), []byte(", ")))
	return nil
}

// cirrEntry writes a triplet as CIRR does. The ranks are places among the members, ordered by likeness to the first.
func (s *shelf) cirrEntry(t triplet, pair int) cirrEntry {
	group := t.reference / groupSize
	members := slices.Clone(s.names[group*groupSize : (group+1)*groupSize])
	e := cirrEntry{
		PairID: pair, Reference: s.names[t.reference], Caption: t.captions[0],
		ImageSet: cirrSet{ID: group, Members: members, ReferenceRank: t.reference % groupSize},
	}
	if s.split != "test1" {
		rank := t.target % groupSize
		e.TargetHard, e.ImageSet.TargetRank = s.names[t.target], &rank
		e.TargetSoft = fmt.Appendf(nil, "{%q:1.0}", e.TargetHard)
	}
	return e
}

// trainFolders is the number of folders that training scenes are spread over, as in CIRR.
const trainFolders = 100

// scenePath is where the picture at a place of the gallery is, below CIRR's folder.
func (s *shelf) scenePath(at int) string {
	if s.split == "train" {
		return fmt.Sprintf("train/%d/%s.png", at/groupSize%trainFolders, s.names[at])
	}
	return fmt.Sprintf("%s/%s.png", prefix(s.split), s.names[at])
}

// spaced puts a blank after each colon and comma of compact JSON, as Python does.
func spaced(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	quoted, escaped := false, false
	for _, b := range text {
		out = append(out, b)
		switch {
		case escaped:
			escaped = false
		case quoted && b == '\\':
			escaped = true
		case b == '"':
			quoted = !quoted
		case !quoted && (b == ':' || b == ','):
			out = append(out, ' ')
		}
	}
	return out
}
