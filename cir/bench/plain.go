package bench

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"gocir/checkpoints"
	"gocir/cir/embed"
	"gocir/cir/eval"
	"gocir/cir/preprocess"
	"gocir/cir/retrieve"
	"gocir/datasets"
	"gocir/models"
)

func norm(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// recalls evaluates composed queries under CIRR's protocol: all seven recalls.
func recalls(s *setting) (*work, error) {
	names := make([]string, s.Gallery)
	for i := range names {
		names[i] = imageName(i)
	}
	split := &datasets.Split{Name: "val", Gallery: names}
	references, targets, members := s.ints("references"), s.ints("targets"), s.ints("members")
	for i := range references {
		t := datasets.Triplet{ID: fmt.Sprint(i), Reference: names[references[i]], Target: names[targets[i]], Captions: []string{""}}
		for _, member := range members[6*i : 6*i+6] {
			t.Subset = append(t.Subset, names[member])
		}
		split.Triplets = append(split.Triplets, t)
	}
	gallery := &embed.Embeddings{Names: names, Width: s.EmbedDim, Data: s.floats("index")}
	composed := s.floats("composed")
	evaluate := func() ([]float64, error) { return evaluated(split, gallery, composed) }
	return &work{warm: true, check: evaluate, run: func() error { _, err := evaluate(); return err }}, nil
}

func imageName(i int) string { return fmt.Sprintf("dev-%d-0-img%d", i, i%6) }

func evaluated(split *datasets.Split, gallery *embed.Embeddings, composed []float32) ([]float64, error) {
	index, err := retrieve.New(gallery, true)
	if err != nil {
		return nil, err
	}
	measured, err := eval.New(eval.CIRR, split)
	if err != nil {
		return nil, err
	}
	width := index.Width()
	err = index.EachScores(len(split.Triplets), func(from, n int) ([]float32, error) {
		return composed[from*width : (from+n)*width], nil
	}, func(query int, scores []float32) error {
		outcome, err := measured.Outcome(query, scores)
		if err != nil {
			return err
		}
		return measured.Add(outcome)
	})
	if err != nil {
		return nil, err
	}
	result, err := measured.Result()
	if err != nil {
		return nil, err
	}
	var values []float64
	for _, name := range []string{"R@1", "R@5", "R@10", "R@50", "Rs@1", "Rs@2", "Rs@3"} {
		value, ok := result.Metric(name)
		if !ok {
			return nil, fmt.Errorf("the evaluation has no %s", name)
		}
		values = append(values, value)
	}
	return values, nil
}

// search finds the best images for many queries in a large gallery.
func search(s *setting) (*work, error) {
	names := make([]string, s.Searched)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	index, err := retrieve.New(&embed.Embeddings{Names: names, Width: s.EmbedDim, Data: s.floats("gallery")}, false)
	if err != nil {
		return nil, err
	}
	queries := s.floats("queries")
	if s.n == 1 {
		queries = queries[:s.EmbedDim]
	}
	find := func() ([][]retrieve.Hit, error) { return index.SearchBatch(queries, s.SearchK, nil) }
	return &work{warm: true, run: func() error { _, err := find(); return err }, check: func() (places []float64, err error) {
		hits, err := find()
		if err != nil {
			return nil, err
		}
		for _, list := range hits[:min(8, len(hits))] {
			for _, hit := range list {
				var place float64
				if _, err := fmt.Sscan(hit.Name, &place); err != nil {
					return nil, err
				}
				places = append(places, place)
			}
		}
		return places, nil
	}}, nil
}

// pictures prepares JPEG pictures for the image encoder, one at a time.
func pictures(s *setting) (*work, error) {
	const side = 384
	recipe := preprocess.Recipe{Transform: models.TextFashionIQ.Transform, TargetRatio: models.TextFashionIQ.Target, Size: side}
	pixels := make([]float32, 3*side*side)
	run := func() error {
		for _, name := range s.inputs.Names() {
			picture, _ := s.inputs.Tensor(name)
			if err := recipe.Load(pixels, picture.Data); err != nil {
				return err
			}
		}
		return nil
	}
	return &work{warm: true, run: run, check: func() (some []float64, err error) {
		err = run()
		for channel := range 3 {
			for y := 0; y < side; y += 50 {
				for x := 0; x < side; x += 50 {
					some = append(some, float64(pixels[(channel*side+y)*side+x]))
				}
			}
		}
		return some, err
	}}, nil
}

// read reads a checkpoint and touches every page of it, so that mapping a file does not count as reading it.
func read(s *setting) (*work, error) {
	path := s.folder.path(s.Read[strings.TrimPrefix(s.name, "read:")])
	touched := func() (sum float64, err error) {
		checkpoint, err := checkpoints.Open(path)
		if err != nil {
			return 0, err
		}
		defer checkpoint.Close()
		all, err := checkpoint.Text()
		for _, t := range all {
			for at := 0; at < len(t.Data); at += 4096 {
				sum += float64(math.Float32frombits(binary.LittleEndian.Uint32(t.Data[at:])))
			}
		}
		return sum, err
	}
	return &work{warm: true, run: func() error { _, err := touched(); return err }, check: func() ([]float64, error) {
		sum, err := touched()
		return []float64{sum}, err
	}}, nil
}
