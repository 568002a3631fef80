package wardrobe

import "image/color"

// An artist draws one animal or thing: its feet are at (x, y), it is about size high, and looks to the right where
// turn is 1, to the left where it is -1.
type artist struct {
	*canvas
	colour     color.RGBA
	x, y, size float32
	turn       float32
}

// part places a path made around (0, 0), with y downward and the feet at y = 0.
func (a artist) part(p path) path {
	placed := make(path, len(p))
	for i, q := range p {
		placed[i] = point{a.x + a.turn*a.size*q.x, a.y + a.size*q.y}
	}
	return placed
}

// draw fills the parts, each with its outline behind all of them, so that they look like one.
func (a artist) draw(parts ...path) { a.drawIn(a.colour, parts...) }

func (a artist) drawIn(c color.RGBA, parts ...path) {
	for _, p := range parts {
		a.line(ink(c), max(0.022, 1.5*a.pixel()), a.part(p))
	}
	for _, p := range parts {
		a.fill(flat(c), a.part(p))
	}
}

// eye draws a dark eye with a white rim, seen on any colour.
func (a artist) eye(x, y float32) {
	a.fill(flat(rgb(0xffffff)), a.part(circle(x, y, 0.075)))
	a.fill(flat(rgb(0x101014)), a.part(circle(x+0.015, y, 0.045)))
}

// animals draw themselves, by the value of animalKind.
var animals = []func(artist){dog: drawDog, cat: drawCat, rabbit: drawRabbit, duck: drawDuck, turtle: drawTurtle, elephant: drawElephant}

func drawDog(a artist) {
	a.draw(
		path{{-0.42, -0.5}, {-0.72, -0.86}, {-0.6, -0.92}, {-0.34, -0.6}}, // tail
		rect(-0.42, -0.4, -0.27, 0), rect(0.16, -0.4, 0.31, 0),
		ellipse(-0.05, -0.46, 0.44, 0.2),
		path{{0.2, -0.55}, {0.32, -0.86}, {0.52, -0.86}, {0.46, -0.45}},
		ellipse(0.44, -0.78, 0.2, 0.17), ellipse(0.64, -0.7, 0.15, 0.09),
	)
	a.drawIn(mixed(a.colour, ink(a.colour), 0.5), ellipse(0.33, -0.7, 0.075, 0.19))
	a.fill(flat(rgb(0x101014)), a.part(circle(0.76, -0.73, 0.05)))
	a.eye(0.5, -0.82)
}

func drawCat(a artist) {
	a.draw(
		path{{-0.3, -0.12}, {-0.62, -0.2}, {-0.7, -0.6}, {-0.56, -0.62}, {-0.5, -0.32}, {-0.2, -0.3}}, // tail
		ellipse(-0.06, -0.3, 0.32, 0.31),
		rect(0.06, -0.4, 0.24, 0),
		path{{-0.07, -0.78}, {-0.06, -1.12}, {0.12, -0.92}}, path{{0.22, -0.92}, {0.4, -1.12}, {0.42, -0.78}},
		circle(0.17, -0.75, 0.25),
	)
	a.eye(0.1, -0.78)
	a.eye(0.29, -0.78)
	a.fill(flat(rgb(0xe87a90)), a.part(path{{0.15, -0.66}, {0.25, -0.66}, {0.2, -0.6}}))
}

func drawRabbit(a artist) {
	a.draw(
		ellipse(0.1, -1.02, 0.08, 0.3), ellipse(0.28, -1.02, 0.08, 0.3),
		ellipse(-0.08, -0.29, 0.36, 0.29), circle(0.19, -0.62, 0.21),
		ellipse(0.16, -0.06, 0.18, 0.07),
	)
	a.drawIn(rgb(0xffffff), circle(-0.43, -0.3, 0.11))
	a.eye(0.26, -0.66)
}

func drawDuck(a artist) {
	a.drawIn(rgb(0xf08a1c), path{{0.5, -0.76}, {0.78, -0.66}, {0.5, -0.6}}, rect(-0.1, -0.16, -0.03, 0), rect(0.1, -0.16, 0.17, 0))
	a.draw(
		path{{-0.4, -0.42}, {-0.68, -0.62}, {-0.5, -0.28}},
		ellipse(-0.04, -0.34, 0.46, 0.24), rect(0.22, -0.6, 0.42, -0.35), circle(0.34, -0.7, 0.2),
	)
	a.drawIn(mixed(a.colour, ink(a.colour), 0.35), ellipse(-0.1, -0.36, 0.24, 0.11))
	a.eye(0.4, -0.75)
}

func drawTurtle(a artist) {
	skin := rgb(0xa7b56d)
	a.drawIn(skin, circle(0.62, -0.34, 0.15), ellipse(-0.32, -0.08, 0.12, 0.09), ellipse(0.3, -0.08, 0.12, 0.09), path{{-0.5, -0.14}, {-0.72, -0.06}, {-0.5, -0.24}})
	a.draw(append(arc(0, -0.14, 0.54, 0.52, 0.5, 1), point{0.54, -0.12}, point{-0.54, -0.12}))
	a.strokes(ink(a.colour), 0.016, a.part(path{{-0.36, -0.16}, {-0.2, -0.46}, {0.2, -0.46}, {0.36, -0.16}}))
	a.eye(0.66, -0.37)
}

func drawElephant(a artist) {
	a.draw(
		path{{-0.5, -0.62}, {-0.66, -0.3}, {-0.6, -0.3}, {-0.44, -0.55}},
		rect(-0.44, -0.4, -0.22, 0), rect(0.08, -0.4, 0.3, 0),
		ellipse(-0.08, -0.55, 0.46, 0.33),
		path{{0.62, -0.7}, {0.78, -0.62}, {0.74, -0.12}, {0.62, -0.12}, {0.6, -0.45}, {0.44, -0.5}},
		circle(0.44, -0.72, 0.25),
	)
	a.drawIn(mixed(a.colour, ink(a.colour), 0.3), ellipse(0.24, -0.7, 0.16, 0.22))
	a.eye(0.52, -0.78)
}
