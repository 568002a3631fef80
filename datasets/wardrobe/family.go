package wardrobe

import (
	"math/rand/v2"
	"slices"
)

// An axis is a slot and the few values that it takes within a family.
type axis struct {
	slot   slot
	values []uint8
}

// A family is a set of looks that are alike in all but some slots, and in those take few values. It makes a gallery
// full of pictures that share what a caption says, or what it does not say, with the target.
type family struct {
	kind *kind
	base look
	axes []axis
}

// newFamily draws a family with as few axes as have room for size looks: then most looks have neighbours that differ in
// one slot or two. The slots in fixed are as in base.
func newFamily(r *rand.Rand, k *kind, base look, fixed slotSet, size int) *family {
	colours := familyColours(r)
	f := &family{kind: k, base: k.recoloured(r, base, fixed, colours)}
	looks := 1
	for _, s := range r.Perm(len(k.attributes)) {
		if looks >= size {
			break
		}
		if !fixed.has(s) {
			looks *= f.vary(r, append([]slot{s}, k.parts[s]...), colours)
		}
	}
	return f
}

// vary makes axes of the slots and returns how many looks they can tell apart. Where they change nothing in this
// family, such as the belt of a shirt, it makes none.
func (f *family) vary(r *rand.Rand, slots []slot, colours []colour) int {
	var added []axis
	looks := []look{f.base}
	for _, s := range slots {
		if f.varies(s) {
			continue
		}
		a := axis{s, f.kind.axisValues(r, s, colours)}
		added = append(added, a)
		looks = a.spread(looks)
	}
	seen := map[look]bool{}
	for _, l := range looks {
		if l = f.kind.settle(l); f.kind.valid(l) {
			seen[l] = true
		}
	}
	if len(seen) < 2 {
		return 1
	}
	f.axes = append(f.axes, added...)
	return len(seen)
}

// varies reports whether there is an axis for the slot.
func (f *family) varies(s slot) bool {
	return slices.ContainsFunc(f.axes, func(a axis) bool { return a.slot == s })
}

// spread returns every look with every value of the axis.
func (a axis) spread(looks []look) []look {
	var all []look
	for _, l := range looks {
		for _, v := range a.values {
			l[a.slot] = v
			all = append(all, l)
		}
	}
	return all
}

// familyColours draws two shades of one hue and a colour of each of two others.
func familyColours(r *rand.Rand) []colour {
	hues := r.Perm(len(palette) / shades)
	shade := r.Perm(shades)
	pick := func(h, s int) colour { return colour(1 + shades*hues[h] + s) }
	return []colour{pick(0, shade[0]), pick(0, shade[1]), pick(1, r.IntN(shades)), pick(2, r.IntN(shades))}
}

// recoloured draws a look whose colours are of the given ones.
func (k *kind) recoloured(r *rand.Rand, base look, fixed slotSet, colours []colour) look {
	for {
		l := k.random(r, base, fixed)
		for s := range k.attributes {
			if k.isColour(s) && l[s] != noColour {
				l[s] = colours[r.IntN(len(colours))]
			}
		}
		if k.valid(l) {
			return l
		}
	}
}

// isColour reports whether the values of a slot are colours.
func (k *kind) isColour(s slot) bool { return len(k.attributes[s].values) == len(palette)+1 }

// axisValues draws the values of an axis: all of the family's colours, or up to four neighbouring values.
func (k *kind) axisValues(r *rand.Rand, s slot, colours []colour) []uint8 {
	if k.isColour(s) {
		return append([]uint8{noColour}, colours...)
	}
	count := min(len(k.attributes[s].values), 4)
	first := r.IntN(len(k.attributes[s].values) - count + 1)
	values := make([]uint8, count)
	for i := range values {
		values[i] = uint8(first + i)
	}
	return values
}

// draw returns a look of the family, starting from base and changing the given axes; false where chance brought none
// that can be drawn.
func (f *family) draw(r *rand.Rand, base look, axes []axis) (look, bool) {
	for _, a := range axes {
		base[a.slot] = a.values[r.IntN(len(a.values))]
	}
	base = f.kind.settle(base)
	return base, f.kind.valid(base)
}

// A gallery collects the looks of one split, each once, and who is like whom.
type gallery struct {
	looks  []look
	has    map[look]bool
	twin   []int    // the place of the look that this one was exchanged from, or -1
	ranges [][2]int // the first and past-the-last place of each family (garments) or group (scenes)
}

func newGallery(size int) *gallery { return &gallery{has: make(map[look]bool, size)} }

func (g *gallery) add(l look, twin int) bool {
	if g.has[l] {
		return false
	}
	g.has[l] = true
	g.looks = append(g.looks, l)
	g.twin = append(g.twin, twin)
	return true
}

// twinShare is the chance that a look is made by an exchange within another one.
const twinShare = 0.3

// tries is how often a family is asked for a new look before it is taken for full.
const tries = 200

// fill adds up to size looks of one family, made from base along the axes, and notes their range. It adds at least
// one, by going beyond the axes if it has to.
func (g *gallery) fill(r *rand.Rand, f *family, base look, axes []axis, size int) {
	first := len(g.looks)
	for range tries * size {
		if len(g.looks) == first+size {
			break
		}
		if have := len(g.looks) - first; have > 0 && r.Float64() < twinShare {
			g.addTwin(r, f.kind, first+r.IntN(have))
		} else if l, ok := f.draw(r, base, axes); ok {
			g.add(l, -1)
		}
	}
	if last := len(g.looks); last > first {
		g.ranges = append(g.ranges, [2]int{first, last})
	}
}

// addTwin adds the look at the given place with something exchanged in it.
func (g *gallery) addTwin(r *rand.Rand, k *kind, of int) {
	l := k.settle(k.exchanges[r.IntN(len(k.exchanges))](g.looks[of]))
	if k.valid(l) {
		g.add(l, of)
	}
}

// garmentGallery draws size garments of one category, in families of the given share.
func garmentGallery(r *rand.Rand, of uint8, size, share int) *gallery {
	g := newGallery(size)
	for len(g.looks) < size {
		want := min(share, size-len(g.looks))
		f := newFamily(r, garments, look{category: of}, setOf(category), want)
		g.fill(r, f, f.base, f.axes, want)
	}
	return g
}

// Scenes come in groups of six look-alikes, as in CIRR, and groups in families.
const (
	groupSize = 6
	groupAxes = 4
)

// sceneGallery draws groups of six scenes, in families of the given share of groups.
func sceneGallery(r *rand.Rand, groups, share int) *gallery {
	g := newGallery(groups * groupSize)
	for len(g.ranges) < groups {
		f := newFamily(r, scenes, look{}, 0, share*groupSize)
		for range min(share, groups-len(g.ranges)) {
			g.group(r, f)
		}
	}
	return g
}

// group adds six scenes that differ in a few slots, or nothing where the family has no such six left.
func (g *gallery) group(r *rand.Rand, f *family) {
	base, ok := f.draw(r, f.base, f.axes)
	if !ok {
		return
	}
	axes := slices.Clone(f.axes)
	r.Shuffle(len(axes), func(i, j int) { axes[i], axes[j] = axes[j], axes[i] })
	before := len(g.looks)
	g.fill(r, f, base, axes[:min(groupAxes, len(axes))], groupSize)
	if len(g.looks) == before+groupSize {
		return
	}
	for _, l := range g.looks[before:] {
		delete(g.has, l)
	}
	g.looks, g.twin = g.looks[:before], g.twin[:before]
	if n := len(g.ranges); n > 0 && g.ranges[n-1][1] > before {
		g.ranges = g.ranges[:n-1]
	}
}
