package preprocess

import (
	"errors"
	"fmt"
	"math"
)

// How a picture is padded before it is resized.
const (
	// TargetPad leaves a picture whose sides have a ratio below TargetRatio, and pads any other to that ratio.
	TargetPad = "targetpad"
	// SquarePad pads to a square.
	SquarePad = "squarepad"
)

// DefaultTargetRatio is the original's.
const DefaultTargetRatio = 1.25

// maxSize bounds Recipe.Size: pictures of that size take 3 GB as float32.
const maxSize = 16384

// A Recipe says how pictures become the image encoder's input.
type Recipe struct {
	Transform   string  // TargetPad or SquarePad
	TargetRatio float64 // longest side over shortest, for TargetPad; 0 means 1.25
	Size        int     // side of the square result, in pixels: the image encoder's image size
	MaxPixels   int     // Load refuses larger pictures, width times height; 0 means DefaultMaxPixels
}

// Validate reports every way in which r can't be followed.
func (r Recipe) Validate() error {
	var errs []error
	if r.Transform != TargetPad && r.Transform != SquarePad {
		errs = append(errs, fmt.Errorf("transform %q: there are %s and %s", r.Transform, TargetPad, SquarePad))
	}
	if q := r.ratio(); !(q >= 1) || math.IsInf(q, 0) {
		errs = append(errs, fmt.Errorf("target ratio %g: it is the longest side over the shortest, 1 or more", q))
	}
	if r.Size < 1 || r.Size > maxSize {
		errs = append(errs, fmt.Errorf("image size %d: it must be 1 to %d pixels", r.Size, maxSize))
	}
	if r.MaxPixels < 0 {
		errs = append(errs, fmt.Errorf("limit of %d pixels: it can't be negative", r.MaxPixels))
	}
	return errors.Join(errs...)
}

// Version names the pixels that a picture becomes. It changes when they do, so that what was computed from the old ones
// is known to be stale: 2 came with JPEG pixels that are Pillow's bit for bit.
const Version = "2"

// String names r such that two recipes have the same name only if they give the same numbers. It is part of the keys of
// cached embeddings, and so must not change.
func (r Recipe) String() string {
	if r.Transform == TargetPad {
		return fmt.Sprintf("%s-%g-%d", r.Transform, r.ratio(), r.Size)
	}
	return fmt.Sprintf("%s-%d", r.Transform, r.Size)
}

func (r Recipe) ratio() float64 {
	if r.TargetRatio == 0 {
		return DefaultTargetRatio
	}
	return r.TargetRatio
}

// Apply pads, resizes, crops and converts p, and returns RGB bytes, [Size, Size, 3].
func (r Recipe) Apply(p *Picture) ([]uint8, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	out := make([]uint8, 3*r.Size*r.Size)
	r.apply(out, p.raster())
	return out, nil
}

// Load decodes a picture file and writes it to dst as the image encoder wants it: float32, [3, Size, Size], normalised.
// On an error dst is left as it was. Calls at the same time decode [DefaultMaxPixels] pixels together at most: with more,
// some wait.
func (r Recipe) Load(dst []float32, data []byte) error {
	if err := r.Validate(); err != nil {
		return err
	}
	if want := 3 * r.Size * r.Size; len(dst) != want {
		return fmt.Errorf("preprocessing to %d×%d pixels: room for %d numbers, %d are needed", r.Size, r.Size, len(dst), want)
	}
	c, h, err := inspect(data, r.MaxPixels)
	if err != nil {
		return err
	}
	defer reserve(h)()
	picture, err := c.open(data, h)
	if err != nil {
		return err
	}
	out := takeBytes(len(dst))
	defer giveBytes(out)
	r.apply(*out, picture)
	Normalize(dst, *out)
	return nil
}

// A Layout says where a picture goes: padded, then resized, then cropped. Sizes are width and height, in pixels.
type Layout struct {
	Left, Top int    // padding on each of the two sides
	Padded    [2]int // size with the padding
	Resized   [2]int // the shorter side is Recipe.Size
	Crop      [2]int // left and top edge of the part that is kept
}

// Layout computes the layout for a picture of that size.
func (r Recipe) Layout(width, height int) Layout {
	var l Layout
	l.Left, l.Top = r.padding(width, height)
	l.Padded = [2]int{width + 2*l.Left, height + 2*l.Top}
	l.Resized = shorterSide(l.Padded, r.Size)
	for i, side := range l.Resized {
		l.Crop[i] = int(math.RoundToEven(float64(side-r.Size) / 2))
	}
	return l
}

// padding is the width of the border at the left and right, and at the top and bottom.
//
// UPSTREAM: both sides get the same, so an odd difference leaves the picture a pixel short of the square.
func (r Recipe) padding(width, height int) (left, top int) {
	long, short := max(width, height), min(width, height)
	if r.Transform == SquarePad {
		return (long - width) / 2, (long - height) / 2
	}
	if float64(long)/float64(short) < r.ratio() {
		return 0, 0
	}
	side := float64(long) / r.ratio()
	return max(int((side-float64(width))/2), 0), max(int((side-float64(height))/2), 0)
}

// shorterSide scales a size such that its shorter side becomes short.
func shorterSide(size [2]int, short int) [2]int {
	if size[0] <= size[1] {
		return [2]int{short, int(float64(short) * float64(size[1]) / float64(size[0]))}
	}
	return [2]int{int(float64(short) * float64(size[0]) / float64(size[1])), short}
}
