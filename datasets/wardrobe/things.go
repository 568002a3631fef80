package wardrobe

// things draw themselves, by the value of thingKind.
var things = []func(artist){ball: drawBall, house: drawHouse, car: drawCar, umbrella: drawUmbrella, balloon: drawBalloon, tree: drawTree}

func drawBall(a artist) {
	a.draw(circle(0, -0.36, 0.36))
	a.fill(flat(mixed(a.colour, rgb(0xffffff), 0.75)), a.part(path{{-0.33, -0.5}, {0.33, -0.5}, {0.36, -0.36}, {0.33, -0.24}, {-0.33, -0.24}, {-0.36, -0.36}}))
	a.line(ink(a.colour), 0.016, a.part(circle(0, -0.36, 0.36)))
}

func drawHouse(a artist) {
	a.draw(rect(-0.42, -0.6, 0.42, 0))
	a.drawIn(rgb(0x6b4a3a), path{{-0.55, -0.58}, {0, -1.05}, {0.55, -0.58}}, rect(-0.1, -0.3, 0.1, 0))
	a.drawIn(rgb(0xfdf3c4), rect(-0.33, -0.46, -0.18, -0.3), rect(0.18, -0.46, 0.33, -0.3))
}

func drawCar(a artist) {
	a.draw(path{{-0.35, -0.3}, {-0.22, -0.62}, {0.2, -0.62}, {0.36, -0.3}}, rect(-0.58, -0.38, 0.58, -0.1))
	a.fill(flat(rgb(0xdff1fb)), a.part(path{{-0.25, -0.36}, {-0.17, -0.55}, {-0.03, -0.55}, {-0.03, -0.36}}), a.part(path{{0.04, -0.36}, {0.04, -0.55}, {0.16, -0.55}, {0.26, -0.36}}))
	a.drawIn(rgb(0x2a2a2e), circle(-0.32, -0.1, 0.13), circle(0.32, -0.1, 0.13))
}

func drawUmbrella(a artist) {
	a.fill(flat(rgb(0x5a4636)), a.part(rect(-0.035, -0.6, 0.035, 0)))
	a.draw(append(arc(0, -0.55, 0.55, 0.5, 0.5, 1), point{0.3, -0.5}, point{0, -0.55}, point{-0.3, -0.5}))
	a.strokes(ink(a.colour), 0.014, a.part(path{{-0.3, -0.52}, {0, -1.03}, {0.3, -0.52}}))
}

func drawBalloon(a artist) {
	a.strokes(rgb(0x3c3c44), 0.014, a.part(path{{0, -0.65}, {0.05, -0.35}, {-0.03, 0}}))
	a.draw(path{{-0.08, -0.58}, {0, -0.68}, {0.08, -0.58}}, ellipse(0, -1, 0.32, 0.38))
	a.fill(flat(mixed(a.colour, rgb(0xffffff), 0.6)), a.part(ellipse(-0.12, -1.12, 0.07, 0.1)))
}

func drawTree(a artist) {
	a.drawIn(rgb(0x6d4a2c), rect(-0.09, -0.5, 0.09, 0))
	a.draw(circle(-0.24, -0.65, 0.27), circle(0.24, -0.65, 0.27), circle(0, -0.92, 0.3))
}
