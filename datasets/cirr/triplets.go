package cirr

import (
	"fmt"
	"slices"
	"strconv"

	"gocir/datasets"
)

func (d *Dataset) triplets(split string, gallery []string) ([]datasets.Triplet, error) {
	file := "captions/cap.rc2." + split + ".json"
	records, err := d.files.Records(file)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(gallery))
	for _, name := range gallery {
		known[name] = true
	}
	triplets, first := make([]datasets.Triplet, len(records)), make(map[string]int, len(records))
	for i, record := range records {
		t, err := triplet(record, split)
		if err == nil {
			err = check(t, split, known)
		}
		if before, twice := first[t.ID]; err == nil && twice {
			err = fmt.Errorf("key %q: the number is already in record %d", "pairid", before)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, record %d%s: %w", d.files.Path(file), i, pair(t), err)
		}
		triplets[i], first[t.ID] = t, i
	}
	return triplets, nil
}

func pair(t datasets.Triplet) string {
	if t.ID == "" {
		return ""
	}
	return " (pair " + t.ID + ")"
}

// triplet reads one record. A target is asked for in train and val; in test1 one that is there is kept, as in copies
// whose owners filled it in.
func triplet(record *datasets.Record, split string) (datasets.Triplet, error) {
	var t datasets.Triplet
	id := record.Whole("pairid")
	if err := record.Err(); err != nil {
		return t, err
	}
	t.ID = strconv.FormatInt(id, 10)
	t.Reference = record.Text("reference")
	if split != "test1" || record.Has("target_hard") {
		t.Target = record.Text("target_hard")
	}
	t.Captions = []string{record.Text("caption")}
	t.Subset = record.Record("img_set").Texts("members")
	return t, record.Err()
}

// check compares a triplet with its split. Training does not look at subsets, so those of train are only checked to
// name images of the split.
func check(t datasets.Triplet, split string, known map[string]bool) error {
	if !known[t.Reference] {
		return fmt.Errorf("key %q: image %q is not in the split", "reference", t.Reference)
	}
	if split != "test1" && !known[t.Target] || t.Target != "" && !known[t.Target] {
		return fmt.Errorf("key %q: image %q is not in the split", "target_hard", t.Target)
	}
	seen := make(map[string]bool, len(t.Subset))
	for _, name := range t.Subset {
		if !known[name] {
			return fmt.Errorf("key %q: image %q is not in the split", "img_set.members", name)
		}
		if seen[name] {
			return fmt.Errorf("key %q: image %q occurs twice", "img_set.members", name)
		}
		seen[name] = true
	}
	if split == "train" {
		return nil
	}
	switch {
	case len(t.Subset) != SubsetSize:
		return fmt.Errorf("key %q: found %d images, want %d", "img_set.members", len(t.Subset), SubsetSize)
	case !slices.Contains(t.Subset, t.Reference):
		return fmt.Errorf("key %q: the reference %q is not among them", "img_set.members", t.Reference)
	case t.Target != "" && !slices.Contains(t.Subset, t.Target):
		return fmt.Errorf("key %q: the target %q is not among them", "img_set.members", t.Target)
	}
	return nil
}
