package lab_test

import (
	"image"
	"testing"

	"gocir/cir/preprocess"
)

// Normalised, the pixels of Seen are those that the encoder gets.
func TestSeenIsWhatTheEncoderGets(t *testing.T) {
	s, d := session(t, "text-fashioniq-tiny", nil), dataset(t, "fashioniq")
	split, err := d.Split("dress", "val")
	if err != nil {
		t.Fatal(err)
	}
	name, size := split.Gallery[0], s.Model.Config.Image.ImageSize
	want := make([]float32, 3*size*size)
	if err := s.Pixels(d)(name, want); err != nil {
		t.Fatal(err)
	}
	seen := s.Seen(d)(name).(*image.RGBA)
	var rgb []uint8
	for i := range size * size {
		rgb = append(rgb, seen.Pix[4*i:4*i+3]...)
	}
	got := make([]float32, len(want))
	preprocess.Normalize(got, rgb)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("number %d is %v, want %v", i, got[i], want[i])
		}
	}
	if seen.Bounds() != image.Rect(0, 0, size, size) || seen.Pix[3] != 0xff {
		t.Errorf("bounds %v, opacity %d", seen.Bounds(), seen.Pix[3])
	}
	if s.Seen(d)("no such picture") != nil {
		t.Error("a picture that is not there was seen")
	}
}
