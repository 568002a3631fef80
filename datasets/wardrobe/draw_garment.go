package wardrobe

import "image/color"

// The lengths of a garment, in units (the picture's height is 1), by the value of their slot.
var (
	hems = map[uint8][]float32{
		dress:  {0.58, 0.70, 0.82, 0.95},
		shirt:  {0.53, 0.65, 0.77, 0.89},
		toptee: {0.51, 0.62, 0.73, 0.85},
	}
	wider      = []float32{0, 0.028, 0.062}
	sleeveEnds = []float32{0, 0.12, 0.25, 0.43}
)

// A cut is the outline of a garment's right half.
type cut struct {
	neck, shoulder, chest, waist, hem float32 // half widths
	top, armpit, middle, bottom       float32 // heights
}

func cutOf(l look) cut {
	more := wider[l[fit]]
	c := cut{
		neck: 0.075, shoulder: 0.155 + more/2, chest: 0.145 + more, waist: 0.13 + more, hem: 0.15 + more,
		top: 0.13, armpit: 0.29, middle: 0.42, bottom: hems[l[category]][l[hemline]],
	}
	switch l[category] {
	case dress:
		c.waist, c.hem = 0.1+more, 0.15+more*1.3+0.06*(c.bottom-0.5)
	case shirt:
		c.chest, c.waist, c.shoulder = 0.155+more, 0.155+more, 0.17+more/2
	case toptee:
		c.waist = 0.12 + more
	}
	return c
}

// body is the outline without sleeves; bare shoulders are narrower.
func (c cut) body(sleeveless bool) path {
	shoulder := c.shoulder
	if sleeveless {
		shoulder = c.shoulder - 0.045
	}
	half := path{{c.neck, c.top}, {shoulder, c.top + 0.035}}
	if sleeveless {
		half = append(half, point{shoulder - 0.01, c.top + 0.1})
	}
	return symmetric(append(half, point{c.chest, c.armpit}, point{c.waist, c.middle}, point{c.hem, c.bottom}))
}

// sleeve is the right sleeve, of the given length.
func (c cut) sleeve(length float32) path {
	const right, down = 0.34, 0.94 // the direction of the arm
	return path{
		{c.shoulder - 0.02, c.top + 0.022},
		{c.shoulder + 0.02, c.top + 0.05},
		{c.shoulder + 0.025 + right*length, c.top + 0.055 + down*length},
		{c.shoulder - 0.055 + right*length, c.top + 0.095 + down*length},
		{c.chest - 0.01, c.armpit},
	}
}

// A tailor draws one garment.
type tailor struct {
	*canvas
	look
	cut
	behind color.RGBA // the wall
	width  float32    // of lines
}

func drawGarment(c *canvas, l look, behind color.RGBA) {
	t := tailor{canvas: c, look: l, cut: cutOf(l), behind: behind, width: max(0.011, 0.8*c.pixel())}
	t.drawSleeves()
	t.outlined(t.cloth(), t.edge(), t.width, t.body(l[sleeveLength] == 0))
	t.drawNeck()
	t.drawDetails()
}

// edge is the colour of outlines: that of the body, much darker.
func (t tailor) edge() color.RGBA { return ink(paintOf(t.look[bodyColour])) }

// cloth is the body's colour with its pattern.
func (t tailor) cloth() shader {
	ground := paintOf(t.look[bodyColour])
	if t.look[patternKind] == plain {
		return flat(ground)
	}
	return patterned(t.look[patternKind], ground, paintOf(t.look[patternColour]), t.pixel())
}

func (t tailor) drawSleeves() {
	if t.look[sleeveLength] == 0 {
		return
	}
	s, edge := t.cloth(), t.edge()
	if c := t.look[sleeveColour]; c != noColour {
		s, edge = flat(paintOf(c)), ink(paintOf(c))
	}
	right := t.sleeve(sleeveEnds[t.look[sleeveLength]])
	t.outlined(s, edge, t.width, right)
	t.outlined(s, edge, t.width, right.mirror())
}

// drawNeck cuts the neckline out of the body, or adds a high one, and the collar.
func (t tailor) drawNeck() {
	half := map[uint8]path{
		roundNeck:  arc(0, t.top-0.01, t.neck+0.005, 0.085, 0, 0.25),
		vNeck:      {{t.neck, t.top - 0.01}, {0, t.top + 0.125}},
		squareNeck: {{t.neck, t.top - 0.01}, {t.neck - 0.005, t.top + 0.085}},
		highNeck:   {{0.055, t.top - 0.07}, {t.neck, t.top + 0.015}},
	}[t.look[neckline]]
	opening := symmetric(half)
	if t.look[neckline] == highNeck {
		t.outlined(t.cloth(), t.edge(), t.width, opening)
		return
	}
	t.fill(flat(t.behind), opening, rect(-t.neck, t.top-0.03, t.neck, t.top-0.009))
	t.strokes(t.edge(), t.width, opening)
	if t.look[collar] == 1 {
		t.drawCollar()
	}
}

// drawCollar lays two points beside the neck, white or black, whichever stands out.
func (t tailor) drawCollar() {
	wing := path{{t.neck + 0.012, t.top - 0.035}, {t.neck + 0.05, t.top + 0.05}, {0.03, t.top + 0.125}, {t.neck - 0.022, t.top + 0.02}}
	c := t.contrast()
	t.outlined(flat(c), t.edge(), t.width, wing)
	t.outlined(flat(c), t.edge(), t.width, wing.mirror())
}

// contrast is white on dark garments and nearly black on others.
func (t tailor) contrast() color.RGBA {
	if luminance(paintOf(t.look[bodyColour])) < 150 {
		return rgb(0xffffff)
	}
	return rgb(0x2a2a30)
}

func (t tailor) drawDetails() {
	if c := t.look[beltColour]; c != noColour {
		half := t.waist + 0.012
		t.outlined(flat(paintOf(c)), ink(paintOf(c)), t.width, rect(-half, t.middle-0.03, half, t.middle+0.025))
	}
	if t.look[pocket] == 1 {
		x := t.chest * 0.58
		t.outlined(flat(mixed(paintOf(t.look[bodyColour]), t.contrast(), 0.35)), t.contrast(), t.width, rect(x-0.045, 0.4, x+0.045, 0.49))
	}
	t.drawButtons()
	t.drawPrint()
}

// drawButtons draws them down the front, each with a rim, on a plain strip where the garment is patterned.
func (t tailor) drawButtons() {
	if t.look[buttonCount] > 0 && t.look[patternKind] != plain {
		end := t.top + 0.2 + 0.065*float32(t.look[buttonCount]-1)
		t.fill(flat(paintOf(t.look[bodyColour])), rect(-0.05, t.top+0.11, 0.05, end))
	}
	for i := range int(t.look[buttonCount]) {
		y := t.top + 0.155 + 0.065*float32(i)
		t.fill(flat(t.edge()), circle(0, y, 0.033))
		t.fill(flat(t.contrast()), circle(0, y, 0.022))
	}
}

// drawPrint draws a figure on the chest, on a patch of its own where the garment is patterned.
func (t tailor) drawPrint() {
	figure := map[uint8]path{starPrint: star(), heartPrint: heart(), moonPrint: moon(), squarePrint: rect(-0.8, -0.8, 0.8, 0.8)}[t.look[printKind]]
	if figure == nil {
		return
	}
	const y, size = 0.325, 0.07
	if t.look[patternKind] != plain {
		t.fill(flat(paintOf(t.look[bodyColour])), circle(0, y, size*1.45))
	}
	t.fill(flat(t.contrast()), figure.fit(0, y, size))
}
