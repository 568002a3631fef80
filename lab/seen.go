package lab

import (
	"image"

	"gocir/cir/embed"
	"gocir/cir/preprocess"
)

// Seen gives pictures of a data set by name as the image encoder is given them, padded, resized and cropped, but not
// normalised: S × S pixels, nil where that fails. What an encoder says of places in a picture is to be drawn over these.
func (s *Session) Seen(source embed.Source) func(name string) image.Image {
	recipe := s.preprocess()
	return func(name string) image.Image {
		data, err := source.Image(name)
		if err != nil {
			return nil
		}
		decoded, err := preprocess.DecodeLimit(data, recipe.MaxPixels)
		if err != nil {
			return nil
		}
		rgb, err := recipe.Apply(decoded)
		if err != nil {
			return nil
		}
		out := image.NewRGBA(image.Rect(0, 0, recipe.Size, recipe.Size))
		for i := range recipe.Size * recipe.Size {
			copy(out.Pix[4*i:], rgb[3*i:3*i+3])
			out.Pix[4*i+3] = 0xff
		}
		return out
	}
}
