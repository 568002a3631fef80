package wardrobe

import (
	"encoding/json"
	"fmt"
)

// The folders of FashionIQ's public layout.
const (
	fashionCaptions = "fashionIQ_dataset/captions"
	fashionSplitDir = "fashionIQ_dataset/image_splits"
	fashionImages   = "fashionIQ_dataset/images"
)

// fashionFiles adds the split and caption files of one shelf, in FashionIQ's format: four blanks of indentation, the
// target first, and no target in the test split.
func (s *shelf) fashionFiles(files map[string][]byte) error {
	type entry struct {
		Target    string   `json:"target,omitempty"`
		Candidate string   `json:"candidate"`
		Captions  []string `json:"captions"`
	}
	names := make([]string, len(s.order))
	for i, at := range s.order {
		names[i] = s.names[at]
	}
	entries := make([]entry, len(s.triplets))
	for i, t := range s.triplets {
		entries[i] = entry{s.names[t.target], s.names[t.reference], t.captions}
		if s.split == "test" {
			entries[i].Target = ""
		}
	}
	for file, content := range map[string]any{
		fmt.Sprintf("%s/split.%s.%s.json", fashionSplitDir, s.category, s.split): names,
		fmt.Sprintf("%s/cap.%s.%s.json", fashionCaptions, s.category, s.split):   entries,
	} {
		text, err := json.MarshalIndent(content, "", "    ")
		if err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
		files[file] = text
	}
	return nil
}

// fashionFile is where the picture of a garment is.
func fashionFile(name, format string) string { return fashionImages + "/" + name + "." + format }
