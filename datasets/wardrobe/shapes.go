package wardrobe

import (
	"image/color"
	"math"
)

// arc returns points of an ellipse around (x, y) from one angle to another, in turns; 0 is to the right, 0.25 down.
func arc(x, y, rx, ry, from, to float32) path {
	const steps = 14
	p := make(path, steps+1)
	for i := range p {
		angle := 2 * math.Pi * float64(from+(to-from)*float32(i)/steps)
		p[i] = point{x + rx*float32(math.Cos(angle)), y + ry*float32(math.Sin(angle))}
	}
	return p
}

func ellipse(x, y, rx, ry float32) path { return arc(x, y, rx, ry, 0, 1)[1:] }

func circle(x, y, r float32) path { return ellipse(x, y, r, r) }

func rect(x0, y0, x1, y1 float32) path { return path{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

// mirror returns the path on the other side of x = 0.
func (p path) mirror() path {
	m := make(path, len(p))
	for i, q := range p {
		m[len(p)-1-i] = point{-q.x, q.y}
	}
	return m
}

// symmetric joins a right half, from top to bottom, with its mirror image.
func symmetric(half path) path { return append(half[:len(half):len(half)], half.mirror()...) }

// fit moves and scales a path made around (0, 0).
func (p path) fit(x, y, size float32) path {
	m := make(path, len(p))
	for i, q := range p {
		m[i] = point{x + size*q.x, y + size*q.y}
	}
	return m
}

// star has five points and radius 1.
func star() path {
	p := make(path, 10)
	for i := range p {
		radius := 1.0
		if i%2 == 1 {
			radius = 0.45
		}
		angle := math.Pi * (float64(i)/5 - 0.5)
		p[i] = point{float32(radius * math.Cos(angle)), float32(radius * math.Sin(angle))}
	}
	return p
}

func heart() path {
	right := append(arc(0.47, -0.35, 0.5, 0.5, -0.45, 0.1), point{0, 1})
	return append(append(path{{0, -0.3}}, right...), right.mirror()[1:]...)
}

// moon is a crescent that opens to the right.
func moon() path {
	outer := arc(0, 0, 1, 1, 0.12, 0.88)
	inner := arc(0.45, 0, 0.72, 0.72, 0.83, 0.17)
	return append(outer, inner...)
}

// soft is 0 below zero, 1 above it, with a slope as wide as a pixel in between.
func soft(distance, pixel float32) float32 {
	return min(max(distance/pixel+0.5, 0), 1)
}

// ink is the colour of outlines on something of colour c: a dark shade of it.
func ink(c color.RGBA) color.RGBA { return mixed(c, rgb(0x141418), 0.62) }
