package wardrobe

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Looks that differ in one slot give pictures that differ, with the same name and so the same chance.
func TestEverySlotIsSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []*kind{garments, scenes} {
		for range 60 {
			a := k.random(r, look{}, 0)
			for s := range k.attributes {
				b := a
				b[s] = uint8(r.IntN(len(k.attributes[s].values)))
				if a == b || !k.valid(b) || k.settle(b) != b {
					continue
				}
				p, q := picture{name: "same", kind: k, look: a}, picture{name: "same", kind: k, look: b}
				if n := differing(p.render(1, 64).Pix, q.render(1, 64).Pix); n < 6 {
					t.Errorf("%s: %q of %v and %v differ in %d values of pixels", k.dataset, k.attributes[s].name, k.describe(a), b[s], n)
				}
			}
		}
	}
}

// differing counts the values that differ by more than a little.
func differing(a, b []uint8) int {
	if bytes.Equal(a, b) {
		return 0
	}
	n := 0
	for i := range a {
		if apart(a[i], b[i]) > 24 {
			n++
		}
	}
	return n
}

func TestDescribeAndParse(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, k := range []*kind{garments, scenes} {
		l := k.random(r, look{}, 0)
		if back, err := k.parse(k.describe(l)); err != nil || back != l {
			t.Errorf("%v became %v: %v", l, back, err)
		}
		wrong := k.describe(l)
		wrong[k.attributes[1].name] = "wrong"
		if _, err := k.parse(wrong); err == nil {
			t.Error("a wrong value was parsed")
		}
		more := k.describe(l)
		more["hat"] = "yes"
		if _, err := k.parse(more); err == nil {
			t.Error("a surplus attribute was parsed")
		}
	}
}

func TestSettledLooksStayValid(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, k := range []*kind{garments, scenes} {
		for range 500 {
			l := k.random(r, look{}, 0)
			if k.settle(l) != l || !k.valid(l) {
				t.Fatalf("%v is not settled or not valid", k.describe(l))
			}
		}
	}
}
