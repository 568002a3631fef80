package wardrobe

import "image/color"

// A colour is 0 for none, else 1 + 3*hue + shade. The shades of a hue are light, middle and dark, so that "darker" has
// a meaning; those of grey are white, grey and black.
type colour = uint8

// shades is how many colours a hue has.
const shades = 3

// noColour marks what is absent; for sleeves it means that they are of the body's stuff.
const noColour colour = 0

// A paint is a colour as captions name it and as it is drawn.
type paint struct {
	names []string // the first is the attribute's value, all are used by captions
	rgb   color.RGBA
}

// palette lists the colours from 1 on, hue by hue, light to dark.
var palette = []paint{
	{[]string{"light red", "salmon"}, rgb(0xf58c80)},
	{[]string{"red"}, rgb(0xd9302b)},
	{[]string{"dark red", "maroon"}, rgb(0x7a1210)},
	{[]string{"light orange", "peach"}, rgb(0xfbc588)},
	{[]string{"orange"}, rgb(0xf28418)},
	{[]string{"dark orange", "brown"}, rgb(0x94490a)},
	{[]string{"light yellow", "cream"}, rgb(0xfbf0a6)},
	{[]string{"yellow"}, rgb(0xf5d01c)},
	{[]string{"dark yellow", "olive"}, rgb(0x9c840f)},
	{[]string{"light green", "mint"}, rgb(0xaee2a6)},
	{[]string{"green"}, rgb(0x37a844)},
	{[]string{"dark green"}, rgb(0x12541e)},
	{[]string{"light blue", "sky blue"}, rgb(0xa3caf7)},
	{[]string{"blue"}, rgb(0x2d6cd8)},
	{[]string{"dark blue", "navy"}, rgb(0x122c72)},
	{[]string{"light purple", "lilac"}, rgb(0xd0b4ee)},
	{[]string{"purple", "violet"}, rgb(0x853fc0)},
	{[]string{"dark purple"}, rgb(0x43166a)},
	{[]string{"light pink"}, rgb(0xfccde4)},
	{[]string{"pink"}, rgb(0xee5ca0)},
	{[]string{"dark pink", "magenta"}, rgb(0xa3185f)},
	{[]string{"white"}, rgb(0xfcfcfc)},
	{[]string{"grey", "gray"}, rgb(0x999a9c)},
	{[]string{"black"}, rgb(0x232325)},
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// paintOf is the colour as it is drawn; c is not noColour.
func paintOf(c colour) color.RGBA { return palette[c-1].rgb }

// hue numbers the hues from 1; noColour has hue 0.
func hue(c colour) uint8 { return (c + shades - 1) / shades }

// shade is 0 for light, 1 for middle, 2 for dark; c is not noColour.
func shade(c colour) int { return int(c-1) % shades }

// darkening is by how many shades b is darker than a; ok tells whether they are of one hue.
func darkening(a, b colour) (steps int, ok bool) {
	if a == noColour || b == noColour || hue(a) != hue(b) {
		return 0, false
	}
	return shade(b) - shade(a), true
}

// contrast is the least sum of differences of red, green and blue by which colours are told apart on a small picture.
const contrast = 130

// clash reports whether two colours are too alike to touch: of one hue, or hard to tell apart.
func clash(a, b colour) bool {
	if a == noColour || b == noColour {
		return false
	}
	p, q := paintOf(a), paintOf(b)
	return hue(a) == hue(b) || apart(p.R, q.R)+apart(p.G, q.G)+apart(p.B, q.B) < contrast
}

func apart(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

// luminance is the brightness of what is drawn, 0 to 255.
func luminance(c color.RGBA) int {
	return (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000
}

// mixed is a with the share t of b in it.
func mixed(a, b color.RGBA, t float32) color.RGBA {
	mix := func(x, y uint8) uint8 { return uint8(float32(x) + t*(float32(y)-float32(x)) + 0.5) }
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 255}
}

// colourValues are the values of a colour attribute, the absent one named by none.
func colourValues(none string) []string {
	values := []string{none}
	for _, p := range palette {
		values = append(values, p.names[0])
	}
	return values
}
