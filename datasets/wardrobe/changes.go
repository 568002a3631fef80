package wardrobe

// Changes names the attributes in which the target differs from the reference, in the order in which they are drawn. An
// attribute that only one of the two can have, such as the colour of a pattern where the other is plain, is no change of
// its own. It is nil for names that are not in the wardrobe, and for a garment and a scene.
func (w *Wardrobe) Changes(reference, target string) []string {
	i, found := w.byName[reference]
	j, both := w.byName[target]
	if !found || !both || w.pictures[i].kind != w.pictures[j].kind {
		return nil
	}
	k, a, b := w.pictures[i].kind, w.pictures[i].look, w.pictures[j].look
	var names []string
	for _, s := range differences(a, b).list() {
		if k.canHave(a, s, b[s]) && k.canHave(b, s, a[s]) {
			names = append(names, k.attributes[s].name)
		}
	}
	return names
}

// canHave reports whether there is room for the value in a look that is like l in all other slots.
func (k *kind) canHave(l look, s slot, value uint8) bool {
	l[s] = value
	return k.settle(l)[s] == value
}
