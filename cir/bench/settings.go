package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"gocir/atomicfile"
	"gocir/cir"
	"gocir/models"
)

// A Size says how large the work is.
type Size struct {
	Image    cir.ImageConfig    `json:"image"`
	Text     cir.TextConfig     `json:"text"`
	Combiner cir.CombinerConfig `json:"combiner"`
	EmbedDim int                `json:"embed_dim"`

	Pictures  int    `json:"pictures"` // of a batch of the image encoder
	Captions  int    `json:"captions"` // embedded by the text encoder, TextBatch at a time
	TextBatch int    `json:"text_batch"`
	TextSteps [2]int `json:"text_steps"` // batches of stage I
	Backward  [4]int `json:"backward"`   // batches of stage I's backward loss
	Combiners [3]int `json:"combiners"`  // batches of stage II; the peers make the first two
	Queries   int    `json:"queries"`    // of an evaluation
	Gallery   int    `json:"gallery"`    // of an evaluation
	Searches  int    `json:"searches"`   // queries of a search for the best SearchK
	Searched  int    `json:"searched"`   // images that are searched
	SearchK   int    `json:"search_k"`
	Files     int    `json:"files"` // pictures that are prepared

	// Precision is gocir's. On a GPU it is bfloat16, as the peers have AMP there.
	Precision cir.Precision `json:"precision"`

	TextWeight     float64 `json:"text_weight"`     // of stage I's backward loss
	CombinerWeight float64 `json:"combiner_weight"` // of stage II's

	Read map[string]string `json:"read"` // the file of each format

	// Unchecked are works whose numbers are not compared: larger batches, in minutes, of what is compared at a smaller one.
	Unchecked []string `json:"unchecked"`
}

// Full is the paper's model and data at their real size: BLIP base at 384 pixels, FashionIQ's captions, CIRR's val split.
func Full() Size {
	c := models.BLIPBase384
	return Size{
		Image: c.Image, Text: c.Text, Combiner: c.Combiner, EmbedDim: c.EmbedDim,
		Pictures: 8, Captions: 256, TextBatch: 64,
		TextSteps: [2]int{32, 128}, Backward: [4]int{128, 256, 512, 1024}, Combiners: [3]int{64, 128, 512},
		Queries: 4181, Gallery: 2297, Searches: 1000, Searched: 1_000_000, SearchK: 50, Files: 16,
		TextWeight: models.TextFashionIQ.BackwardWeight, CombinerWeight: models.CombinerFashionIQ.BackwardWeight, Read: files,
		Unchecked: []string{"text-step:128", "combiner-step:128", "combiner-step:512"},
	}
}

// Quick is small enough for a test: it shows that every comparison runs and that its sides agree, and no speed.
func Quick() Size {
	s := Full()
	s.Image = cir.ImageConfig{ImageSize: 64, PatchSize: 16, Width: 64, Depth: 2, Heads: 4, Hidden: 128}
	s.Text.Width, s.Text.Depth, s.Text.Heads, s.Text.Hidden, s.Text.CrossWidth = 64, 2, 4, 128, 64
	s.Combiner.Projection, s.Combiner.Hidden, s.EmbedDim = 48, 96, 32
	s.Pictures, s.Captions, s.TextBatch = 2, 24, 8
	s.TextSteps, s.Backward, s.Combiners = [2]int{4, 8}, [4]int{4, 8, 16, 32}, [3]int{4, 8, 16}
	s.Unchecked = []string{}
	s.Queries, s.Gallery, s.Searches, s.Searched, s.SearchK, s.Files = 60, 40, 20, 500, 5, 2
	return s
}

var files = map[string]string{"safetensors": "text.safetensors", "pt": "text.pt"}

// Config is the model's.
func (s Size) Config() cir.Config {
	return cir.Config{Image: s.Image, Text: s.Text, Combiner: s.Combiner, EmbedDim: s.EmbedDim}
}

const settingsFile = "settings.json"

func (s Size) write(folder string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the benchmark's settings: %w", err)
	}
	return atomicfile.WriteFile(filepath.Join(folder, settingsFile), text)
}

func readSize(folder string) (s Size, err error) {
	path := filepath.Join(folder, settingsFile)
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("reading the benchmark's settings %s: %w", path, err)
	}
	return s, nil
}
