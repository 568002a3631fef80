package wardrobe

import "image/color"

// A backdrop is the colours of a place and what stands on its horizon.
type backdrop struct {
	above, ground color.RGBA
	horizon       func(*canvas)
}

const horizon = 0.5

var backdrops = []backdrop{
	meadow: {rgb(0xbfe3f7), rgb(0x86c25e), func(c *canvas) { c.hills(rgb(0x6fae4c)) }},
	beach:  {rgb(0xcdeaf8), rgb(0xf0dca4), func(c *canvas) { c.fill(flat(rgb(0x3f9ec4)), rect(-2, horizon-0.14, 2, horizon)) }},
	snow:   {rgb(0xc4d2de), rgb(0xf4f8fb), func(c *canvas) { c.hills(rgb(0xdfe9f0)); c.flakes() }},
	desert: {rgb(0xf7e2b8), rgb(0xd99a50), func(c *canvas) { c.pyramids(rgb(0xc07f3b)) }},
	street: {rgb(0xd5d8dd), rgb(0x77797e), func(c *canvas) { c.houses(rgb(0xa9896f)); c.lane() }},
	forest: {rgb(0xa9cdb4), rgb(0x4a6b3a), func(c *canvas) { c.firs(rgb(0x23492f)) }},
}

func (c *canvas) hills(ground color.RGBA) {
	c.fill(flat(ground), ellipse(-0.4, horizon+0.05, 0.45, 0.17), ellipse(0.45, horizon+0.05, 0.5, 0.12))
}

func (c *canvas) flakes() {
	for i := range 22 {
		x, y := float32(i*37%100)/100-0.5, float32(i*53%100)/100*0.5
		c.fill(flat(rgb(0xffffff)), circle(x*1.7, y, 0.012))
	}
}

func (c *canvas) pyramids(sand color.RGBA) {
	c.fill(flat(sand), path{{-0.7, horizon}, {-0.45, horizon - 0.19}, {-0.2, horizon}}, path{{0.15, horizon}, {0.34, horizon - 0.12}, {0.53, horizon}})
}

func (c *canvas) houses(wall color.RGBA) {
	for i, height := range []float32{0.24, 0.34, 0.2, 0.3, 0.38, 0.22} {
		x := -0.78 + 0.26*float32(i)
		c.fill(flat(mixed(wall, rgb(0x4c4c58), 0.25*float32(i%3))), rect(x, horizon-height, x+0.24, horizon))
		c.fill(flat(rgb(0xf3e6b4)), rect(x+0.05, horizon-height+0.05, x+0.1, horizon-height+0.11), rect(x+0.14, horizon-height+0.05, x+0.19, horizon-height+0.11))
	}
}

func (c *canvas) lane() {
	for i := range 5 {
		x := -0.75 + 0.32*float32(i)
		c.fill(flat(rgb(0xf2f2ee)), rect(x, 0.94, x+0.18, 0.965))
	}
}

func (c *canvas) firs(leaves color.RGBA) {
	for i := range 8 {
		x, top := -0.77+0.22*float32(i), horizon-0.3-0.06*float32(i%3)
		c.fill(flat(mixed(leaves, rgb(0x4f8a5c), 0.2*float32(i%2))), path{{x - 0.12, horizon + 0.02}, {x, top}, {x + 0.12, horizon + 0.02}})
	}
}

func (c *canvas) drawSky(kind uint8) {
	switch kind {
	case sunnySky:
		c.fill(flat(rgb(0xf9a51a)), star().fit(0, 0.14, 0.13), star().fit(0, 0.14, -0.13))
		c.fill(flat(rgb(0xffd83a)), circle(0, 0.14, 0.085))
	case cloudySky:
		white := flat(rgb(0xffffff))
		puffs := []path{ellipse(-0.1, 0.15, 0.12, 0.06), ellipse(0.1, 0.15, 0.12, 0.06), ellipse(0, 0.11, 0.11, 0.08)}
		for _, p := range puffs {
			c.line(rgb(0x7b8794), 0.02, p)
		}
		c.fill(white, puffs...)
	case rainbowSky:
		for i, band := range []uint32{0xe0403a, 0xf5d01c, 0x37a844, 0x2d6cd8} {
			c.strokes(rgb(band), 0.036, arc(0, horizon, 0.46-0.034*float32(i), 0.44-0.034*float32(i), 0.5, 1))
		}
	}
}

// Where the animals stand, by how many there are: those behind come first.
var stands = [][]point{
	1: {{0, 0.84}},
	2: {{-0.22, 0.84}, {0.22, 0.84}},
	3: {{0, 0.67}, {-0.22, 0.95}, {0.22, 0.95}},
	4: {{-0.22, 0.67}, {0.22, 0.67}, {-0.22, 0.95}, {0.22, 0.95}},
}

var animalSizes = []float32{0.19, 0.26, 0.33}

func drawScene(c *canvas, l look) {
	b := backdrops[l[place]]
	c.cover(func(p point) color.RGBA { return mixed(b.above, b.ground, soft(p.y-horizon, c.pixel())) })
	b.horizon(c)
	c.drawSky(l[sky])
	if l[thingKind] != noThing {
		side := 2*float32(l[thingSide]-leftSide) - 1
		things[l[thingKind]](artist{c, paintOf(l[thingColour]), side * min(0.49, c.halfWidth()-0.17), 0.63, 0.32, 1})
	}
	turn := 2*float32(l[facing]) - 1
	for _, at := range stands[l[animalCount]] {
		animals[l[animalKind]](artist{c, paintOf(l[animalColour]), at.x, at.y, animalSizes[l[animalSize]], turn})
	}
}
