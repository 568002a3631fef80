package lab

import (
	"context"
	"fmt"

	"gocir/cir/embed"
	"gocir/cir/feed"
	"gocir/cir/report"
	"gocir/cir/retrieve"
	"gocir/datasets"
)

// A Finder answers composed queries over a gallery of pictures, one at a time, as a person asks them.
type Finder struct {
	Index   *retrieve.Index
	Gallery *embed.Embeddings // raw, as the composers take them
	Report  *embed.Report     // where the gallery's embeddings came from, and which pictures could not be used

	session  *Session
	composer Composer
	source   embed.Source
}

// Finder embeds the pictures of those names and indexes them.
func (s *Session) Finder(ctx context.Context, source embed.Source, names []string, c Composer) (*Finder, error) {
	gallery, report, err := s.Images(ctx, source, names)
	if err != nil {
		return nil, fmt.Errorf("embedding the gallery: %w", err)
	}
	index, err := retrieve.New(gallery, true)
	if err != nil {
		return nil, fmt.Errorf("indexing the gallery: %w", err)
	}
	return &Finder{Index: index, Gallery: gallery, Report: report, session: s, composer: c, source: source}, nil
}

// Compose is the composed query [E] of a reference image and one or two relative captions. The reference is a picture
// of the gallery, or another one of its source.
func (f *Finder) Compose(ctx context.Context, reference string, captions ...string) ([]float32, error) {
	texts, err := feed.ValidationTexts([]datasets.Triplet{{ID: "query", Reference: reference, Captions: captions}}, f.session.options.Recipe.NoMarks)
	if err != nil {
		return nil, err
	}
	text, err := f.session.Texts(ctx, texts)
	if err != nil {
		return nil, err
	}
	image := f.Gallery
	at, ok := image.Index(reference)
	if !ok {
		if image, _, err = f.session.Images(ctx, f.source, []string{reference}); err != nil {
			return nil, fmt.Errorf("embedding the reference image: %w", err)
		}
		at = 0
	}
	return f.session.Compose(f.composer, image.Row(at), text.Row(0), 1)
}

// Find gives the k best images for a reference image and one or two relative captions. The reference itself is left
// out.
func (f *Finder) Find(ctx context.Context, k int, reference string, captions ...string) ([]retrieve.Hit, error) {
	query, err := f.Compose(ctx, reference, captions...)
	if err != nil {
		return nil, fmt.Errorf("searching from %q: %w", reference, err)
	}
	return f.Index.Search(query, k, reference)
}

// Row shows a query and what it found; target is "" where there is no right answer.
func (f *Finder) Row(hits []retrieve.Hit, reference, text, target string) report.PictureRow {
	picture := Pictures(f.source)
	row := report.PictureRow{Reference: picture(reference), Text: text, Rank: -1}
	if target != "" {
		row.Target = picture(target)
	}
	for i, hit := range hits {
		found := hit.Name == target
		row.Found = append(row.Found, report.Found{Picture: picture(hit.Name), Hit: found})
		if found {
			row.Rank = i
		}
	}
	return row
}
