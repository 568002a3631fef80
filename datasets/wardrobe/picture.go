package wardrobe

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"sync"
)

// A picture is one file of the data set.
type picture struct {
	name     string
	file     string // slash-separated, below the data set's folder
	category string // empty for scenes
	split    string
	kind     *kind
	look     look
}

// The shapes of pictures, width to height, times a hundred: most garments are portraits, most scenes are wide.
var (
	portraits  = []int{75, 75, 80, 90, 100}
	landscapes = []int{133, 133, 150, 125, 100}
)

// walls are what garments hang before.
var walls = []color.RGBA{rgb(0xf1efec), rgb(0xe9edf1), rgb(0xf3ebe4), rgb(0xe6ece6), rgb(0xdfe3ea), rgb(0xefe9f1)}

// stream is a generator of its own for each name.
func stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// render draws the picture, size pixels along its longer side. What attributes leave open (shape, place, scale, wall)
// follows from the name.
func (p *picture) render(seed uint64, size int) *image.RGBA {
	r := stream(seed, "canvas of "+p.name)
	shapes := portraits
	if p.kind == scenes {
		shapes = landscapes
	}
	width, height := size, size
	if ratio := shapes[r.IntN(len(shapes))]; ratio < 100 {
		width = (size*ratio + 50) / 100
	} else {
		height = (size*100 + ratio/2) / ratio
	}
	c := newCanvas(width, height)
	shift := func() float32 { return (r.Float32() - 0.5) * 0.05 }
	if p.kind == scenes {
		c.place(1+r.Float32()*0.06, shift()/2, shift()/2)
		drawScene(c, p.look)
		return c.img
	}
	wall := walls[r.IntN(len(walls))]
	c.place(0.94+r.Float32()*0.08, shift(), shift()/2)
	c.cover(flat(wall))
	drawGarment(c, p.look, wall)
	return c.img
}

var pngEncoder = png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: new(pngBuffers)}

// pngBuffers lends the PNG encoder its buffers.
type pngBuffers struct{ pool sync.Pool }

func (b *pngBuffers) Get() *png.EncoderBuffer {
	buffer, _ := b.pool.Get().(*png.EncoderBuffer)
	return buffer
}

func (b *pngBuffers) Put(buffer *png.EncoderBuffer) { b.pool.Put(buffer) }

// encode writes the picture in the format that its file name asks for.
func (p *picture) encode(buffer *bytes.Buffer, seed uint64, size int) error {
	img := p.render(seed, size)
	var err error
	if isJPEG(p.file) {
		err = jpeg.Encode(buffer, img, &jpeg.Options{Quality: 92})
	} else {
		err = pngEncoder.Encode(buffer, img)
	}
	if err != nil {
		return fmt.Errorf("encoding %s: %w", p.file, err)
	}
	return nil
}
