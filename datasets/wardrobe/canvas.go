package wardrobe

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// A point is in the units of a drawing: the middle of the picture is x = 0, its top y = 0, its bottom y = 1.
type point struct{ x, y float32 }

// A path is a closed polygon.
type path []point

// A shader gives the colour at a point.
type shader func(p point) color.RGBA

func flat(c color.RGBA) shader { return func(point) color.RGBA { return c } }

// A canvas is drawn on in units, whatever its size in pixels is.
type canvas struct {
	img    *image.RGBA
	raster vector.Rasterizer
	mask   *image.Alpha
	scale  float32 // pixels in a unit
	origin point   // where (0, 0) is, in pixels
}

func newCanvas(width, height int) *canvas {
	bounds := image.Rect(0, 0, width, height)
	c := &canvas{img: image.NewRGBA(bounds), mask: image.NewAlpha(bounds)}
	c.place(1, 0, 0)
	return c
}

// place makes what is drawn from now on smaller or bigger around the middle, and moves it, in units.
func (c *canvas) place(size, right, down float32) {
	width, height := float32(c.img.Rect.Dx()), float32(c.img.Rect.Dy())
	c.scale = size * height
	c.origin = point{width/2 + right*height, height/2 - c.scale/2 + down*height}
}

// pixel is the size of a pixel in units.
func (c *canvas) pixel() float32 { return 1 / c.scale }

// halfWidth is the distance from the middle to either side, in units.
func (c *canvas) halfWidth() float32 { return float32(c.img.Rect.Dx()) / 2 / c.scale }

// cover fills the whole canvas.
func (c *canvas) cover(s shader) {
	for y := range c.img.Rect.Dy() {
		for x := range c.img.Rect.Dx() {
			c.img.SetRGBA(x, y, s(c.at(x, y)))
		}
	}
}

// at is the middle of a pixel in units.
func (c *canvas) at(x, y int) point {
	return point{(float32(x) + 0.5 - c.origin.x) / c.scale, (float32(y) + 0.5 - c.origin.y) / c.scale}
}

// fill draws the inside of the paths, which should turn the same way where they overlap.
func (c *canvas) fill(s shader, paths ...path) {
	box := c.trace(paths)
	if box.Empty() {
		return
	}
	clear(c.mask.Pix)
	c.raster.Draw(c.mask, c.mask.Rect, image.Opaque, image.Point{})
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if a := c.mask.Pix[y*c.mask.Stride+x]; a != 0 {
				c.blend(x, y, s(c.at(x, y)), a)
			}
		}
	}
}

// trace gives the paths to the rasterizer and returns the pixels that they may touch.
func (c *canvas) trace(paths []path) image.Rectangle {
	c.raster.Reset(c.img.Rect.Dx(), c.img.Rect.Dy())
	least, most := point{math.MaxFloat32, math.MaxFloat32}, point{-math.MaxFloat32, -math.MaxFloat32}
	for _, p := range paths {
		for i, q := range p {
			x, y := c.origin.x+q.x*c.scale, c.origin.y+q.y*c.scale
			least, most = point{min(least.x, x), min(least.y, y)}, point{max(most.x, x), max(most.y, y)}
			if i == 0 {
				c.raster.MoveTo(x, y)
			} else {
				c.raster.LineTo(x, y)
			}
		}
		c.raster.ClosePath()
	}
	return image.Rect(int(least.x)-1, int(least.y)-1, int(most.x)+2, int(most.y)+2).Intersect(c.img.Rect)
}

// blend lays a colour over a pixel, with coverage a of 255.
func (c *canvas) blend(x, y int, top color.RGBA, a uint8) {
	pix := c.img.Pix[c.img.PixOffset(x, y):][:3]
	for i, v := range [3]uint8{top.R, top.G, top.B} {
		pix[i] = uint8((int(v)*int(a) + int(pix[i])*(255-int(a)) + 127) / 255)
	}
}

// line draws a closed outline of the given width.
func (c *canvas) line(ink color.RGBA, width float32, p path) {
	c.strokes(ink, width, append(p[:len(p):len(p)], p[0]))
}

// strokes draws an open line through the points.
func (c *canvas) strokes(ink color.RGBA, width float32, p path) {
	var quads []path
	for i := 1; i < len(p); i++ {
		a, b := p[i-1], p[i]
		dx, dy := b.x-a.x, b.y-a.y
		length := float32(math.Hypot(float64(dx), float64(dy)))
		if length == 0 {
			continue
		}
		k := width / 2 / length
		nx, ny, ex, ey := -dy*k, dx*k, dx*k/2, dy*k/2
		quads = append(quads, path{
			{a.x + nx - ex, a.y + ny - ey},
			{b.x + nx + ex, b.y + ny + ey},
			{b.x - nx + ex, b.y - ny + ey},
			{a.x - nx - ex, a.y - ny - ey},
		})
	}
	c.fill(flat(ink), quads...)
}

// outlined fills a shape and draws its outline.
func (c *canvas) outlined(s shader, ink color.RGBA, width float32, p path) {
	c.fill(s, p)
	c.line(ink, width, p)
}
