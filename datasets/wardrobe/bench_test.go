package wardrobe

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// BenchmarkPicture draws and encodes one picture of 64 px, garments and scenes in turn as in a data set.
func BenchmarkPicture(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var pictures []picture
	for i := range 64 {
		k := garments
		if i%4 == 3 {
			k = scenes
		}
		pictures = append(pictures, picture{name: string(rune('a' + i)), file: "x.png", kind: k, look: k.random(r, look{}, 0)})
	}
	var buffer bytes.Buffer
	for i := 0; b.Loop(); i++ {
		buffer.Reset()
		if err := pictures[i%len(pictures)].encode(&buffer, 1, defaultImageSize); err != nil {
			b.Fatal(err)
		}
	}
}
