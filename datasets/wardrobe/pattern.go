package wardrobe

import (
	"image/color"
	"math"
)

// period is the distance at which patterns repeat, in units: six pixels of a picture 64 high.
const period = 0.094

// patterned is a ground with stripes, dots or checks on it, smooth at the size of a pixel.
func patterned(kind uint8, ground, figure color.RGBA, pixel float32) shader {
	cover := map[uint8]func(p point) float32{
		verticalStripes:   func(p point) float32 { return stripe(p.x, pixel) },
		horizontalStripes: func(p point) float32 { return stripe(p.y, pixel) },
		dots:              func(p point) float32 { return dot(p, pixel) },
		checks: func(p point) float32 {
			a, b := stripe(p.x, pixel), stripe(p.y, pixel)
			return a + b - 2*a*b
		},
	}[kind]
	return func(p point) color.RGBA { return mixed(ground, figure, cover(p)) }
}

// stripe is 1 in every second half period.
func stripe(x, pixel float32) float32 {
	return soft(period/4-distance(x), pixel)
}

// dot is 1 in discs on a grid whose rows are set off by half a period.
func dot(p point, pixel float32) float32 {
	row := math.Floor(float64(p.y/period) + 0.5)
	x := p.x + float32(math.Mod(math.Abs(row), 2))*period/2
	return soft(0.36*period-float32(math.Hypot(float64(distance(x)), float64(distance(p.y)))), pixel)
}

// distance is how far x is from the nearest multiple of the period.
func distance(x float32) float32 {
	t := float64(x / period)
	return period * float32(math.Abs(t-math.Round(t)))
}
